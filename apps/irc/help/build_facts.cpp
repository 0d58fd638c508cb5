// SPDX-License-Identifier: Apache-2.0
#include "help/build_facts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>
#include <systemc>

#include "irc/core/instruction_set.h"
#include "irc/platform/version.h"

namespace irc::app {

namespace {

#if defined(__clang__)
constexpr const char* compiler = "clang " __clang_version__;
#else
constexpr const char* compiler = "g++ " __VERSION__;
#endif

std::string systemc_version() {
  return fmt::format("{}.{}.{}", sc_core::sc_version_major, sc_core::sc_version_minor,
                     sc_core::sc_version_patch);
}

}  // namespace

std::string build_facts(bool json) {
  const auto compiled = compiled_instruction_sets(), usable = instruction_sets();
  if (json)
    return nlohmann::ordered_json{
        {"schema", 1},
        {"version", platform::version},
        {"revision", revision},
        {"compiler", compiler},
        {"systemc", systemc_version()},
        {"systemc_cplusplus", SC_CPLUSPLUS},
        {"instruction_sets", {{"compiled", compiled}, {"usable", usable}, {"chosen", usable.front()}}},
        {"parts", {{"explore", bool{IRC_WITH_EXPLORE}}, {"pagmo", bool{IRC_WITH_PAGMO}}}}}
        .dump(2);
  const auto part = [](bool there) { return there ? "on" : "off"; };
  return fmt::format(
      "irc {}\n"
      "revision: {}\n"
      "compiler: {}\n"
      "SystemC: {} (SC_CPLUSPLUS={})\n"
      "instruction sets: {} compiled in; this machine uses {}\n"
      "optional parts: explore {}, pagmo {}",
      platform::version, revision, compiler, systemc_version(), SC_CPLUSPLUS, fmt::join(compiled, " "),
      usable.front(), part(IRC_WITH_EXPLORE), part(IRC_WITH_PAGMO));
}

}  // namespace irc::app
