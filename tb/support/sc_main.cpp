// SPDX-License-Identifier: Apache-2.0
#define CATCH_CONFIG_RUNNER
#include <cstdlib>

#include <systemc>
#include "support/catch.h"

namespace {

// libsystemc owns main() and prints its banner before sc_main(), so only a constructor comes early enough.
// The build reads the output to find the test names.
[[gnu::constructor]] void quiet_banner() {
  ::setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
}

}  // namespace

int sc_main(int argc, char* argv[]) {
  return Catch::Session().run(argc, argv);
}
