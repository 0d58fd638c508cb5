// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <span>
#include <string>

namespace irc {

/// Returns an array as the bytes of a NumPy .npy file of format version 1.0: float32, little endian, the last
/// axis varies fastest. Throws InternalError where the number of `values` does not fit `shape`.
std::string npy_bytes(std::span<const float> values, std::span<const std::size_t> shape);

}  // namespace irc
