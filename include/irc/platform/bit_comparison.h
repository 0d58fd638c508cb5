// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "irc/network/reference.h"
#include "irc/platform/platform.h"

namespace irc::platform {

/// Compares every binary map that an accelerator produces with the ideal reference's map, layer by layer,
/// when each layer ends. Construct it before the simulation starts. It must outlive the simulation, and
/// `platform` as well.
class BitComparison {
 public:
  /// Computes the reference of `graph` for the compiled `program`.
  BitComparison(const network::Graph& graph, const mapping::Program& program, Platform& platform);
  /// The same with a reference that exists already.
  BitComparison(std::shared_ptr<const network::Reference> reference, const mapping::Program& program,
                Platform& platform);

  /// The reference's maps of one image.
  using Maps = std::shared_ptr<const network::Reference::Maps>;
  /// Names the next image to be run. Maps are compared until `end`.
  void begin(const Picture& picture);
  /// The same with maps that the reference made before.
  void begin(Maps expected);
  /// Stops comparing.
  void end() { active_ = false; }

  /// If `on`, replaces every map by the reference's map after the comparison, by debug transport. Each layer
  /// then shows its own errors only. Layers that read their input from memory are not affected.
  void put_ideal_in_place(bool on) { put_ideal_ = on; }
  /// Bytes replaced so far.
  std::uint64_t placed_bytes() const { return placed_bytes_; }

  /// Wrong bits in the output maps of `node` so far.
  std::uint64_t errors(network::NodeId node) const { return errors_[node]; }
  /// Compared bits in the output maps of `node` so far.
  std::uint64_t bits(network::NodeId node) const { return bits_[node]; }
  /// Wrong bits of all nodes.
  std::uint64_t errors() const;
  /// Compared bits of all nodes.
  std::uint64_t bits() const;
  /// Sets all counts to zero.
  void reset_counts();
  /// The reference's output for the current image.
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
