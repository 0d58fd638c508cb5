// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Catch2 under one set of names, whether version 2 (Debian 12) or version 3 (Debian 13) is installed.
/// Testbenches include this file and use the names of version 3; `Approx` needs no namespace in either.
#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_approx.hpp>
#include <catch2/catch_session.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <catch2/matchers/catch_matchers_vector.hpp>

using Catch::Approx;
#else
#include <catch2/catch.hpp>

namespace Catch::Matchers {

inline auto ContainsSubstring(const std::string& text) {  // NOLINT(readability-identifier-naming)
  return Contains(text);
}

}  // namespace Catch::Matchers
#endif
