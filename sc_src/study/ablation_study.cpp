// SPDX-License-Identifier: Apache-2.0
// Reads a study file (techniques, detectors, nonidealities) and checks it against the presets.
#include "irc/study/ablation_study.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "irc/core/toml.h"
#include "irc/explore/keys.h"
#include "irc/platform/resources.h"
#include "irc/platform/workload.h"

namespace irc::study {

namespace {

using nlohmann::json;
using Values = std::map<std::string, json>;

constexpr const char* switch_prefix = "nonidealities.";
/// Keys that a study sets for each run itself, or that change no result.
constexpr std::array<std::string_view, 9> own_keys{
    "run.model", "run.seed",       "run.chips",   "run.limit",     "run.nonideal_images",
    "run.draw",  "run.write_head", "run.threads", "trace.formats",
};

bool is_own(const std::string& key) {
  return std::find(own_keys.begin(), own_keys.end(), key) != own_keys.end();
}

/// A value of `config` in result.json, as TOML.
std::string toml_value(const json& value) {
  if (value.is_string()) return toml_quoted(value.get<std::string>());
  if (value.is_number_float()) return toml_real(value.get<double>());
  return value.dump();
}

template <typename Item>
std::vector<std::string> names_of(const std::vector<Item>& items) {
  std::vector<std::string> names;
  for (const auto& item : items) names.push_back(item.name);
  return names;
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

/// Reads a name that is not in `taken`.
std::string new_name(const TomlTable& table, const std::vector<std::string>& taken) {
  const auto name = table.string("name");
  if (name.empty() || std::find(taken.begin(), taken.end(), name) != taken.end())
    throw table.error("name", "a name that occurs only once");
  return name;
}

void check_set(const std::vector<std::string>& settings, const SourceLocation& where,
               const std::vector<std::string>& keys) {
  for (const auto& setting : settings) {
    explore::check_setting(setting, where, keys);
    const auto key = setting.substr(0, setting.find('='));
    if (is_own(key))
      throw InputError(where, "found \"" + setting + "\": a study sets " + key +
                                  " itself (seed, chips, images, net tables; or --seed, --chips, --limit)");
  }
}

void read_amount(const TomlTable& head, const AblationOptions& options, const std::string& prefix,
                 Amount& amount) {
  const auto most = std::int64_t{1'000'000'000};
  const auto images = head.find_integer(prefix + "pictures", 0, most);
  const auto chips = head.find_integer(prefix + "chips", 1, 100000);
  if (images) amount.images = static_cast<std::uint64_t>(*images);
  if (chips) amount.chips = static_cast<std::uint64_t>(*chips);
  amount.images = options.images.value_or(amount.images);
  amount.chips = options.chips.value_or(amount.chips);
}

void read_head(const TomlTable& head, const AblationOptions& options, AblationStudy& out) {
  out.name = head.string("name");
  if (out.name.empty()) throw head.error("name", "a name");
  out.title = head.find_string("title").value_or(out.name);
  out.naive = explore::located_file(head.where("naive"), head.string("naive"));
  out.robust = explore::located_file(head.where("robust"), head.string("robust"));
  constexpr auto largest = std::numeric_limits<std::int64_t>::max();
  out.seed =
      options.seed.value_or(static_cast<std::uint64_t>(head.find_integer("seed", 0, largest).value_or(1)));
  read_amount(head, options, "", out.whole);
  out.single = out.whole;
  read_amount(head, options, "single_", out.single);
  if (head.has("set")) out.settings = head.strings("set");
}

/// The values in force of a preset. A mistake in the preset is reported at the key that names it.
Values values_of(const TomlTable& head, const char* preset, const std::string& config,
                 const std::vector<std::string>& settings) {
  try {
    return explore::configuration_values(platform::load_run_config(config, settings));
  } catch (const InputError& error) {
    throw InputError(head.where(preset), "'study." + std::string(preset) +
                                             "': the configuration, with the study's settings, cannot be "
                                             "read: " +
                                             error.what());
  }
}

std::vector<std::string> keys_of(const Values& values) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : values) keys.push_back(key);
  return keys;
}

void read_technique(const TomlTable& table, const Values& naive, const Values& robust, AblationStudy& out) {
  Technique technique;
  technique.name = new_name(table, names_of(out.techniques));
  technique.label = table.find_string("label").value_or(technique.name);
  technique.net = table.find_string("net").value_or("");
  if (table.has("keys")) technique.keys = table.strings("keys");
  bool changes = !technique.net.empty();
  for (const auto& key : technique.keys) {
    if (!naive.contains(key) || is_own(key) || key.starts_with(switch_prefix))
      throw table.error("keys", "keys of the configuration that a design may change; " + key + " is none" +
                                    explore::suggestion(key, keys_of(naive)));
    const auto fresh = out.naive_values.emplace(key, toml_value(naive.at(key))).second;
    if (!fresh) throw table.error("keys", "each key in one technique only; " + key + " occurs in two");
    out.robust_values.emplace(key, toml_value(robust.at(key)));
    changes = changes || naive.at(key) != robust.at(key);
  }
  if (!changes)
    throw InputError(table.where(), "'technique': " + technique.name +
                                        " changes nothing: it has no 'net', and its 'keys' have the same "
                                        "values in both presets");
  out.techniques.push_back(std::move(technique));
}

void check_differences(const TomlTable& head, const Values& naive, const Values& robust,
                       const AblationStudy& study) {
  std::set<std::string> keys;
  for (const auto* values : {&naive, &robust})
    for (const auto& [key, value] : *values) keys.insert(key);
  const auto text = [](const Values& values, const std::string& key) {
    return values.contains(key) ? toml_value(values.at(key)) : std::string("nothing");
  };
  for (const auto& key : keys) {
    if (is_own(key) || study.naive_values.contains(key) || text(naive, key) == text(robust, key)) continue;
    throw InputError(head.where("robust"), "'study.robust': " + key + " differs between the presets (" +
                                               text(naive, key) + " in the naive one, " + text(robust, key) +
                                               " in the robust one) but belongs to no technique");
  }
}

std::vector<std::string> tags_of(const AblationStudy& study) {
  std::set<std::string> tags;
  for (const auto& technique : study.techniques)
    if (!technique.net.empty()) tags.insert(technique.net);
  return {tags.begin(), tags.end()};
}

void read_net(const TomlTable& table, AblationStudy& out) {
  Net net;
  net.tags = table.strings("techniques");
  std::sort(net.tags.begin(), net.tags.end());
  const auto known = tags_of(out);
  for (const auto& tag : net.tags)
    if (std::find(known.begin(), known.end(), tag) == known.end())
      throw table.error("techniques", "'net' tags of techniques (" + listed(known) + "); " + tag +
                                          " is none" + explore::suggestion(tag, known));
  const auto same = [&](const Net& other) { return other.tags == net.tags; };
  if (std::any_of(out.nets.begin(), out.nets.end(), same))
    throw table.error("techniques", "one net for each set of techniques; this set has one already");
  net.model = explore::located_file(table.where("model"), table.string("model"));
  std::error_code ignored;
  if (!std::filesystem::exists(net.model, ignored) && !platform::embedded(net.model))
    throw table.error("model", "an ONNX file beside the study or an embedded detector");
  out.nets.push_back(std::move(net));
}

void read_nonideality(const TomlTable& table, AblationStudy& out, std::set<std::string>& taken) {
  Nonideality nonideality;
  nonideality.name = new_name(table, names_of(out.nonidealities));
  if (nonideality.name == "none" || nonideality.name == "all")
    throw table.error("name", "another name, because the columns \"none\" and \"all\" always exist");
  nonideality.label = table.find_string("label").value_or(nonideality.name);
  nonideality.on = table.strings("on");
  std::vector<std::string> known;
  for (const auto& [key, value] : out.switches) known.push_back(key);
  if (nonideality.on.empty()) throw table.error("on", "at least one switch");
  for (const auto& key : nonideality.on) {
    if (!out.switches.contains(key))
      throw table.error("on",
                        "switches of [nonidealities]; " + key + " is none" + explore::suggestion(key, known));
    if (!taken.insert(key).second)
      throw table.error("on", "each switch in one nonideality only; " + key + " occurs in two");
  }
  out.nonidealities.push_back(std::move(nonideality));
}

void read_nonidealities(const TomlTable& root, const Values& naive, AblationStudy& out) {
  for (const auto& [key, value] : naive)
    if (key.starts_with(switch_prefix)) out.switches.emplace(key, toml_value(value));
  std::set<std::string> taken;
  for (const auto& table : root.tables("nonideality")) read_nonideality(table, out, taken);
  for (const auto& [key, value] : out.switches)
    if (!taken.contains(key))
      throw InputError(root.where("nonideality"),
                       "'nonideality': " + key + " belongs to none; each switch must belong to one");
}

std::vector<std::size_t> technique_indices(const TomlTable& table, const char* key,
                                           const AblationStudy& study) {
  std::vector<std::size_t> out;
  if (!table.has(key)) return out;
  const auto known = names_of(study.techniques);
  for (const auto& name : table.strings(key)) {
    const auto found = std::find(known.begin(), known.end(), name);
    if (found == known.end())
      throw table.error(key, "names of techniques (" + listed(known) + "); " + name + " is none" +
                                 explore::suggestion(name, known));
    out.push_back(static_cast<std::size_t>(found - known.begin()));
  }
  return out;
}

void read_adjustment(const TomlTable& table, const std::vector<std::string>& keys, AblationStudy& out) {
  Adjustment adjustment;
  adjustment.on = technique_indices(table, "on", out);
  adjustment.off = technique_indices(table, "off", out);
  if (adjustment.on.empty() || adjustment.off.empty())
    throw InputError(table.where(),
                     "'adjust': expected techniques under both 'on' and 'off': the presets themselves need "
                     "no adjustment");
  adjustment.settings = table.strings("set");
  check_set(adjustment.settings, table.where("set"), keys);
  adjustment.note = table.string("note");
  out.adjustments.push_back(std::move(adjustment));
}

AblationStudy read(const TomlDocument& document, const std::string& file, const AblationOptions& options) {
  AblationStudy out;
  const auto root = document.root();
  const auto head = root.table("study");
  out.file = file;
  read_head(head, options, out);
  const auto keys = keys_of(values_of(head, "naive", out.naive, {}));
  check_set(out.settings, head.where("set"), keys);
  check_set(options.settings, {"--set"}, keys);
  out.settings.insert(out.settings.end(), options.settings.begin(), options.settings.end());
  const auto naive = values_of(head, "naive", out.naive, out.settings);
  const auto robust = values_of(head, "robust", out.robust, out.settings);
  for (const auto& table : root.tables("technique")) read_technique(table, naive, robust, out);
  if (out.techniques.empty()) throw root.error("technique", "at least one technique");
  check_differences(head, naive, robust, out);
  for (const auto& table : root.tables("net")) read_net(table, out);
  read_nonidealities(root, naive, out);
  if (root.has("adjust"))
    for (const auto& table : root.tables("adjust")) read_adjustment(table, keys, out);
  root.finish();
  return out;
}

}  // namespace

AblationStudy read_ablation(const std::string& path, const AblationOptions& options) {
  return read(TomlDocument::read(path, platform::embedded), path, options);
}

AblationStudy parse_ablation(std::string_view text, const std::string& name, const AblationOptions& options) {
  return read(TomlDocument::parse(text, name, platform::embedded), name, options);
}

}  // namespace irc::study
