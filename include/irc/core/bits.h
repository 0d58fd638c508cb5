// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace irc {

/// Number of 64-bit words that hold `bits` bits.
constexpr std::size_t words_for(std::size_t bits) {
  return (bits + 63) / 64;
}

/// Copies `count` bits from `source`, starting at bit `from`, to `target`, starting at bit `to`. The two
/// ranges must not overlap.
void copy_bits(const std::uint64_t* source, std::size_t from, std::uint64_t* target, std::size_t to,
               std::size_t count);

/// Sets the bits [begin, end) of `words`.
void set_bits(std::uint64_t* words, std::size_t begin, std::size_t end);

/// Number of set bits in the bits [begin, end) of `words`.
std::uint64_t count_bits(const std::uint64_t* words, std::size_t begin, std::size_t end);
/// Number of set bits in all words.
std::uint64_t count_ones(std::span<const std::uint64_t> words);
/// Number of bits in which `a` and `b` differ. `b` has as many words as `a`.
std::uint64_t count_differences(std::span<const std::uint64_t> a, const std::uint64_t* b);

/// A dense matrix of bits. Every row starts at a word boundary, and the unused bits of a row's last word stay
/// zero.
class BitMatrix {
 public:
  /// An empty matrix.
  BitMatrix() = default;
  /// A matrix of zeros.
  BitMatrix(std::size_t rows, std::size_t columns)
      : rows_(rows), columns_(columns), words_(words_for(columns)), data_(rows * words_for(columns)) {}

  std::size_t rows() const { return rows_; }            ///< number of rows
  std::size_t columns() const { return columns_; }      ///< number of columns (bits per row)
  std::size_t words_per_row() const { return words_; }  ///< number of 64-bit words that one row occupies
  /// The bit at (row, column). Indices are not checked.
  bool get(std::size_t row, std::size_t column) const {
    return (data_[row * words_ + column / 64] >> (column % 64)) & 1u;
  }
  /// Sets the bit at (row, column). Indices are not checked.
  void set(std::size_t row, std::size_t column, bool value) {
    auto& word = data_[row * words_ + column / 64];
    const std::uint64_t mask = std::uint64_t{1} << (column % 64);
    word = value ? (word | mask) : (word & ~mask);
  }
  /// The words of row `r`.
  std::span<std::uint64_t> row(std::size_t r) { return {data_.data() + r * words_, words_}; }
  /// The words of row `r`, read-only.
  std::span<const std::uint64_t> row(std::size_t r) const { return {data_.data() + r * words_, words_}; }
  /// All words, row after row.
  std::span<std::uint64_t> words() { return data_; }
  /// All words, row after row, read-only.
  std::span<const std::uint64_t> words() const { return data_; }
  /// True if dimensions and bits are equal.
  friend bool operator==(const BitMatrix&, const BitMatrix&) = default;

 private:
  std::size_t rows_ = 0, columns_ = 0, words_ = 0;
  std::vector<std::uint64_t> data_;
};

}  // namespace irc
