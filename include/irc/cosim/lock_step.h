// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace irc::cosim {

/// One thing that happened on one side: numbers with names, and bits.
struct Observation {
  struct Field {
    const char* name;
    std::uint64_t value;
    bool is_cycle = false;  ///< a cycle stamp; the rest are values
  };
  std::vector<Field> fields;
  std::vector<std::uint64_t> bits;  ///< first bit in bit 0 of the first word
  const char* bits_name = "bits";
  std::uint64_t seen = 0;  ///< cycle, for what has no cycle stamp of its own
};

/// The first thing on which the two sides did not agree.
struct Difference {
  std::string stream;       ///< where, for instance "macro 1"
  std::uint64_t index = 0;  ///< how many observations of this stream agreed before
  std::uint64_t cycle = 0;  ///< earliest cycle stamp of either side's observation
  std::string text;         ///< for people: what, what RTL and model say
};

/// Compares what RTL and model did, stream by stream, observation by observation. Neither side has to be
/// first. A plain class: whoever observes feeds it.
class LockStep {
 public:
  enum class Side { rtl, model };

  void observe(const std::string& stream, Side side, Observation observation);
  /// Both sides are idle, or the simulation is over: what only one side saw is a difference; of several the
  /// earliest counts.
  void finish();
  /// From here on the two may do what they like, for instance after a fault whose timing nobody defines:
  /// nothing is compared until `resume`, which forgets what waits for the other side.
  void suspend() { suspended_ = true; }
  void resume();

  /// The first difference; what comes after it is not looked at.
  const std::optional<Difference>& difference() const { return difference_; }
  /// For a difference that an observer found itself.
  void differ(const std::string& stream, std::uint64_t cycle, const std::string& text);
  /// Pairs that agreed, by stream.
  const std::map<std::string, std::uint64_t>& agreed() const { return agreed_; }
  std::uint64_t bits_agreed() const { return bits_agreed_; }
  /// Of both sides, for whoever wants to know whether anything still happens.
  std::uint64_t observations() const { return observations_; }

 private:
  struct Stream {
    std::deque<Observation> waiting;  ///< of `side`
    Side side = Side::rtl;
  };
  void compare(const std::string& name, const Observation& rtl, const Observation& model);

  std::map<std::string, Stream> streams_;
  std::map<std::string, std::uint64_t> agreed_;
  std::uint64_t bits_agreed_ = 0, observations_ = 0;
  bool suspended_ = false;
  std::optional<Difference> difference_;
};

}  // namespace irc::cosim
