// SPDX-License-Identifier: Apache-2.0
// Private to the evaluators: what they derive from a tile and keep with it.
#pragma once
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <type_traits>
#include <typeindex>
#include <utility>

#include "irc/array/evaluator.h"
#include "irc/array/tile.h"
#include "prepare_once.h"

namespace irc::array {

/// One object of each type that an evaluator asks for. The evaluator defines the type; no other knows it.
struct ProgrammedTile::Derived {
  explicit Derived(std::size_t columns) : columns_(columns) {}

  /// The object of type T. The first call makes it, from the number of columns if T wants that.
  template <typename T>
  T& of() {
    const std::lock_guard lock(mutex_);
    auto& object = objects_[typeid(T)];
    if (!object) object = make<T>();
    return *static_cast<T*>(object.get());
  }

 private:
  template <typename T>
  std::shared_ptr<void> make() const {
    if constexpr (std::is_constructible_v<T, std::size_t>)
      return std::make_shared<T>(columns_);
    else
      return std::make_shared<T>();
  }

  std::size_t columns_;
  std::mutex mutex_;
  std::map<std::type_index, std::shared_ptr<void>> objects_;
};

/// One value for each range of rows that was driven in one operation.
template <typename T>
class ByRange {
 public:
  /// The value of `rows`. The first call prepares it.
  template <typename Prepare>
  T& of(RowRange rows, Prepare&& prepare) {
    Entry* entry = nullptr;
    {
      const std::lock_guard lock(mutex_);
      auto& place = entries_[{rows.begin, rows.end}];
      if (!place) place = std::make_unique<Entry>();
      entry = place.get();
    }
    prepare_once(entry->once, [&] { prepare(entry->value); });
    return entry->value;
  }

 private:
  struct Entry {
    std::once_flag once;
    T value{};
  };
  std::mutex mutex_;
  std::map<std::pair<std::size_t, std::size_t>, std::unique_ptr<Entry>> entries_;
};

}  // namespace irc::array
