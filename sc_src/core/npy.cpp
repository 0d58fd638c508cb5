// SPDX-License-Identifier: Apache-2.0
// The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#include "irc/core/npy.h"

#include <bit>
#include <functional>
#include <numeric>

#include "irc/core/error.h"

namespace irc {

namespace {

constexpr char magic[] = {'\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0};
constexpr std::size_t length_bytes = 2, alignment = 64;

/// A Python tuple: `(2, 3)`, and `(2,)` for one axis.
std::string tuple_of(std::span<const std::size_t> shape) {
  std::string out = "(";
  for (std::size_t axis = 0; axis < shape.size(); ++axis)
    out += (axis == 0 ? "" : " ") + std::to_string(shape[axis]) + (axis + 1 < shape.size() ? "," : "");
  return out + (shape.size() == 1 ? ",)" : ")");
}

}  // namespace

std::string npy_bytes(std::span<const float> values, std::span<const std::size_t> shape) {
  static_assert(std::endian::native == std::endian::little && sizeof(float) == 4);
  const auto expected =
      std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<std::size_t>());
  if (expected != values.size())
    throw InternalError("an array of " + std::to_string(values.size()) + " values; its shape " +
                        tuple_of(shape) + " holds " + std::to_string(expected));
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + tuple_of(shape) + ", }";
  const std::size_t unpadded = sizeof magic + length_bytes + header.size() + 1;
  header.append((alignment - unpadded % alignment) % alignment, ' ');
  header += '\n';
  if (header.size() > 0xffff) throw InternalError("the shape of an array is too long for its file's header");
  std::string bytes(magic, sizeof magic);
  bytes += static_cast<char>(header.size() & 0xff);
  bytes += static_cast<char>(header.size() >> 8);
  bytes += header;
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  return bytes;
}

}  // namespace irc
