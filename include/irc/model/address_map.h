// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace irc::model {

/// One window of the bus: `size` bytes from `base` lead to target `target`. The target sees addresses from 0.
struct AddressRegion {
  std::uint64_t base = 0;  ///< first bus address of the window
  std::uint64_t size = 0;  ///< bytes, at least 1
  std::size_t target = 0;  ///< index of the target socket
  std::string name;        ///< used in messages only

  /// Last byte of the window.
  std::uint64_t last() const { return base + (size - 1); }
};

/// The windows of an interconnect, checked once and sorted by base.
class AddressMap {
 public:
  /// Throws InputError when a window is empty, runs past the end of the 64-bit address space, names a target
  /// that does not exist, or overlaps another one. Two windows may lead to the same target.
  AddressMap(std::vector<AddressRegion> regions, std::size_t target_count);

  /// The window that holds `address`, or nullptr.
  const AddressRegion* find(std::uint64_t address) const;
  /// The window that holds all `length` bytes from `address`, or nullptr. A length of 0 counts as 1, because
  /// the target has to refuse it.
  const AddressRegion* find(std::uint64_t address, std::uint64_t length) const;

  /// The windows, sorted by base.
  const std::vector<AddressRegion>& regions() const { return regions_; }

 private:
  std::vector<AddressRegion> regions_;
};

}  // namespace irc::model
