// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <vector>
#include "support/catch.h"

#include "irc/core/error.h"
#include "irc/core/npy.h"

using namespace irc;

namespace {

std::string written(const std::vector<float>& values, const std::vector<std::size_t>& shape) {
  return npy_bytes(values, shape);
}

/// HEADER_LEN of the format: an unsigned 16-bit integer, little endian, after the magic and the version.
std::size_t header_length(const std::string& bytes) {
  return static_cast<unsigned char>(bytes[8]) + 256u * static_cast<unsigned char>(bytes[9]);
}

}  // namespace

// The expected bytes are those that numpy.save writes for numpy.array([[1, -2, .5]], numpy.float32), by the
// published format.
TEST_CASE("an array has the bytes that the npy format asks for") {
  const std::string dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }";
  std::string expected("\x93NUMPY\x01\x00\x76\x00", 10);  // magic, version 1.0, a header of 118 bytes
  expected += dictionary + std::string(118 - dictionary.size() - 1, ' ') + "\n";
  expected += std::string("\x00\x00\x80\x3f\x00\x00\x00\xc0\x00\x00\x00\x3f", 12);
  CHECK(written({1, -2, 0.5f}, {1, 3}) == expected);
}

TEST_CASE("the header of an array is a tuple of any length, padded to 64 bytes") {
  struct Case {
    std::vector<std::size_t> shape;
    const char* tuple;
  };
  const Case cases[] = {{{}, "()"},
                        {{1}, "(1,)"},
                        {{0, 7}, "(0, 7)"},
                        {{1, 1, 1, 1}, "(1, 1, 1, 1)"},
                        {std::vector<std::size_t>(40, 1), "1, 1, 1)"}};
  for (const auto& [shape, tuple] : cases) {
    INFO(tuple);
    const std::vector<float> values(shape.empty() || shape[0] != 0 ? 1 : 0, 3.25f);
    const auto bytes = written(values, shape);
    const auto length = header_length(bytes);
    CHECK((10 + length) % 64 == 0);
    REQUIRE(bytes.size() == 10 + length + 4 * values.size());
    const auto header = bytes.substr(10, length);
    CHECK(header.find("'shape': ") != std::string::npos);
    CHECK(header.find(std::string(tuple) + ", }") != std::string::npos);
    CHECK(header.back() == '\n');
    if (values.empty()) continue;
    float back = 0;
    std::memcpy(&back, bytes.data() + 10 + length, sizeof back);
    CHECK(back == 3.25f);
  }
}

TEST_CASE("an array whose shape holds another number of values is refused") {
  CHECK_THROWS_AS(written({1, 2, 3}, {2, 2}), InternalError);
  CHECK_THROWS_AS(written({1, 2, 3, 4, 5}, {2, 2}), InternalError);
  CHECK_THROWS_AS(written({}, {}), InternalError);
}
