// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace irc::cosim {

/// One event on one side: named numbers, and bits.
struct Observation {
  /// One named number.
  struct Field {
    const char* name;       ///< for messages
    std::uint64_t value;    ///< the number
    bool is_cycle = false;  ///< whether it is a cycle stamp
  };
  std::vector<Field> fields;        ///< the numbers, compared in order
  std::vector<std::uint64_t> bits;  ///< first bit in bit 0 of the first word
  const char* bits_name = "bits";   ///< name of the bits in messages
  std::uint64_t seen = 0;           ///< cycle of the observation, for observations without a cycle stamp
};

/// The first disagreement of the two sides.
struct Difference {
  std::string stream;       ///< name of the stream, for instance "macro 1"
  std::uint64_t index = 0;  ///< number of observations of this stream that agreed before
  std::uint64_t cycle = 0;  ///< earliest cycle stamp of both observations
  std::string text;         ///< for people: what differs, and the values of RTL and model
};

/// Compares what RTL and model did, stream by stream and observation by observation. Either side may be
/// first. This is a plain class; observers call it.
class LockStep {
 public:
  /// Where an observation comes from.
  enum class Side {
    rtl,   ///< the RTL
    model  ///< the model
  };

  /// Takes one observation and compares it with the other side's, if that is there.
  void observe(const std::string& stream, Side side, Observation observation);
  /// Call this when both sides are idle or the simulation is over. What only one side observed is then a
  /// difference. Of several, the earliest counts.
  void finish();
  /// Stops comparing until `resume`, for instance after a fault whose timing is undefined. `resume` forgets
  /// observations that wait for the other side.
  void suspend() { suspended_ = true; }
  /// Compares again from here on.
  void resume();

  /// The first difference. Later observations are not compared.
  const std::optional<Difference>& difference() const { return difference_; }
  /// Reports a difference that an observer found itself.
  void differ(const std::string& stream, std::uint64_t cycle, const std::string& text);
  /// Number of pairs that agreed, by stream.
  const std::map<std::string, std::uint64_t>& agreed() const { return agreed_; }
  /// Number of bits that agreed.
  std::uint64_t bits_agreed() const { return bits_agreed_; }
  /// Number of observations of both sides. It shows whether anything still happens.
  std::uint64_t observations() const { return observations_; }

 private:
  struct Stream {
    std::deque<Observation> waiting;  ///< observations of `side`
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
