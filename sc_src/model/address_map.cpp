// SPDX-License-Identifier: Apache-2.0
#include "irc/model/address_map.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <limits>
#include <utility>

#include "irc/core/error.h"

namespace irc::model {
namespace {

std::string hex(std::uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%" PRIx64, value);
  return text;
}

std::string window(const AddressRegion& region) {
  return "\"" + region.name + "\" (base " + hex(region.base) + ", size " + hex(region.size) + ")";
}

void check_region(const AddressRegion& region, std::size_t target_count) {
  if (region.size == 0)
    throw InputError("address map: window " + window(region) +
                     " is empty; expected a size of at least 1 byte");
  if (region.size - 1 > std::numeric_limits<std::uint64_t>::max() - region.base)
    throw InputError("address map: window " + window(region) +
                     " runs past the end of the 64-bit address space; expected base + size <= 2^64");
  if (region.target >= target_count)
    throw InputError("address map: window " + window(region) + " leads to target " +
                     std::to_string(region.target) + "; expected an index below " +
                     std::to_string(target_count));
}

}  // namespace

AddressMap::AddressMap(std::vector<AddressRegion> regions, std::size_t target_count)
    : regions_(std::move(regions)) {
  for (const auto& region : regions_) check_region(region, target_count);
  std::sort(regions_.begin(), regions_.end(),
            [](const AddressRegion& a, const AddressRegion& b) { return a.base < b.base; });
  for (std::size_t i = 1; i < regions_.size(); ++i) {
    const AddressRegion& below = regions_[i - 1];
    if (regions_[i].base <= below.last())
      throw InputError("address map: window " + window(regions_[i]) + " overlaps " + window(below) +
                       "; expected a base of at least " + hex(below.last()) + " + 1");
  }
}

const AddressRegion* AddressMap::find(std::uint64_t address) const {
  auto above = std::upper_bound(regions_.begin(), regions_.end(), address,
                                [](std::uint64_t a, const AddressRegion& region) { return a < region.base; });
  if (above == regions_.begin()) return nullptr;
  const AddressRegion& region = *std::prev(above);
  return address <= region.last() ? &region : nullptr;
}

const AddressRegion* AddressMap::find(std::uint64_t address, std::uint64_t length) const {
  const AddressRegion* region = find(address);
  if (region == nullptr || length <= 1) return region;
  return length - 1 <= region->last() - address ? region : nullptr;
}

}  // namespace irc::model
