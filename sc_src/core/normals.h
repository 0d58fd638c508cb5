// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>

namespace irc {

/// Draw i is normal(first + i) of the family with this key.
void batch_normals(std::uint64_t key, std::uint64_t first, double* out, std::size_t count);
/// Draw [i][f] is normal(first + i) of the family with key keys[f].
void batch_normals(const std::uint64_t* keys, std::size_t families, std::uint64_t first, std::size_t indices,
                   double* out);
/// Draw i is normal(indices[i]) of the family with key keys[i].
void batch_normals(const std::uint64_t* keys, const std::uint64_t* indices, double* out, std::size_t count);

/// Replaces x by exact_exp(x).
void batch_exp(double* x, std::size_t count);

/// High half of the counter of coarse draws: apart from all others (see random.cpp).
constexpr std::uint32_t coarse_domain = 3;
/// Draw [i][f] is coarse_normal(first + i) of the family with key keys[f].
void batch_coarse_normals(const std::uint64_t* keys, std::size_t families, std::uint64_t first,
                          std::size_t indices, float* out);

}  // namespace irc
