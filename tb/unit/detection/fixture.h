// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include "support/catch.h"
#include "support/skip.h"

#include "irc/core/error.h"
#include "irc/detection/types.h"

namespace fixture {

namespace fs = std::filesystem;

/// A temporary folder for one test case, removed at the end.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "irc-detection-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~Folder() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const fs::path& path() const { return path_; }
  fs::path write(const fs::path& name, const std::string& text) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
  }
  /// An image in which every pixel encodes its position: blue = x, green = y, red = 200.
  fs::path picture(const fs::path& name, int width, int height) const {
    fs::create_directories((path_ / name).parent_path());
    cv::Mat pixels(height, width, CV_8UC3);
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x)
        pixels.at<cv::Vec3b>(y, x) = {static_cast<unsigned char>(x), static_cast<unsigned char>(y), 200};
    cv::imwrite((path_ / name).string(), pixels);
    return path_ / name;
  }

 private:
  fs::path path_;
};

/// Path of shared data beside the source tree, or in the folder that IRC_SHARED names. Skips the test if it
/// is absent.
inline fs::path shared(const fs::path& name) {
  const char* named = std::getenv("IRC_SHARED");
  const fs::path root =
      named != nullptr ? fs::path(named) : fs::path(IRC_SOURCE_DIR) / ".." / "shared" / "data";
  if (fs::exists(root / name)) return root / name;
  irc::tb::skip_test("no " + name.string() + " in the shared data (set IRC_SHARED)");
}

/// The message of the InputError that `call` must throw.
template <typename Call>
std::string input_error(Call&& call) {
  try {
    call();
  } catch (const irc::InputError& error) {
    return error.what();
  }
  FAIL("expected an InputError");
  return {};
}

inline irc::detection::Annotation truth(double x, double y, double width, double height, int category = 0) {
  irc::detection::Annotation out;
  out.box = {x, y, width, height};
  out.category = category;
  out.area = width * height;
  return out;
}
inline irc::detection::Detection found(double score, double x, double y, double width, double height,
                                       int category = 0) {
  return {{x, y, width, height}, category, score};
}

}  // namespace fixture
