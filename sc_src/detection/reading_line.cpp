// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>

#include "irc/core/error.h"
#include "irc/core/printable.h"
#include "irc/detection/readers.h"
#include "picture_file.h"
#include "reading.h"

namespace irc::detection {
namespace {

std::uint64_t total(const std::vector<ReadingNote>& list) {
  std::uint64_t count = 0;
  for (const auto& note : list) count += note.count;
  return count;
}

/// ", 3 skipped: 2 hidden (first ._a.jpg), 1 in sub-folders (first b/c.jpg)"; empty for an empty list.
std::string left_out(const std::vector<ReadingNote>& list, const char* what) {
  if (list.empty()) return {};
  std::string out = ", " + std::to_string(total(list)) + " " + what + ":";
  for (const auto& note : list)
    out += (&note == &list.front() ? " " : ", ") + std::to_string(note.count) + " " + note.reason +
           " (first " + note.first + ")";
  return out;
}

/// Notes what a user may want to know about an image.
void add_facts(const PictureFacts& facts, const std::string& name, ReadingReport& report) {
  if (facts.orientation != 1)
    add_note(report.notes,
             facts.turned
                 ? "images turned upright by their EXIF orientation"
                 : "images left as stored despite their EXIF orientation, because the data set gives "
                   "the stored size",
             name);
  if (facts.without_end) add_note(report.notes, "images without their end marker, otherwise whole", name);
  if (facts.deep) add_note(report.notes, "images of more than 8 bits, of which the upper 8 are used", name);
  if (facts.alpha) add_note(report.notes, "images whose transparency is left out", name);
  if (facts.cmyk) add_note(report.notes, "images converted from CMYK", name);
}

}  // namespace

void inspect_pictures(Dataset& dataset) {
  for (auto& sample : dataset.samples) {
    if (!sample.pixels.values.empty() || sample.path.empty()) continue;
    const PictureFacts facts = inspect_picture(sample.path, {sample.width, sample.height});
    sample.width = facts.size.width;
    sample.height = facts.size.height;
    add_facts(facts, sample.file_name, dataset.report);
  }
}

std::uint64_t images_without_boxes(const Dataset& dataset) {
  return static_cast<std::uint64_t>(std::count_if(dataset.samples.begin(), dataset.samples.end(),
                                                  [](const Sample& s) { return s.annotations.empty(); }));
}

std::uint64_t box_count(const Dataset& dataset) {
  std::uint64_t boxes = 0;
  for (const auto& sample : dataset.samples) boxes += sample.annotations.size();
  return boxes;
}

std::string reading_line(const Dataset& dataset) {
  const auto& report = dataset.report;
  std::string out = "images: " + std::to_string(dataset.samples.size()) + " read";
  out += dataset.annotated ? ", " + std::to_string(images_without_boxes(dataset)) + " without boxes"
                           : ", no annotations";
  out += left_out(report.skipped, "skipped");
  if (dataset.annotated)
    out += "; boxes: " + std::to_string(box_count(dataset)) + " read" + left_out(report.dropped, "dropped");
  for (const auto& note : report.notes)
    out += "; " + note.reason + ": " + std::to_string(note.count) + " (first " + note.first + ")";
  return printable(out);
}

}  // namespace irc::detection
