// SPDX-License-Identifier: Apache-2.0
#include "reading.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "irc/detection/letterbox.h"
#include "picture_file.h"

namespace irc::detection {
namespace {

namespace fs = std::filesystem;

constexpr int max_folder_depth = 32;

/// Collects the images of one folder and, recursively, of its sub-folders.
class PictureSearch {
 public:
  PictureSearch(bool below, Reading& reading) : below_(below), reading_(reading) {}

  std::vector<fs::path> run(const fs::path& folder) {
    visit(folder, 0);
    std::sort(found_.begin(), found_.end());
    return std::move(found_);
  }

 private:
  void visit(const fs::path& folder, int depth) {
    std::error_code error;
    // A symbolic link may lead back to a folder that contains it.
    const fs::path real = fs::canonical(folder, error);
    if (!error && !visited_.insert(real).second) return;
    if (depth > max_folder_depth)
      return reading_.skip("in folders more than " + std::to_string(max_folder_depth) + " levels down",
                           folder);
    std::vector<fs::path> entries;
    fs::directory_iterator entry;
    if (!error) entry = fs::directory_iterator(folder, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error))
      entries.push_back(entry->path());
    if (error) throw InputError("the folder '" + folder.string() + "' cannot be listed: " + error.message());
    std::sort(entries.begin(), entries.end());
    for (const auto& path : entries) {
      const bool hidden = path.filename().string().starts_with(".") || path.filename() == "__MACOSX";
      if (!fs::is_directory(path, error))
        take(path, hidden, depth);
      else if (!hidden)
        visit(path, depth + 1);
    }
  }

  void take(const fs::path& path, bool hidden, int depth) {
    if (is_unread_picture_name(path)) return reading_.skip("of a kind that is not read", path);
    if (!is_picture_name(path)) return;
    if (hidden) return reading_.skip("hidden", path);
    if (depth > 0 && !below_) return reading_.skip("in sub-folders", path);
    std::error_code error;
    if (!fs::is_regular_file(path, error))
      throw InputError("the image '" + path.string() + "' is not a regular file, or its link leads nowhere");
    found_.push_back(path);
  }

  bool below_;
  Reading& reading_;
  std::set<fs::path> visited_;
  std::vector<fs::path> found_;
};

}  // namespace

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

void add_note(std::vector<ReadingNote>& list, const std::string& reason, const std::string& first,
              std::uint64_t count) {
  const auto known =
      std::find_if(list.begin(), list.end(), [&](const auto& note) { return note.reason == reason; });
  if (known != list.end())
    known->count += count;
  else
    list.push_back({reason, count, first});
}

Reading::Reading(const fs::path& root) : root_((fs::absolute(root) / "").lexically_normal().parent_path()) {}

std::string Reading::place(const SourceLocation& where) const {
  const fs::path inside = fs::absolute(where.file).lexically_normal().lexically_relative(root_);
  const bool below = !inside.empty() && *inside.begin() != ".." && inside != ".";
  return SourceLocation{below ? inside.string() : where.file, where.line, where.column}.text();
}

void Reading::skip(const std::string& reason, const fs::path& picture) {
  add_note(report_.skipped, reason, place({picture.string()}));
}
void Reading::drop(const std::string& reason, const SourceLocation& where) {
  add_note(report_.dropped, reason, place(where));
}
void Reading::note(const std::string& reason, const SourceLocation& where, std::uint64_t count) {
  add_note(report_.notes, reason, place(where), count);
}

Box clipped(const Box& box, const Sample& sample, const SourceLocation& where, Reading& reading) {
  constexpr double slack = 1.5;
  if (box.x < -slack || box.y < -slack || box.x + box.width > sample.width + slack ||
      box.y + box.height > sample.height + slack)
    reading.note("boxes clipped to their image", where);
  return clip(box, sample.width, sample.height);
}

void drop_repeated(std::vector<Annotation>& annotations, std::vector<SourceLocation>& places,
                   Reading& reading) {
  using Key = std::tuple<int, double, double, double, double, double, bool, bool>;
  std::set<Key> seen;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < annotations.size(); ++i) {
    const Annotation& a = annotations[i];
    if (!seen.insert({a.category, a.box.x, a.box.y, a.box.width, a.box.height, a.area, a.crowd, a.difficult})
             .second) {
      reading.drop("repeated", places[i]);
      continue;
    }
    annotations[kept] = a;
    places[kept++] = places[i];
  }
  annotations.resize(kept);
  places.resize(kept);
}

std::vector<fs::path> pictures_in(const fs::path& folder, bool below, Reading& reading) {
  std::error_code error;
  if (!fs::is_directory(folder, error))
    throw InputError("the folder '" + folder.string() + "' cannot be listed: it is not a folder");
  return PictureSearch(below, reading).run(folder);
}

fs::path picture_path(const fs::path& folder, const std::string& name) {
  const fs::path path = fs::path(name).is_absolute() ? fs::path(name) : folder / name;
  if (name.find('\\') == std::string::npos || is_file(path)) return path.lexically_normal();
  std::string slashes = name;
  std::replace(slashes.begin(), slashes.end(), '\\', '/');
  return (is_file(folder / slashes) ? folder / slashes : path).lexically_normal();
}

}  // namespace irc::detection
