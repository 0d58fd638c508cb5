// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
TEST_CASE("room protocol_checker links") {
  SUCCEED();
}
