// SPDX-License-Identifier: Apache-2.0
// Reads the declared keys out of a parsed document.
#include <algorithm>
#include <filesystem>

#include "config_parts.h"
#include "irc/platform/resources.h"
#include "key_visitor.h"

namespace irc::platform::detail {
namespace {

/// The path is made absolute, so that the resolved configuration means the same wherever it is read.
std::string located(const TomlTable& table, std::string_view key) {
  const auto given = table.find_string(key).value_or("");
  if (given.empty()) return given;
  return std::filesystem::absolute(beside(table.where(key), given)).lexically_normal().string();
}

std::string embedded_detectors() {
  std::string names;
  for (const auto& name : embedded_names())
    if (name.ends_with(".onnx")) names += " " + name;
  return names;
}

/// The detector of `key`: an embedded one, or an absolute path.
std::string find_detector(const TomlTable& table, std::string_view key, const std::string& fallback) {
  const auto given = table.find_string(key).value_or(fallback);
  if (given.starts_with(embedded_prefix)) {
    const auto name = given.substr(embedded_prefix.size());
    if (embedded(name)) return name;
    throw table.error(key, "after " + std::string(embedded_prefix) +
                               " one of the shipped detectors:" + embedded_detectors());
  }
  const auto path = located(table, key);
  std::error_code ignored;
  if (!path.empty() && std::filesystem::exists(path, ignored)) return path;
  if (embedded(given) || !table.has(key)) return given;
  throw table.error(key, "a network file (ONNX) or one of the shipped detectors:" + embedded_detectors() +
                             " (there is no file " + path + ")");
}

class Reader final : public KeyVisitor {
 public:
  explicit Reader(const TomlDocument& document)
      : root_(document.root()), table_(root_), files_(document.files()) {}

  void section(const std::string& name, bool) override {
    table_ = root_.find_table(name);
    all_.reset();
  }

  void real(const Key& key, double& value, const RealRange& range, std::optional<double> fallback) override {
    value = table_.find_real(key.name, range.min, range.max).value_or(fallback.value_or(value));
  }
  void flag(const Key& key, bool& value) override {
    if (all_) value = *all_;
    const auto own = table_.find_boolean(key.name);
    if (own && (!all_ || rank(key.name) >= rank(all_key_))) value = *own;
  }
  void text(const Key& key, std::string& value) override {
    value = table_.find_string(key.name).value_or(value);
  }
  void texts(const Key& key, std::vector<std::string>& values) override {
    if (table_.has(key.name)) values = table_.strings(key.name);
  }
  void path(const Key& key, std::string& value) override { value = located(table_, key.name); }
  void detector(const Key& key, std::string& value) override {
    value = find_detector(table_, key.name, value);
  }
  void optional_integer(const Key& key, std::optional<std::uint64_t>& value,
                        const IntegerRange& range) override {
    if (const auto found = table_.find_integer(key.name, range.min, range.max))
      value = static_cast<std::uint64_t>(*found);
  }
  void all_flags(const Key& key) override {
    all_key_ = key.name;
    all_ = table_.find_boolean(key.name);
  }
  void card(const Key&, RunConfig& config) override { read_technology(root_, config); }
  void layers(RunConfig& config) override;

 protected:
  void any_integer(const Key& key, std::int64_t& value, const IntegerRange& range,
                   std::optional<std::int64_t> fallback) override {
    value = table_.find_integer(key.name, range.min, range.max).value_or(fallback.value_or(value));
  }
  void any_choice(const Key& key, std::size_t& index, std::span<const std::string_view> names,
                  std::optional<std::size_t> fallback) override {
    index = table_.find_choice(key.name, names).value_or(fallback.value_or(index));
  }

 private:
  /// Files that override others come later.
  std::ptrdiff_t rank(std::string_view key) const {
    return std::find(files_.begin(), files_.end(), table_.where(key).file) - files_.begin();
  }

  TomlTable root_, table_;
  std::vector<std::string> files_;
  std::string all_key_;
  std::optional<bool> all_;
};

/// Names of layers are not looked up, because no detector is read.
void Reader::layers(RunConfig& config) {
  const auto sense = table_;
  const auto layers = sense.find_table("layers");
  for (const auto& name : layers.keys()) {
    table_ = layers.table(name);
    LayerPoint point;
    point.name = name;
    point.where = layers.where(name);
    visit_layer(*this, point, config);
    if (config.sense.kind == sense::SenseConfig::Kind::multi_bit && table_.has("threshold_units"))
      throw table_.error(
          "threshold_units",
          "no value with sense.kind = \"multi_bit\", whose levels have thresholds of their own");
    config.layers.push_back(std::move(point));
  }
  table_ = sense;
}

}  // namespace

void read_keys(const TomlDocument& document, RunConfig& config) {
  Reader reader(document);
  visit_keys(reader, config);
}

}  // namespace irc::platform::detail
