// SPDX-License-Identifier: Apache-2.0
// Small pictures of 4 x 3 pixels for data-set readers.
#pragma once
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

namespace irc::fuzz {

/// A picture, encoded by OpenCV for a file that ends with `ending`.
inline std::string encoded_picture(const std::string& ending, int width, int height) {
  cv::Mat pixels(height, width, CV_8UC3);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      pixels.at<cv::Vec3b>(y, x) = {static_cast<unsigned char>(60 * x), static_cast<unsigned char>(80 * y),
                                    200};
  std::vector<unsigned char> bytes;
  cv::imencode(ending, pixels, bytes);
  return {bytes.begin(), bytes.end()};
}
inline std::string png_picture() {
  return encoded_picture(".png", 4, 3);
}

}  // namespace irc::fuzz
