// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace irc {

/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC'11): four 32-bit words
/// from a 128-bit counter and a 64-bit key. The function is pure, so a draw depends on its name only, and not
/// on when or on which thread it is made.
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key);

/// The names of the simulator's sources of randomness. Streams with different names are independent.
enum class Stream : std::uint32_t {
  device_lrs = 1,      ///< device-to-device resistance spread of the low-resistance state, per cell
  device_hrs = 2,      ///< device-to-device resistance spread of the high-resistance state, per cell
  device_vt = 3,       ///< threshold-voltage mismatch of the access transistor, per cell
  cycle_to_cycle = 4,  ///< resistance spread redrawn at each programming
  stuck_at = 5,        ///< stuck-at-LRS / stuck-at-HRS faults, per cell
  read_noise = 6,      ///< noise of each read
  offset = 7,          ///< sense-amplifier offset, per amplifier and chip
  sense_noise = 8,     ///< sense-amplifier noise of each decision
  bias_source = 9,     ///< spread of the injected bias currents
  ladder_inl = 10,     ///< level errors of the multi-bit readout
  probe = 11,          ///< input vectors with which an evaluator tests itself
  scene = 20,          ///< procedural scene generator
  training = 21,       ///< training (initialisation, shuffling, augmentation)
  exploration = 22,    ///< sampling of design points
  test = 30,           ///< stimuli of testbenches
};

/// A named, seeded family of random numbers, addressed by a 64-bit index. It can be copied and has no state.
class CounterRandom {
 public:
  /// The family of `stream` for this seed.
  CounterRandom(std::uint64_t seed, Stream stream);
  /// A family that is independent of this one, for instance per chip or per layer. `fork(a).fork(b)` differs
  /// from `fork(b).fork(a)`.
  CounterRandom fork(std::uint64_t id) const;

  /// 64 random bits.
  std::uint64_t bits(std::uint64_t index) const;
  /// A uniform number in the open interval (0, 1), with 53 bits.
  double uniform(std::uint64_t index) const;
  /// A standard normal number: the inverse cumulative distribution of `uniform(index)`. It uses only basic
  /// arithmetic and `exact_log`, so every machine gives the same bits.
  double normal(std::uint64_t index) const;
  /// Fills `out` with normal(first), normal(first + 1), ...: the same bits, several times faster.
  void normals(std::uint64_t first, std::span<double> out) const;
  /// Writes normal(first), ..., normal(first + indices - 1) of each family to `out`, which is
  /// [index][family].
  static void normals(std::span<const CounterRandom> families, std::uint64_t first, std::size_t indices,
                      double* out);
  /// Writes normal(indices[i]) of families[i] to out[i]. `families`, `indices` and `out` have equally many
  /// elements.
  static void normals(std::span<const CounterRandom> families, std::span<const std::uint64_t> indices,
                      double* out);
  /// An upper bound for the magnitude of normal(): uniform numbers of 53 bits reach 8.21.
  static constexpr double largest_normal = 8.3;
  /// A standard normal number in single precision, for noise that needs very many draws. Four indices share
  /// one block of Philox, and 31 bits choose the magnitude (at most 6.3 sigma). It is unrelated to
  /// normal(index), and every machine gives the same bits.
  float coarse_normal(std::uint64_t index) const;
  /// Writes coarse_normal(first), ..., coarse_normal(first + indices - 1) of each family to `out`, which is
  /// [index][family].
  static void coarse_normals(std::span<const CounterRandom> families, std::uint64_t first,
                             std::size_t indices, float* out);
  /// A uniform integer in [0, n). `n` must be positive.
  std::uint64_t below(std::uint64_t n, std::uint64_t index) const;

 private:
  explicit CounterRandom(std::uint64_t key) : key_(key) {}
  std::uint64_t key_;
};

/// The exponential function. Its bits do not depend on the machine's math library, and it is within 2 ulp of
/// the true value.
double exact_exp(double x);
/// Replaces every x by exact_exp(x). It gives the same bits and works on several values at a time.
void exact_exp(std::span<double> x);
/// The natural logarithm, for x > 0. Its bits do not depend on the machine's math library, and it is within 2
/// ulp of the true value.
double exact_log(double x);

}  // namespace irc
