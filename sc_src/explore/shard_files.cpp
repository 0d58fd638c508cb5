// SPDX-License-Identifier: Apache-2.0
// Reads what plan and the shards wrote: the manifest and the shards' stores. Both may be damaged, edited or
// from somewhere else.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "irc/core/json.h"
#include "irc/core/printable.h"
#include "irc/explore/shards.h"
#include "json_place.h"

namespace irc::explore {

namespace {

namespace fs = std::filesystem;
using detail::JsonPlace;

std::string point_name(std::size_t shard, std::size_t index, const std::string& id) {
  return "shards[" + std::to_string(shard) + "][" + std::to_string(index) + "] (point " + id + ")";
}

/// Refuses what cannot come from a plan: `id` is checked with the address.
Point read_point(const JsonPlace& place, std::size_t shard, std::size_t index) {
  Point point;
  const auto id = place.member("id", "64 hexadecimal digits");
  point.id = id.text();
  if (point.id.size() != 64 || point.id.find_first_not_of("0123456789abcdef") != std::string::npos)
    id.refuse("64 hexadecimal digits");
  const auto named = place.called(point_name(shard, index, point.id.substr(0, 8)));
  point.config_toml = named.member("config_toml", "a text").text();
  const auto error = named.member("config_error", "a text");
  point.config_error = error.text();
  if (point.config_toml.empty() == point.config_error.empty())
    error.refuse(point.config_toml.empty() ? "the reason why config_toml is empty"
                                           : "an empty text, because config_toml is a configuration");
  if (!point.config_toml.empty()) return point;
  point.config = named.member("config", "a text").text();
  const auto settings = named.member("settings", "an array of texts");
  for (std::size_t i = 0; i < settings.size(); ++i) point.settings.push_back(settings.item(i).text());
  return point;
}

void check_version(const JsonPlace& manifest) {
  const auto schema = manifest.member("schema", "1");
  if (schema.whole() != 1) schema.refuse("1, the schema of this version of irc");
  const auto version = manifest.member("code_version", "a text");
  if (version.text() != code_version)
    version.refuse(std::string(code_version) +
                   ", the version of this irc; results of different versions must not be mixed, so plan "
                   "again");
}

/// Throws unless the point's content address is that of its configuration. Sets the reason of a wrong
/// configuration anew.
void check_address(const fs::path& file, const std::string& name, ConfigPoints& maker, Point& point) {
  std::string found;
  try {
    if (point.config_toml.empty()) {
      const auto again = maker.make(point.config, point.settings);
      found = again.id;
      point.config_error = again.config_error;
    } else {
      found = maker.address(point.config_toml);
    }
  } catch (const InputError& error) {
    throw InputError(file.string() + ": " + name +
                     ": the content address of config_toml cannot be computed: " + error.what());
  }
  if (found != point.id)
    throw InputError(file.string() + ": " + name + ": id is \"" + point.id +
                     "\", but the content address of its " +
                     (point.config_toml.empty() ? "config and settings" : "config_toml") + " is " + found +
                     "; the manifest, the detector or the images were changed since the plan, so plan again");
}

/// The points of a manifest by content address.
using Points = std::map<std::string, const Point*>;

/// Why a record of a shard's store must not be merged; nothing where it may.
std::optional<std::string> refusal(const std::string& id, const Record& record, const Points& planned,
                                   ConfigPoints& maker) {
  if (const auto point = planned.find(id); point != planned.end())
    return foreign_record(*point->second, record);
  // A record of an earlier batch. One without a configuration is a failure that any plan finds again.
  if (record.config_toml.empty()) return std::nullopt;
  try {
    const auto address = maker.address(record.config_toml);
    if (address == id) return std::nullopt;
    return "config_toml has the content address " + address + "; expected the address of the point";
  } catch (const InputError& error) {
    return std::string("config_toml is no valid configuration: ") + error.what();
  }
}

/// The content of a shard's store, and what of it cannot be used.
struct Content {
  Records records;
  std::vector<std::string> damaged;
};

Content read_shard_store(const fs::path& file, const Points& planned, ConfigPoints& maker, const Store& main,
                         bool strict) {
  // Writing mode, because a killed shard may have left an empty file.
  Store shard(file.string(), Store::Mode::create);
  if (strict) shard.refuse_bad();
  Content out;
  for (auto& [id, record] : shard.all()) {
    const auto point = planned.find(id);
    const bool usable = point == planned.end() || is_known(main, *point->second);
    const auto known = usable ? main.find(id) : std::nullopt;
    if (known && (known->status == Record::Status::done || record.status == Record::Status::failed)) continue;
    if (const auto words = refusal(id, record, planned, maker))
      shard.report_bad(id, *words);
    else
      out.records.emplace(id, record);
  }
  for (const auto& bad : shard.bad())
    out.damaged.push_back(file.string() + ": point " + printable(bad.id) + ": " + bad.problem);
  return out;
}

/// Merges one store of a shard. A store that cannot be read is left out, unless `strict`.
void merge_shard(Store& store, const fs::path& file, const Points& planned, ConfigPoints& maker, bool strict,
                 Collected& out) {
  Content content;
  try {
    content = read_shard_store(file, planned, maker, store, strict);
  } catch (const InputError& error) {
    if (strict) throw;
    out.damaged.emplace_back(error.what());
    return;
  }
  ++out.stores;
  out.damaged.insert(out.damaged.end(), content.damaged.begin(), content.damaged.end());
  for (const auto& [id, record] : content.records) {
    const auto point = planned.find(id);
    if (!store.contains(id)) ++out.fresh;
    if (point != planned.end())
      keep(store, *point->second, record);
    else
      store.put(id, record);
  }
}

/// Counts the points of the manifest that the main store lacks.
void count_missing(const Store& store, const Manifest& manifest, Collected& out) {
  for (std::size_t s = 0; s < manifest.shards.size(); ++s) {
    const auto& points = manifest.shards[s];
    const auto missing = std::count_if(points.begin(), points.end(),
                                       [&](const Point& point) { return !is_known(store, point); });
    if (missing != 0) out.waits.push_back(s);
    out.missing += static_cast<std::size_t>(missing);
  }
}

std::vector<fs::path> shard_stores(const Folder& folder) {
  std::vector<fs::path> files;
  std::error_code none_yet;
  for (const auto& entry : fs::directory_iterator(folder.shards(), none_yet))
    if (entry.path().extension() == ".sqlite") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Manifest read_manifest(const fs::path& file) {
  const auto document = read_json(file);
  const JsonPlace in(document, file.string());
  check_version(in);
  Manifest out{in.member("experiment", "a text").text(), in.member("stage", "a text").text(), {}};
  const auto shards = in.member("shards", "an array of shards");
  std::map<std::string, std::string> places;
  for (std::size_t s = 0; s < shards.size(); ++s) {
    auto& points = out.shards.emplace_back();
    const auto shard = shards.item(s);
    if (shard.size() == 0) shard.refuse("at least one point");
    for (std::size_t p = 0; p < shard.size(); ++p) {
      points.push_back(read_point(shard.item(p), s, p));
      const auto [first, fresh] = places.emplace(points.back().id, shard.item(p).path());
      if (!fresh)
        shard.item(p).member("id", "").refuse("an address that no other point has; " + first->second +
                                              " has it, too");
    }
  }
  if (out.shards.empty())
    shards.refuse(
        "at least one shard; the plan found nothing to evaluate, so there is nothing to run or "
        "to collect");
  return out;
}

std::vector<Point> shard_points(const Folder& folder, const Manifest& manifest, std::uint64_t shard) {
  if (shard >= manifest.shards.size())
    throw InputError("--shard " + std::to_string(shard) + ": expected less than " +
                     std::to_string(manifest.shards.size()) + ", the number of shards in the manifest");
  auto points = manifest.shards[shard];
  ConfigPoints maker;
  for (std::size_t p = 0; p < points.size(); ++p)
    check_address(folder.manifest(), point_name(shard, p, points[p].id), maker, points[p]);
  return points;
}

bool run_shard(const std::vector<Point>& points, Store& store, const WorkerOptions& workers,
               const std::function<bool()>& stopped) {
  std::vector<const Point*> list;
  for (const auto& point : points) list.push_back(&point);
  return evaluate_into(
      store, list, workers, [] {}, stopped);
}

Collected collect(const Folder& folder, bool strict) {
  Collected out;
  auto manifest = read_manifest(folder.manifest());
  ConfigPoints maker;
  Points planned;
  for (std::size_t s = 0; s < manifest.shards.size(); ++s)
    for (std::size_t p = 0; p < manifest.shards[s].size(); ++p) {
      auto& point = manifest.shards[s][p];
      check_address(folder.manifest(), point_name(s, p, point.id), maker, point);
      planned.emplace(point.id, &point);
    }
  Store store(folder.store(), Store::Mode::create);
  if (strict) store.refuse_bad();
  for (const auto& file : shard_stores(folder)) merge_shard(store, file, planned, maker, strict, out);
  count_missing(store, manifest, out);
  for (const auto& bad : store.bad())
    out.damaged.push_back(store.path() + ": point " + printable(bad.id) + ": " + bad.problem);
  return out;
}

}  // namespace irc::explore
