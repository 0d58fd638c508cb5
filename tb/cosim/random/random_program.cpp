// SPDX-License-Identifier: Apache-2.0
#include "random_program.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "defined_behaviour.h"
#include "irc/core/error.h"
#include "irc/core/random.h"
#include "program_builder.h"

namespace irc::tb {
namespace {

constexpr std::uint64_t most_cycles = 5000;

/// One attempt. Returns nothing where the draws lead to no program that is defined and short.
std::optional<RandomCase> attempt_case(const RandomTarget& target, std::uint64_t seed, std::uint64_t number,
                                       std::uint64_t attempt) {
  const auto random = CounterRandom(seed, Stream::test).fork(number);
  RandomCase out;
  out.seed = seed;
  out.number = number;
  // The kind of case is the same for all attempts.
  random::Draws kind(random.fork(0));
  const bool flawed = kind.chance(0.25);
  out.back_pressure =
      kind.chance(1.0 / 3) ? 0 : target.back_pressure_max * static_cast<double>(kind.below(1000)) / 1000;
  out.register_traffic = kind.chance(0.5);
  random::Draws draws(random.fork(1 + attempt));
  try {
    random::Builder builder(target, number, attempt, draws);
    builder.build();
    if (flawed) builder.spoil(out);
    builder.finish(out);
    DefinedBehaviour behaviour(target, out.memory, builder.outputs());
    if (behaviour.check(out.program_address, most_cycles, out.words)) return out;
  } catch (const random::Unlucky&) {
  }
  return std::nullopt;
}

}  // namespace

RandomCase random_case(const RandomTarget& target, std::uint64_t seed, std::uint64_t number) {
  for (std::uint64_t attempt = 0; attempt < 1000; ++attempt)
    if (auto found = attempt_case(target, seed, number, attempt)) return std::move(*found);
  throw InternalError(fmt::format("no random program for seed {}, case {}", seed, number));
}

}  // namespace irc::tb
