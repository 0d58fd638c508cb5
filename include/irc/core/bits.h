// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace irc {

/// Words of 64 bits needed for `bits` bits.
constexpr std::size_t words_for(std::size_t bits) {
  return (bits + 63) / 64;
}

/// `count` bits from `source` at bit `from` to `target` at bit `to`; the ranges must not overlap.
void copy_bits(const std::uint64_t* source, std::size_t from, std::uint64_t* target, std::size_t to,
               std::size_t count);

/// Sets bits [begin, end).
void set_bits(std::uint64_t* words, std::size_t begin, std::size_t end);

/// Number of set bits in [begin, end).
std::uint64_t count_bits(const std::uint64_t* words, std::size_t begin, std::size_t end);
/// Number of set bits of all words.
std::uint64_t count_ones(std::span<const std::uint64_t> words);
/// Number of bits in which the words differ; `b` has as many as `a`.
std::uint64_t count_differences(std::span<const std::uint64_t> a, const std::uint64_t* b);

/// Dense matrix of bits; every row starts at a word boundary, unused bits of the last word stay zero.
class BitMatrix {
 public:
  BitMatrix() = default;
  BitMatrix(std::size_t rows, std::size_t columns)
      : rows_(rows), columns_(columns), words_(words_for(columns)), data_(rows * words_for(columns)) {}

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  std::size_t words_per_row() const { return words_; }
  bool get(std::size_t row, std::size_t column) const {
    return (data_[row * words_ + column / 64] >> (column % 64)) & 1u;
  }
  void set(std::size_t row, std::size_t column, bool value) {
    auto& word = data_[row * words_ + column / 64];
    const std::uint64_t mask = std::uint64_t{1} << (column % 64);
    word = value ? (word | mask) : (word & ~mask);
  }
  std::span<std::uint64_t> row(std::size_t r) { return {data_.data() + r * words_, words_}; }
  std::span<const std::uint64_t> row(std::size_t r) const { return {data_.data() + r * words_, words_}; }
  std::span<std::uint64_t> words() { return data_; }
  std::span<const std::uint64_t> words() const { return data_; }
  friend bool operator==(const BitMatrix&, const BitMatrix&) = default;

 private:
  std::size_t rows_ = 0, columns_ = 0, words_ = 0;
  std::vector<std::uint64_t> data_;
};

}  // namespace irc
