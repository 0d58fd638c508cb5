// SPDX-License-Identifier: Apache-2.0
// EXIF orientation in every kind of file that carries one.
#include <opencv2/imgproc.hpp>

#include "fixture.h"
#include "irc/core/file.h"
#include "irc/detection/readers.h"

using namespace irc::detection;
using Catch::Matchers::ContainsSubstring;
using fixture::Folder;

namespace {

std::string number(std::uint32_t value, int bytes, bool little) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> 8 * (little ? i : bytes - 1 - i) & 0xff);
  return out;
}

/// One directory entry of a TIFF structure with one value.
std::string entry(int tag, int type, std::uint32_t value, bool little) {
  const int size = type == 3 ? 2 : 4;
  return number(static_cast<std::uint32_t>(tag), 2, little) +
         number(static_cast<std::uint32_t>(type), 2, little) + number(1, 4, little) +
         number(value, size, little) + std::string(static_cast<std::size_t>(4 - size), '\0');
}

/// EXIF data (Exif 2.32, 4.5): a TIFF structure whose directory holds another field, then the orientation.
std::string exif(int orientation, bool little) {
  return (little ? "II" : "MM") + number(42, 2, little) + number(8, 4, little) + number(2, 2, little) +
         entry(0x0106, 3, 6, little) + entry(0x0112, 3, static_cast<std::uint32_t>(orientation), little) +
         number(0, 4, little);
}

/// The JPEG with an APP1 segment after its start marker.
std::string jpeg_with(const std::string& jpeg, const std::string& exif_data) {
  const std::string data = std::string("Exif\0\0", 6) + exif_data;
  return jpeg.substr(0, 2) + "\xff\xe1" + number(static_cast<std::uint32_t>(data.size() + 2), 2, false) +
         data + jpeg.substr(2);
}

/// The PNG with a chunk before its end. Its check sum is left out, as no reader of ancillary chunks needs it.
std::string png_with(const std::string& png, const std::string& exif_data) {
  return png.substr(0, png.size() - 12) + number(static_cast<std::uint32_t>(exif_data.size()), 4, false) +
         "eXIf" + exif_data + std::string(4, '\0') + png.substr(png.size() - 12);
}

/// The WebP file as an extended one, with its EXIF chunk behind the pixels.
std::string webp_with(const std::string& webp, int width, int height, const std::string& exif_data) {
  const std::string extended = std::string("VP8X") + number(10, 4, true) + std::string("\x08\0\0\0", 4) +
                               number(static_cast<std::uint32_t>(width - 1), 3, true) +
                               number(static_cast<std::uint32_t>(height - 1), 3, true);
  const std::string body = "WEBP" + extended + webp.substr(12) + "EXIF" +
                           number(static_cast<std::uint32_t>(exif_data.size()), 4, true) + exif_data;
  return "RIFF" + number(static_cast<std::uint32_t>(body.size()), 4, true) + body;
}

std::string encoded(const std::string& ending, int width, int height) {
  const Folder folder;
  return irc::read_file(folder.picture("a" + ending, width, height));
}

/// Where the standard says the upright pixel (y, x) is stored (tag 0x0112: which edges the first row and the
/// first column are).
cv::Point stored_place(int orientation, int y, int x, int height, int width) {
  switch (orientation) {
    case 2:
      return {width - 1 - x, y};
    case 3:
      return {width - 1 - x, height - 1 - y};
    case 4:
      return {x, height - 1 - y};
    case 5:
      return {y, x};
    case 6:
      return {y, height - 1 - x};
    case 7:
      return {width - 1 - y, height - 1 - x};
    case 8:
      return {width - 1 - y, x};
    default:
      return {x, y};
  }
}

irc::Picture load(const fixture::fs::path& path) {
  return load_picture(read_folder(path).samples.at(0));
}

/// The annotated data set with its report, as a run sees it.
Dataset inspected(Dataset dataset) {
  inspect_pictures(dataset);
  return dataset;
}

}  // namespace

TEST_CASE("A JPEG is turned as OpenCV turns it, for all eight orientations") {
  const Folder folder;
  const std::string jpeg = encoded(".jpg", 48, 32);
  for (const bool little : {true, false})
    for (int orientation = 1; orientation <= 8; ++orientation) {
      INFO("orientation " << orientation);
      const auto path = folder.write("a.jpg", jpeg_with(jpeg, exif(orientation, little)));
      const Dataset dataset = read_folder(path);
      CHECK(dataset.samples.at(0).width == (orientation >= 5 ? 32 : 48));
      CHECK(dataset.samples.at(0).height == (orientation >= 5 ? 48 : 32));
      cv::Mat wanted = cv::imread(path.string(), cv::IMREAD_COLOR);
      cv::cvtColor(wanted, wanted, cv::COLOR_BGR2RGB);
      const irc::Picture found = load_picture(dataset.samples.at(0));
      REQUIRE(found.shape == irc::Shape{3, wanted.rows, wanted.cols});
      CHECK(std::equal(found.values.begin(), found.values.end(), wanted.data));
    }
}

