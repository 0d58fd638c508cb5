// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "irc/network/reference.h"
#include "irc/platform/platform.h"

namespace irc::platform {

/// Compares every binary map an accelerator produces with the ideal reference's, layer by layer, as the
/// layers end. Make it before the simulation starts; the platform must outlive the simulation, this as well.
class BitComparison {
 public:
  BitComparison(const network::Graph& graph, const mapping::Program& program, Platform& platform);
  /// With a reference that exists already.
  BitComparison(std::shared_ptr<const network::Reference> reference, const mapping::Program& program,
                Platform& platform);

  using Maps = std::shared_ptr<const network::Reference::Maps>;
  /// The next picture to be run; compared until `end`.
  void begin(const Picture& picture);
  /// The same with what the reference made of it before.
  void begin(Maps expected);
  void end() { active_ = false; }

  /// From now on every map is replaced by the reference's once it is compared, by debug transport: each layer
  /// then shows its own errors alone. Without effect on layers that read their input from memory.
  void put_ideal_in_place(bool on) { put_ideal_ = on; }
  /// Bytes put in place so far.
  std::uint64_t placed_bytes() const { return placed_bytes_; }

  std::uint64_t errors(network::NodeId node) const { return errors_[node]; }
  std::uint64_t bits(network::NodeId node) const { return bits_[node]; }
  std::uint64_t errors() const;
  std::uint64_t bits() const;
  /// Counts from zero again.
  void reset_counts();
  /// The reference's head of the current picture.
  const DenseMap<float>& expected_head() const { return maps_->head; }

 private:
  void compare(network::NodeId node);

  Platform& platform_;
  std::shared_ptr<const network::Reference> reference_;
  Maps maps_;
  std::vector<std::uint64_t> found_;
  std::vector<const mapping::CommandInfo*> command_;  ///< per node: any of its layer commands
  std::vector<std::uint32_t> events_expected_, events_seen_;
  std::vector<std::uint64_t> errors_, bits_;
  bool active_ = false, put_ideal_ = false;
  std::uint64_t placed_bytes_ = 0;
};

}  // namespace irc::platform
