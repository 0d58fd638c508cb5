// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>
#include "support/catch.h"

#include "irc/core/instruction_set.h"
#include "irc/core/random.h"

using namespace irc;

namespace {

bool same(double x, double y) {
  return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y) ||
         (std::isnan(x) && std::isnan(y));
}

}  // namespace

TEST_CASE("Philox4x32-10 gives Random123's known answers") {
  // Known answers from Random123 1.14, examples/kat_vectors (philox4x32 10).
  CHECK(philox4x32({0, 0, 0, 0}, {0, 0}) ==
        std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
        std::array<std::uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        std::array<std::uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("exact_exp and exact_log agree with libm") {
  for (int i = 0; i < 20000; ++i) {
    const double x = -700.0 + i * 0.07;
    CHECK(exact_exp(x) == Approx(std::exp(x)).epsilon(1e-15));
    const double y = std::exp(x / 10);
    CHECK(std::abs(exact_log(y) - std::log(y)) <= 4e-16 * std::max(std::abs(std::log(y)), 1e-3));
  }
  CHECK(exact_exp(-1000.0) == 0.0);
  CHECK(std::isinf(exact_exp(1000.0)));
  CHECK(exact_log(1.0) == 0.0);
  CHECK(std::isinf(exact_log(0.0)));
  CHECK(std::isnan(exact_log(-1.0)));
}

TEST_CASE("normal draws have the moments and quantiles of the normal distribution") {
  const CounterRandom random(7, Stream::test);
  const int n = 200000;
  double sum = 0, square = 0;
  int below = 0;
  for (int i = 0; i < n; ++i) {
    const double z = random.normal(static_cast<std::uint64_t>(i));
    sum += z;
    square += z * z;
    below += z < -1.959963984540054;
  }
  CHECK(std::abs(sum / n) < 4.0 / std::sqrt(n));
  CHECK(std::abs(square / n - 1) < 4.0 * std::sqrt(2.0 / n));
  CHECK(std::abs(below / double(n) - 0.025) < 4 * std::sqrt(0.025 * 0.975 / n));
}

TEST_CASE("draws depend on seed, stream, fork and index, and on nothing else") {
  const CounterRandom a(1, Stream::offset);
  CHECK(a.bits(5) == CounterRandom(1, Stream::offset).bits(5));
  CHECK(a.bits(5) != a.bits(6));
  CHECK(a.bits(5) != CounterRandom(2, Stream::offset).bits(5));
  CHECK(a.bits(5) != CounterRandom(1, Stream::read_noise).bits(5));
  CHECK(a.fork(1).bits(5) != a.bits(5));
  CHECK(a.fork(1).fork(2).bits(0) != a.fork(2).fork(1).bits(0));
  for (int i = 0; i < 1000; ++i) CHECK(a.below(7, static_cast<std::uint64_t>(i)) < 7);
}

TEST_CASE("batches of normals have the bits of single draws, on every instruction set") {
  const CounterRandom random(11, Stream::test);
  std::vector<CounterRandom> families;
  for (std::uint64_t i = 0; i < 5000; ++i) families.push_back(random.fork(i));
  const auto compare = [&](std::uint64_t first, std::size_t n) {
    std::vector<double> out(n + 1, 77.0);
    random.normals(first, std::span(out).first(n));
    std::size_t different = 0;
    for (std::size_t i = 0; i < n; ++i) different += !same(out[i], random.normal(first + i));
    const auto some = std::span<const CounterRandom>(families).first(n);
    CounterRandom::normals(some, first, 1, out.data());
    for (std::size_t i = 0; i < n; ++i) different += !same(out[i], some[i].normal(first));
    std::vector<std::uint64_t> indices;
    for (std::size_t i = 0; i < n; ++i) indices.push_back(random.bits(first + i));
    CounterRandom::normals(some, indices, out.data());
    for (std::size_t i = 0; i < n; ++i) different += !same(out[i], some[i].normal(indices[i]));
    CHECK(different == 0);
    CHECK(out[n] == 77.0);
    CHECK(std::all_of(out.begin(), out.end() - 1,
                      [](double z) { return std::abs(z) < CounterRandom::largest_normal; }));
  };
  const auto compare_grid = [&](std::uint64_t first, std::size_t indices, std::size_t n) {
    const auto some = std::span<const CounterRandom>(families).first(n);
    std::vector<double> out(indices * n + 1, 77.0);
    CounterRandom::normals(some, first, indices, out.data());
    std::size_t different = 0;
    for (std::size_t i = 0; i < indices * n; ++i)
      different += !same(out[i], some[i % n].normal(first + i / n));
    CHECK(different == 0);
    CHECK(out.back() == 77.0);
  };
  for (const auto& set : instruction_sets()) {
    limit_instruction_set(set);
    INFO(set);
    for (std::size_t n = 0; n < 40; ++n) compare(n, n);
    compare(0xFFFFFFFFu - 200, 129);  // the index exceeds 32 bits
    compare(std::uint64_t{1} << 63, 1000);
    compare(123456789, 5000);
    for (const std::size_t n : {1, 3, 8, 31, 255, 256, 257}) compare_grid(n << 40, 33, n);
  }
  limit_instruction_set({});
}

TEST_CASE("coarse normals are normal: moments and tails of a million draws") {
  const CounterRandom family(7, Stream::test);
  constexpr std::size_t n = 1000000;
  std::vector<float> draws(n);
  CounterRandom::coarse_normals(std::span(&family, 1), 0, n, draws.data());
  double sum = 0, square = 0, fourth = 0;
  std::size_t beyond[3] = {};  // counts beyond 1, 2 and 4 sigma
  for (const double z : draws) {
    sum += z;
    square += z * z;
    fourth += z * z * z * z;
    for (std::size_t k = 0; k < 3; ++k) beyond[k] += std::abs(z) > (1 << k);
  }
  // The tolerances are four standard errors.
  CHECK(std::abs(sum / n) < 4e-3);
  CHECK(square / n == Approx(1).margin(4 * std::sqrt(2.0) * 1e-3));
  CHECK(fourth / n == Approx(3).margin(4 * std::sqrt(96.0) * 1e-3));
  for (std::size_t k = 0; k < 3; ++k) {
    const double expected = n * std::erfc((1 << k) / std::sqrt(2.0));
    CHECK(static_cast<double>(beyond[k]) == Approx(expected).margin(4 * std::sqrt(expected)));
  }
}

TEST_CASE("coarse normals: same bits alone, in batches and on every instruction set") {
  std::vector<CounterRandom> families;
  for (std::uint64_t f = 0; f < 67; ++f) families.push_back(CounterRandom(9, Stream::test).fork(f));
  constexpr std::size_t indices = 11;
  constexpr std::uint64_t first = (std::uint64_t{1} << 40) + 2;
  std::vector<float> reference(families.size() * indices), found(reference);
  for (std::size_t i = 0; i < indices; ++i)
    for (std::size_t f = 0; f < families.size(); ++f)
      reference[i * families.size() + f] = families[f].coarse_normal(first + i);
  for (const auto& set : instruction_sets()) {
    INFO("instruction set " << set);
    limit_instruction_set(set);
    CounterRandom::coarse_normals(families, first, indices, found.data());
    CHECK(found == reference);
  }
  limit_instruction_set({});
  CHECK(reference[0] != reference[1]);
  CHECK(reference[0] != reference[families.size()]);
}

TEST_CASE("exp of many has the bits of exp of one, on every instruction set") {
  const CounterRandom random(11, Stream::test);
  std::vector<double> x = {0,       -0.0, 1e-300, 699.99,   700,       709, 710,
                           -699.99, -744, -746,   INFINITY, -INFINITY, NAN};
  for (std::uint64_t i = 0; i < 1000; ++i) x.push_back(3 * random.normal(i));
  for (const auto& set : instruction_sets()) {
    INFO("instruction set " << set);
    limit_instruction_set(set);
    for (const std::size_t n : {x.size(), std::size_t{1}, std::size_t{5}}) {
      auto found = x;
      exact_exp(std::span(found).first(n));
      std::size_t different = 0;
      for (std::size_t i = 0; i < x.size(); ++i) different += !same(found[i], i < n ? exact_exp(x[i]) : x[i]);
      CHECK(different == 0);
    }
  }
  limit_instruction_set({});
}
