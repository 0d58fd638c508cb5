// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>

namespace irc {

/// Writes normal(first + i), of the family with this key, to out[i].
void batch_normals(std::uint64_t key, std::uint64_t first, double* out, std::size_t count);
/// Writes normal(first + i), of the family with key keys[f], to out[i][f].
void batch_normals(const std::uint64_t* keys, std::size_t families, std::uint64_t first, std::size_t indices,
                   double* out);
/// Writes normal(indices[i]), of the family with key keys[i], to out[i].
void batch_normals(const std::uint64_t* keys, const std::uint64_t* indices, double* out, std::size_t count);

/// Replaces every x by exact_exp(x).
void batch_exp(double* x, std::size_t count);

/// High half of the counter of coarse draws. No other draw uses it (see random.cpp).
constexpr std::uint32_t coarse_domain = 3;
/// Writes coarse_normal(first + i), of the family with key keys[f], to out[i][f].
void batch_coarse_normals(const std::uint64_t* keys, std::size_t families, std::uint64_t first,
                          std::size_t indices, float* out);

}  // namespace irc
