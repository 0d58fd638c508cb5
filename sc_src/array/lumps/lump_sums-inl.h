// SPDX-License-Identifier: Apache-2.0
// This header is a Highway kernel: it is compiled once per instruction set.
#if defined(IRC_ARRAY_LUMP_SUMS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef IRC_ARRAY_LUMP_SUMS_INL_H_
#undef IRC_ARRAY_LUMP_SUMS_INL_H_
#else
#define IRC_ARRAY_LUMP_SUMS_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace irc::array::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Tag16 = hn::CappedTag<std::uint16_t, 32>;
using V16 = hn::Vec<Tag16>;

/// Builds all partial sums of `rows` rows of 32 columns: 2^rows entries of 64 bytes.
HWY_INLINE void build_table(const std::uint16_t* HWY_RESTRICT weights, std::size_t rows,
                            std::uint16_t* HWY_RESTRICT table) {
  const Tag16 d;
  const std::size_t n = hn::Lanes(d);
  for (std::size_t part = 0; part < 32; part += n) {
    hn::Store(hn::Zero(d), d, table + part);
    for (std::size_t row = 0; row < rows; ++row) {
      const V16 weight = hn::Load(d, weights + row * 32 + part);
      const std::size_t entries = std::size_t{1} << row;
      for (std::size_t e = 0; e < entries; ++e)
        hn::Store(hn::Add(hn::Load(d, table + e * 32 + part), weight), d, table + (entries + e) * 32 + part);
    }
  }
}

/// Adds the entries of kTables tables to the sums of every vector. Two chains of additions hide the latency.
template <int kTables, bool kFirst>
HWY_INLINE void add_entries(const std::uint8_t* HWY_RESTRICT tables,
                            const std::uint16_t* HWY_RESTRICT offsets, std::size_t count,
                            std::uint16_t* HWY_RESTRICT sums) {
  const Tag16 d;
  const std::size_t n = hn::Lanes(d);
  const auto entry = [&](const std::uint8_t* part, std::size_t offset) HWY_ATTR {
    return hn::Load(d, reinterpret_cast<const std::uint16_t*>(part + offset));
  };
  // Four offsets are read in one load, because the entries keep the load units busy.
  const auto offset = [](std::uint64_t four, unsigned which) HWY_ATTR {
    return static_cast<std::size_t>(static_cast<std::uint16_t>(four >> (16 * which)));
  };
  for (std::size_t v = 0; v < count; ++v, offsets += 8, sums += 32) {
    std::uint64_t low, high;
    std::memcpy(&low, offsets, 8);
    std::memcpy(&high, offsets + 4, 8);
    for (std::size_t part = 0; part < 32; part += n) {
      const std::uint8_t* base = tables + 2 * part;
      V16 a = entry(base, offset(low, 0)), b = hn::Zero(d);
      if constexpr (kTables > 1) b = entry(base, offset(low, 1));
      if constexpr (kTables > 2) a = hn::Add(a, entry(base, offset(low, 2)));
      if constexpr (kTables > 3) b = hn::Add(b, entry(base, offset(low, 3)));
      if constexpr (kTables > 4) a = hn::Add(a, entry(base, offset(high, 0)));
      if constexpr (kTables > 5) b = hn::Add(b, entry(base, offset(high, 1)));
      if constexpr (kTables > 6) a = hn::Add(a, entry(base, offset(high, 2)));
      if constexpr (kTables > 7) b = hn::Add(b, entry(base, offset(high, 3)));
      if constexpr (!kFirst) a = hn::Add(a, hn::Load(d, sums + part));
      hn::Store(hn::Add(a, b), d, sums + part);
    }
  }
}

template <bool kFirst>
HWY_INLINE void add_pass(std::size_t tables, const std::uint8_t* table, const std::uint16_t* offsets,
                         std::size_t count, std::uint16_t* sums) {
  switch (tables) {
    case 1:
      return add_entries<1, kFirst>(table, offsets, count, sums);
    case 2:
      return add_entries<2, kFirst>(table, offsets, count, sums);
    case 3:
      return add_entries<3, kFirst>(table, offsets, count, sums);
    case 4:
      return add_entries<4, kFirst>(table, offsets, count, sums);
    case 5:
      return add_entries<5, kFirst>(table, offsets, count, sums);
    case 6:
      return add_entries<6, kFirst>(table, offsets, count, sums);
    case 7:
      return add_entries<7, kFirst>(table, offsets, count, sums);
    default:
      return add_entries<8, kFirst>(table, offsets, count, sums);
  }
}

/// Sums one lump of one block of columns. `offsets` points at the first wanted vector in the lump's first
/// pass.
inline void lump_sums_kernel(const std::uint16_t* weights, std::size_t rows, std::size_t group,
                             const std::uint16_t* offsets, std::size_t pass_stride, std::size_t count,
                             std::uint16_t* table, std::uint16_t* sums) {
  const std::size_t entries = (std::size_t{1} << group) * 32;
  for (std::size_t row = 0; row < rows; row += 8 * group, offsets += pass_stride) {
    std::size_t tables = 0;
    for (std::size_t r = row; tables < 8 && r < rows; r += group, ++tables)
      build_table(weights + r * 32, std::min(group, rows - r), table + tables * entries);
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(table);
    row == 0 ? add_pass<true>(tables, bytes, offsets, count, sums)
             : add_pass<false>(tables, bytes, offsets, count, sums);
  }
}

/// Computes the table offsets of one pass: eight groups of rows starting at `first_bit`, of which `rows`
/// belong to the lump.
inline void spread_bits_kernel(const std::uint64_t* bits, std::size_t words_per_vector,
                               const std::uint32_t* vectors, std::size_t count, std::size_t first_bit,
                               std::size_t rows, std::size_t group, std::uint16_t* HWY_RESTRICT out) {
  const hn::CappedTag<std::uint64_t, 8> d;
  const hn::Rebind<std::uint16_t, decltype(d)> d16;
  const std::size_t n = hn::Lanes(d), word = first_bit / 64, shift = first_bit % 64;
  HWY_ALIGN std::uint64_t shifts[8], tables[8];
  for (std::size_t t = 0; t < 8; ++t) {
    shifts[t] = t * group;
    tables[t] = (t << group) * 64;
  }
  const auto mask = hn::Set(d, (std::uint64_t{1} << group) - 1);
  const std::uint64_t inside = rows >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << rows) - 1;
  // If the last rows end in this word, there is no next word to read.
  const bool two_words = shift + std::min<std::size_t>(rows, 64) > 64;
  for (std::size_t v = 0; v < count; ++v, out += 8) {
    const std::uint64_t* at = bits + vectors[v] * words_per_vector + word;
    std::uint64_t field = at[0] >> shift;
    if (two_words) field |= at[1] << (64 - shift);
    const auto all = hn::Set(d, field & inside);
    for (std::size_t t = 0; t < 8; t += n) {
      const auto entry = hn::And(hn::Shr(all, hn::Load(d, shifts + t)), mask);
      const auto offset = hn::Add(hn::ShiftLeft<6>(entry), hn::Load(d, tables + t));
      hn::StoreU(hn::TruncateTo(d16, offset), d16, out + t);
    }
  }
}

}  // namespace irc::array::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
