// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>

namespace irc {

/// Draw i is normal(index + i) of the family with key keys[0]; if `many`, normal(index) of that with keys[i].
void batch_normals(const std::uint64_t* keys, bool many, std::uint64_t index, double* out, std::size_t count);

}  // namespace irc
