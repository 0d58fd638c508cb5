// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "irc/core/error.h"

namespace irc {

/// Turns values into bytes for another process of the same program on the same machine. The layout is not a
/// file format and may change at any time.
class ByteWriter {
 public:
  /// Appends a trivially copyable value as its bytes.
  template <typename T>
  void put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>);
    append(&value, sizeof value);
  }
  /// Appends a text: its length, then its characters.
  void put(std::string_view text) {
    put(std::uint64_t{text.size()});
    append(text.data(), text.size());
  }
  /// Appends a text: its length, then its characters.
  void put(const std::string& text) { put(std::string_view(text)); }
  /// Appends an array: its length, then its elements.
  template <typename T>
  void put(std::span<const T> values) {
    static_assert(std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>);
    put(std::uint64_t{values.size()});
    append(values.data(), values.size_bytes());
  }
  /// Appends a vector: its length, then its elements, each by `put` if they are not trivially copyable.
  template <typename T>
  void put(const std::vector<T>& values) {
    if constexpr (std::is_trivially_copyable_v<T>) {
      put(std::span<const T>(values));
    } else {
      put(std::uint64_t{values.size()});
      for (const auto& value : values) put(value);
    }
  }
  const std::string& bytes() const { return bytes_; }  ///< everything that was put so far

 private:
  void append(const void* from, std::size_t length) {
    if (length != 0) bytes_.append(static_cast<const char*>(from), length);
  }

  std::string bytes_;
};

/// Reads what a ByteWriter wrote, in the same order. Every `get` throws InternalError if bytes are missing.
class ByteReader {
 public:
  /// \param bytes  must outlive the reader and everything that `view` returns
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  /// Reads a trivially copyable value.
  template <typename T>
  void get(T& value) {
    static_assert(std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>);
    std::memcpy(&value, take(1, sizeof value).data(), sizeof value);
  }
  /// Reads a text.
  void get(std::string& text) { text = view(); }
  /// Reads a vector.
  template <typename T>
  void get(std::vector<T>& values) {
    const auto count = get<std::uint64_t>();
    if constexpr (std::is_trivially_copyable_v<T>) {
      const auto from = take(count, sizeof(T));
      values.resize(count);
      if (count != 0) std::memcpy(values.data(), from.data(), from.size());
    } else {
      values.clear();
      for (std::uint64_t i = 0; i < count; ++i) get(values.emplace_back());
    }
  }
  /// Reads and returns a value of type T.
  template <typename T>
  T get() {
    T value;
    get(value);
    return value;
  }
  /// Reads a text without copying it: the view points into the reader's bytes.
  std::string_view view() { return take(get<std::uint64_t>(), 1); }
  /// Number of bytes not read yet.
  std::size_t left() const { return bytes_.size(); }

 private:
  std::string_view take(std::uint64_t count, std::size_t each) {
    if (count > bytes_.size() / each)
      throw InternalError("bytes from another process end early: " + std::to_string(bytes_.size()) +
                          " left, expected " + std::to_string(count) + " times " + std::to_string(each));
    const auto taken = bytes_.substr(0, count * each);
    bytes_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view bytes_;
};

}  // namespace irc
