// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "irc/core/error.h"
#include "irc/detection/types.h"

namespace irc::detection {

/// Whether there is a regular file, or a link to one.
bool is_file(const std::filesystem::path& path);

/// Counts `count` cases of a reason; the first place of a reason is kept.
void add_note(std::vector<ReadingNote>& list, const std::string& reason, const std::string& first,
              std::uint64_t count = 1);

/// What a reader notes while it reads one data set. Places are written as seen from the data set's folder, so
/// that the report does not depend on where the data set lies.
class Reading {
 public:
  explicit Reading(const std::filesystem::path& root);

  void skip(const std::string& reason, const std::filesystem::path& picture);
  void drop(const std::string& reason, const SourceLocation& where);
  void note(const std::string& reason, const SourceLocation& where, std::uint64_t count = 1);

  const ReadingReport& report() const { return report_; }

 private:
  std::string place(const SourceLocation& where) const;

  std::filesystem::path root_;
  ReadingReport report_;
};

/// `box` within the image. Notes a box that reaches further beyond it than rounding or counting from 0
/// explains.
Box clipped(const Box& box, const Sample& sample, const SourceLocation& where, Reading& reading);

/// Removes every annotation that equals an earlier one of the same image in all its values. `places` says
/// where each stands.
void drop_repeated(std::vector<Annotation>& annotations, std::vector<SourceLocation>& places,
                   Reading& reading);

/// The images in `folder`, sorted. With `below`, those of its sub-folders come too; without, they are
/// skipped. Hidden files and kinds that are not read are skipped, too. Throws InputError if a folder cannot
/// be listed, or if a name of an image belongs to something that is no regular file.
std::vector<std::filesystem::path> pictures_in(const std::filesystem::path& folder, bool below,
                                               Reading& reading);

/// Where the data set's image `name` is: in `folder`, where the \ of a Windows path counts as / if there is
/// no such file otherwise.
std::filesystem::path picture_path(const std::filesystem::path& folder, const std::string& name);

}  // namespace irc::detection
