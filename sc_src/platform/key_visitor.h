// SPDX-License-Identifier: Apache-2.0
// Private to the configuration: how its keys are declared. Each key is one call, and visitors read it, write
// it and list it.
#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "irc/platform/config.h"

namespace irc::platform::detail {

/// What people are told about a key. Markdown, without links.
struct Key {
  const char* name;
  const char* meaning;
  const char* fallback =
      "";  ///< the default, where it depends on other values; else the member's own is shown
};

struct RealRange {
  double min, max;
};
struct IntegerRange {
  std::int64_t min, max = std::numeric_limits<std::int64_t>::max();
};

/// Visits the keys of a configuration in the order in which they are written. The fallback of a key is the
/// value that its member has beforehand, unless another is given.
class KeyVisitor {
 public:
  virtual ~KeyVisitor() = default;
  /// The keys that follow belong to this section. An absent one has nothing to be written.
  virtual void section(const std::string& name, bool present = true) = 0;

  virtual void real(const Key& key, double& value, const RealRange& range,
                    std::optional<double> fallback = {}) = 0;
  virtual void flag(const Key& key, bool& value) = 0;
  virtual void text(const Key& key, std::string& value) = 0;
  virtual void texts(const Key& key, std::vector<std::string>& values) = 0;
  /// A path, which is made absolute; empty for none.
  virtual void path(const Key& key, std::string& value) = 0;
  /// A detector: a path, or the name of an embedded one.
  virtual void detector(const Key& key, std::string& value) = 0;
  /// An integer that may be missing.
  virtual void optional_integer(const Key& key, std::optional<std::uint64_t>& value,
                                const IntegerRange& range) = 0;
  /// A switch for all flags of the section. A file that names it and a flag means the flag.
  virtual void all_flags(const Key& key) = 0;
  /// The technology card and its values.
  virtual void card(const Key& key, RunConfig& config) = 0;
  /// The sections sense.layers.NAME.
  virtual void layers(RunConfig& config) = 0;

  template <typename T>
  void integer(const Key& key, T& value, const IntegerRange& range, std::optional<T> fallback = {}) {
    auto wide = static_cast<std::int64_t>(value);
    std::optional<std::int64_t> other;
    if (fallback) other = static_cast<std::int64_t>(*fallback);
    any_integer(key, wide, range, other);
    value = static_cast<T>(wide);
  }
  /// One of `names`, which have the order of the enumeration.
  template <typename T>
  void choice(const Key& key, T& value, std::span<const std::string_view> names,
              std::optional<T> fallback = {}) {
    auto index = static_cast<std::size_t>(value);
    std::optional<std::size_t> other;
    if (fallback) other = static_cast<std::size_t>(*fallback);
    any_choice(key, index, names, other);
    value = static_cast<T>(index);
  }
  /// The same for a member that keeps the name.
  void choice(const Key& key, std::string& value, std::span<const std::string_view> names) {
    auto index = static_cast<std::size_t>(std::find(names.begin(), names.end(), value) - names.begin());
    any_choice(key, index, names, {});
    value = std::string(names[index]);
  }

 protected:
  virtual void any_integer(const Key& key, std::int64_t& value, const IntegerRange& range,
                           std::optional<std::int64_t> fallback) = 0;
  virtual void any_choice(const Key& key, std::size_t& index, std::span<const std::string_view> names,
                          std::optional<std::size_t> fallback) = 0;
};

/// Visits all keys of `config`.
void visit_keys(KeyVisitor& keys, RunConfig& config);
/// The keys of a section sense.layers.NAME.
void visit_layer(KeyVisitor& keys, LayerPoint& layer, const RunConfig& config);
/// The sections of the accelerator, and those of a run.
void visit_accelerator(KeyVisitor& keys, RunConfig& config);
void visit_run(KeyVisitor& keys, RunConfig& config);

}  // namespace irc::platform::detail