TEST_CASE("PNG and WebP files are turned as the standard says, for all eight orientations") {
  const Folder folder;
  for (const std::string ending : {".png", ".webp"}) {
    const std::string plain = encoded(ending, 48, 32);
    const irc::Picture stored = load(folder.write("plain" + ending, plain));
    for (int orientation = 1; orientation <= 8; ++orientation) {
      INFO("orientation " << orientation << " of " << ending);
      const std::string data = exif(orientation, orientation % 2 == 0);
      const irc::Picture found = load(folder.write(
          "a" + ending, ending == ".png" ? png_with(plain, data) : webp_with(plain, 48, 32, data)));
      REQUIRE(found.shape == (orientation >= 5 ? irc::Shape{3, 48, 32} : irc::Shape{3, 32, 48}));
      bool same = true;
      for (int y = 0; y < found.shape.height; ++y)
        for (int x = 0; x < found.shape.width; ++x)
          for (int c = 0; c < 3; ++c) {
            const cv::Point place = stored_place(orientation, y, x, 32, 48);
            same = same && found.at(y, x, c) == stored.at(place.y, place.x, c);
          }
      CHECK(same);
    }
  }
}

TEST_CASE("Orientations that are none, and damaged EXIF data, leave the pixels as they are") {
  const Folder folder;
  const std::string jpeg = encoded(".jpg", 48, 32), good = exif(6, true);
  const irc::Picture stored = load(folder.write("plain.jpg", jpeg));
  for (const int orientation : {0, 9, 65535})
    CHECK(load(folder.write("a.jpg", jpeg_with(jpeg, exif(orientation, true)))) == stored);
  for (std::size_t cut = 0; cut < good.size() - 16; ++cut)
    CHECK(load(folder.write("a.jpg", jpeg_with(jpeg, good.substr(0, cut)))) == stored);
  std::string wild = good;
  wild.replace(4, 4, "\xff\xff\xff\xff");
  CHECK(load(folder.write("a.jpg", jpeg_with(jpeg, wild))) == stored);
}

TEST_CASE("YOLO labels refer to the upright image") {
  const Folder folder;
  folder.write("images/a.jpg", jpeg_with(encoded(".jpg", 48, 32), exif(6, true)));
  folder.write("labels/a.txt", "0 0.25 0.5 0.5 0.25\n");
  folder.write("classes.txt", "car\n");
  const Dataset dataset = inspected(open_dataset(folder.path()));
  CHECK(dataset.samples.at(0).annotations.at(0).box == Box{0, 18, 16, 12});
  CHECK_THAT(reading_line(dataset), ContainsSubstring("images turned upright by their EXIF orientation: 1") &&
                                        ContainsSubstring("first a.jpg"));
}

TEST_CASE("COCO and VOC say by their size which pixels they mean") {
  const Folder folder;
  folder.write("JPEGImages/a.jpg", jpeg_with(encoded(".jpg", 48, 32), exif(6, true)));
  const auto coco = [&](int width, int height) {
    return read_coco(
        folder.write("a.json", "{\"images\": [{\"id\": 1, \"file_name\": \"a.jpg\", \"width\": " +
                                   std::to_string(width) + ", \"height\": " + std::to_string(height) +
                                   "}], \"annotations\": [], \"categories\": []}"),
        folder.path() / "JPEGImages");
  };
  const auto voc = [&](int width, int height) {
    folder.write("Annotations/a.xml", "<annotation><filename>a.jpg</filename><size><width>" +
                                          std::to_string(width) + "</width><height>" +
                                          std::to_string(height) + "</height></size></annotation>");
    return read_voc(folder.path());
  };
  const auto check = [&](const auto& read) {
    const Dataset upright = inspected(read(32, 48)), stored = inspected(read(48, 32));
    CHECK(load_picture(upright.samples.at(0)).shape == irc::Shape{3, 48, 32});
    CHECK_THAT(reading_line(upright), ContainsSubstring("turned upright by their EXIF orientation: 1"));
    CHECK(load_picture(stored.samples.at(0)).shape == irc::Shape{3, 32, 48});
    CHECK_THAT(reading_line(stored), ContainsSubstring("left as stored despite their EXIF orientation"));
    Dataset wrong = read(48, 48);
    for (const auto& error : {fixture::input_error([&] { inspect_pictures(wrong); }),
                              fixture::input_error([&] { load_picture(wrong.samples.at(0)); })})
      CHECK_THAT(error, ContainsSubstring("a.jpg") && ContainsSubstring("EXIF orientation 6") &&
                            ContainsSubstring("32 x 48") && ContainsSubstring("48 x 32 as stored") &&
                            ContainsSubstring("48 x 48"));
  };
  check(coco);
  check(voc);
}

TEST_CASE("A turned TIFF is refused by name") {
  const Folder folder;
  const auto tiff = [&](std::uint32_t orientation) {
    const std::string pixels(4 * 3 * 3, '\x40');
    const std::uint32_t directory = 8 + static_cast<std::uint32_t>(pixels.size());
    return std::string("II*\0", 4) + number(directory, 4, true) + pixels + number(10, 2, true) +
           entry(0x0100, 3, 4, true) + entry(0x0101, 3, 3, true) + entry(0x0102, 3, 8, true) +
           entry(0x0103, 3, 1, true) + entry(0x0106, 3, 2, true) + entry(0x0111, 4, 8, true) +
           entry(0x0112, 3, orientation, true) + entry(0x0115, 3, 3, true) + entry(0x0116, 3, 3, true) +
           entry(0x0117, 4, static_cast<std::uint32_t>(pixels.size()), true) + number(0, 4, true);
  };
  CHECK(load(folder.write("a.tif", tiff(1))).shape == irc::Shape{3, 3, 4});
  for (const std::uint32_t orientation : {2u, 6u}) {
    const auto path = folder.write("a.tif", tiff(orientation));
    CHECK_THAT(fixture::input_error([&] { read_folder(path); }),
               ContainsSubstring("a.tif") && ContainsSubstring("orientation " + std::to_string(orientation)));
  }
}
