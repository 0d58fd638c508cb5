// SPDX-License-Identifier: Apache-2.0
// Writes the values in force so that reading the text gives the same values.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "config_parts.h"
#include "key_visitor.h"

namespace irc::platform {
namespace {

using detail::IntegerRange;
using detail::Key;
using detail::RealRange;

/// Writes sections of "key = value" lines.
class Writer final : public detail::KeyVisitor {
 public:
  void section(const std::string& name, bool present) override {
    present_ = present;
    if (present_) text_ += (text_.empty() ? "[" : "\n[") + name + "]\n";
  }
  void real(const Key& key, double& value, const RealRange&, std::optional<double>) override {
    line(key, toml_real(value));
  }
  void flag(const Key& key, bool& value) override { line(key, value ? "true" : "false"); }
  void text(const Key& key, std::string& value) override { line(key, toml_quoted(value)); }
  void texts(const Key& key, std::vector<std::string>& values) override {
    std::string list;
    for (const auto& value : values) list += (list.empty() ? "" : ", ") + toml_quoted(value);
    line(key, "[" + list + "]");
  }
  void path(const Key& key, std::string& value) override { line(key, toml_quoted(value)); }
  void detector(const Key& key, std::string& value) override {
    // Without the prefix, a bare name could mean a file where the configuration is read.
    const bool inside = !value.empty() && !std::filesystem::path(value).is_absolute();
    line(key, toml_quoted((inside ? std::string(detail::embedded_prefix) : "") + value));
  }
  void optional_integer(const Key& key, std::optional<std::uint64_t>& value, const IntegerRange&) override {
    if (value) line(key, std::to_string(*value));
  }
  void all_flags(const Key&) override {}  // every flag has a line of its own
  void card(const Key& key, RunConfig&) override { line(key, toml_quoted("inline")); }
  void layers(RunConfig& config) override {
    for (auto& layer : config.layers) {
      section("sense.layers." + toml_quoted(layer.name), true);
      visit_layer(*this, layer, config);
    }
  }
  std::string text() && { return std::move(text_); }

 protected:
  void any_integer(const Key& key, std::int64_t& value, const IntegerRange&,
                   std::optional<std::int64_t>) override {
    line(key, std::to_string(value));
  }
  void any_choice(const Key& key, std::size_t& index, std::span<const std::string_view> names,
                  std::optional<std::size_t>) override {
    line(key, toml_quoted(names[index]));
  }

 private:
  void line(const Key& key, const std::string& value) {
    if (present_) text_ += std::string(key.name) + " = " + value + "\n";
  }
  std::string text_;
  bool present_ = true;
};

}  // namespace

std::string to_toml(const RunConfig& config) {
  Writer out;
  RunConfig values = config;  // visitors may change what they visit; this one does not
  visit_keys(out, values);
  return std::move(out).text() + "\n" + config.card_toml;
}

nlohmann::json to_json(const RunConfig& config) {
  auto json = nlohmann::json::parse(json_text(TomlDocument::parse(to_toml(config), "resolved").root()));
  // Results of the resolution, for information. They are no configuration keys.
  json["derived"] = {{"lrs_current_a", config.lrs_current_a},
                     {"hrs_current_a", config.hrs_current_a},
                     {"unit_current_a", config.unit_current_a},
                     {"threshold_a", config.sense.threshold_a},
                     {"drive_cycles", config.timing.drive_cycles},
                     {"settle_cycles", config.timing.settle_cycles},
                     {"amplifier_cycles", config.timing.amplifier_cycles}};
  return json;
}

}  // namespace irc::platform
