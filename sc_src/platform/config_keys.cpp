// SPDX-License-Identifier: Apache-2.0
// Lists the declared keys.
#include "irc/platform/config_keys.h"

#include <nlohmann/json.hpp>

#include "config_parts.h"
#include "key_visitor.h"

namespace irc::platform {
namespace {

using detail::IntegerRange;
using detail::Key;
using detail::RealRange;

std::string code(const std::string& text) {
  return "`" + text + "`";
}

/// A number as people write it: 0.05, 1e-9, 1e6, 2048.
std::string number(double value) {
  std::string text = toml_real(value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  for (const char* sign : {"e-", "e+"}) {
    const auto exponent = text.find(sign);
    if (exponent == std::string::npos) continue;
    while (text[exponent + 2] == '0') text.erase(exponent + 2, 1);
    if (text[exponent + 1] == '+') text.erase(exponent + 1, 1);
  }
  return text;
}

/// Visits a configuration in which no key is set.
class Lister final : public detail::KeyVisitor {
 public:
  void section(const std::string& name, bool) override { section_ = name; }
  void real(const Key& key, double& value, const RealRange& range, std::optional<double>) override {
    add(key, number(value), number(range.min) + " to " + number(range.max));
  }
  void flag(const Key& key, bool& value) override { add(key, value ? "true" : "false", flags); }
  void text(const Key& key, std::string& value) override { add(key, code(toml_quoted(value)), "text"); }
  void texts(const Key& key, std::vector<std::string>&) override { add(key, "`[]`", "list of texts"); }
  void path(const Key& key, std::string& value) override { add(key, code(toml_quoted(value)), "path"); }
  void detector(const Key& key, std::string& value) override {
    add(key, code(toml_quoted(value)), "path or name");
  }
  void optional_integer(const Key& key, std::optional<std::uint64_t>&, const IntegerRange& range) override {
    add(key, "none", words(range));
  }
  void all_flags(const Key& key) override { add(key, "none", flags); }
  void card(const Key& key, RunConfig&) override {
    add(key, code(toml_quoted(detail::default_card)), "name or path");
  }
  void layers(RunConfig& config) override {
    const auto outer = section_;
    section_ = layer_section;
    LayerPoint layer;
    visit_layer(*this, layer, config);
    section_ = outer;
  }
  std::vector<ConfigKey> keys() && { return std::move(keys_); }

 protected:
  void any_integer(const Key& key, std::int64_t& value, const IntegerRange& range,
                   std::optional<std::int64_t> fallback) override {
    add(key, std::to_string(fallback.value_or(value)), words(range));
  }
  void any_choice(const Key& key, std::size_t& index, std::span<const std::string_view> names,
                  std::optional<std::size_t>) override {
    std::string list;
    for (const auto& name : names) list += (list.empty() ? "" : ", ") + code(std::string(name));
    add(key, code(toml_quoted(names[index])), list);
  }

 private:
  static constexpr const char* flags = "true, false";
  static std::string words(const IntegerRange& range) {
    if (range.max == IntegerRange{0}.max) return "from " + std::to_string(range.min);
    return std::to_string(range.min) + " to " + std::to_string(range.max);
  }
  void add(const Key& key, const std::string& fallback, const std::string& values) {
    const std::string declared = key.fallback;
    keys_.push_back({section_, key.name, declared.empty() ? fallback : declared, values, key.meaning});
  }
  std::string section_;
  std::vector<ConfigKey> keys_;
};

}  // namespace

std::vector<ConfigKey> config_keys() {
  Lister lister;
  RunConfig nothing_set;
  visit_keys(lister, nothing_set);
  return std::move(lister).keys();
}

nlohmann::json to_json(const std::vector<ConfigKey>& keys) {
  auto out = nlohmann::json::array();
  for (const auto& key : keys)
    out.push_back({{"key", key.section + "." + key.name},
                   {"default", key.fallback},
                   {"values", key.values},
                   {"meaning", key.meaning}});
  return out;
}

}  // namespace irc::platform
