// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Checks that SystemC is used with the C++ version that the SystemC library was built with. The library
/// tests this only when it is linked, and then with a message that does not name the remedy.
#include <systemc>

/// The C++ version (a value of __cplusplus) that the SystemC library was built with. Debian builds it as
/// C++17. The CMake package defines it; a build by hand may.
#ifndef IRC_SC_CPLUSPLUS
#define IRC_SC_CPLUSPLUS 201703L
#endif

#if SC_CPLUSPLUS != IRC_SC_CPLUSPLUS
#error \
    "ircsim: compile with -DSC_CPLUSPLUS=201703L, the C++ version of Debian's SystemC library. If your SystemC library was built as another version, define both SC_CPLUSPLUS and IRC_SC_CPLUSPLUS to that version."
#endif
