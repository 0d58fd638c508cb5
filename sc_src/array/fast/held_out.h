// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <vector>

#include "irc/array/evaluator.h"
#include "irc/core/bits.h"
#include "irc/core/random.h"

namespace irc::array {

/// Where along the column a held-out vector drives rows.
enum class Part { everywhere, not_first_third, not_last_third, first_quarter, middle_half, last_quarter };

struct HeldOut {
  double share;  ///< of the rows of its part that are driven
  Part part;
};
/// The held-out vectors: from one driven row to all, and windows over the edge of an image. Vectors without
/// any driven row need no model.
constexpr HeldOut held_out[] = {
    {0, Part::everywhere},         {0.004, Part::everywhere},     {0.012, Part::everywhere},
    {0.03, Part::everywhere},      {0.06, Part::everywhere},      {0.1, Part::everywhere},
    {0.15, Part::everywhere},      {0.22, Part::everywhere},      {0.3, Part::everywhere},
    {0.4, Part::everywhere},       {0.5, Part::everywhere},       {0.65, Part::everywhere},
    {0.82, Part::everywhere},      {1, Part::everywhere},         {0.02, Part::not_first_third},
    {0.08, Part::not_first_third}, {0.18, Part::not_first_third}, {0.3, Part::not_first_third},
    {0.55, Part::not_first_third}, {1, Part::not_first_third},    {0.02, Part::not_last_third},
    {0.08, Part::not_last_third},  {0.18, Part::not_last_third},  {0.3, Part::not_last_third},
    {0.55, Part::not_last_third},  {1, Part::not_last_third},     {0, Part::first_quarter},
    {0.4, Part::first_quarter},    {0.2, Part::middle_half},      {0.6, Part::middle_half},
    {0, Part::last_quarter},       {0.4, Part::last_quarter}};
constexpr std::size_t held_out_count = std::size(held_out);

inline bool in_part(Part part, double position) {
  switch (part) {
    case Part::everywhere:
      return true;
    case Part::not_first_third:
      return position >= 1.0 / 3;
    case Part::not_last_third:
      return position < 2.0 / 3;
    case Part::first_quarter:
      return position < 0.25;
    case Part::middle_half:
      return position >= 0.25 && position < 0.75;
    case Part::last_quarter:
      return position >= 0.75;
  }
  return false;
}

/// The position of the row that a vector drives alone.
inline double middle_of(Part part) {
  if (part == Part::first_quarter) return 0.125;
  return part == Part::last_quarter ? 0.875 : 0.5;
}

/// The held-out vectors of a range of rows. They are the same for every tile of this height.
struct HeldOutVectors {
  std::vector<std::uint64_t> bits;
  std::size_t words;
  std::vector<float> driven;  ///< [vector] number of driven rows

  /// \param draws  how often each vector of the list is drawn; later draws have a few rows less
  HeldOutVectors(std::size_t tile_rows, RowRange rows, std::size_t draws)
      : words(words_for(tile_rows)), driven(held_out_count * draws) {
    const CounterRandom random(tile_rows, Stream::probe);
    bits.resize(driven.size() * words);
    const auto count = static_cast<double>(rows.end - rows.begin);
    for (std::size_t v = 0; v < driven.size(); ++v) {
      std::uint64_t* vector = bits.data() + v * words;
      const double thinner = v < held_out_count ? 1.0 : 0.85;
      for (std::size_t row = rows.begin; row < rows.end; ++row) {
        const double position = (static_cast<double>(row - rows.begin) + 0.5) / count;
        if (in_part(part(v), position) &&
            random.uniform(v * tile_rows + row) < thinner * held_out[v % held_out_count].share)
          drive(vector, row);
      }
      driven[v] = static_cast<float>(count_bits(vector, rows.begin, rows.end));
      if (driven[v] > 0) continue;
      drive(vector, rows.begin + static_cast<std::size_t>(thinner * middle_of(part(v)) * count));
      driven[v] = 1;
    }
  }
  std::size_t count() const { return driven.size(); }
  WordLineBatch batch() const { return {bits.data(), words, count(), 0}; }
  static Part part(std::size_t vector) { return held_out[vector % held_out_count].part; }

 private:
  static void drive(std::uint64_t* vector, std::size_t row) {
    vector[row / 64] |= std::uint64_t{1} << (row % 64);
  }
};

}  // namespace irc::array
