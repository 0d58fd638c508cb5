// SPDX-License-Identifier: Apache-2.0
#include "support/catch.h"

#include "irc/mapping/pipeline.h"

using irc::mapping::Pipeline;

TEST_CASE("a pipeline bound by its array: LOAD and STORE hide behind it") {
  Pipeline pipeline;
  const auto first = pipeline.advance(10, 3, 6, 2);
  CHECK(first.load_start == 10);
  CHECK(first.compute_start == 13);
  CHECK(first.store_start == 19);
  CHECK(first.store_end == 21);
  const auto second = pipeline.advance(10, 3, 6, 2);
  CHECK(second.load_start == 13);     // when the register becomes free
  CHECK(second.compute_start == 19);  // when the array becomes free
  CHECK(second.store_end == 27);
  CHECK(pipeline.earliest_load() == 19);
}

TEST_CASE("a pipeline bound by its STORE") {
  Pipeline pipeline;
  pipeline.advance(0, 1, 2, 10);                      // STORE takes cycles 3 to 13
  const auto second = pipeline.advance(0, 1, 2, 10);  // compute takes cycles 3 to 5, then STORE waits
  CHECK(second.compute_end == 5);
  CHECK(second.store_start == 13);
  const auto third = pipeline.advance(0, 1, 2, 10);  // the output register is full until STORE(2) begins
  CHECK(third.compute_start == 13);
  CHECK(third.store_start == 23);
}

TEST_CASE("a late vector finds an idle pipeline") {
  Pipeline pipeline;
  pipeline.advance(0, 1, 2, 3);
  const auto late = pipeline.advance(100, 1, 2, 3);
  CHECK(late.load_start == 100);
  CHECK(late.store_end == 106);
}
