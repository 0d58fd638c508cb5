# Tests that the floor check accepts a clean tree and rejects each kind of violation.
#   cmake -DSCRATCH=<folder of its own> -P test_check_floors.cmake
cmake_minimum_required(VERSION 3.25)
if(NOT SCRATCH)
  message(FATAL_ERROR "give -DSCRATCH=<folder>, which is deleted and written anew")
endif()

# expect(<clean|bad> <name> <words the message must hold> [<file> <text>]...)
function(expect outcome name words)
  set(tree ${SCRATCH}/${name})
  file(REMOVE_RECURSE ${tree})
  file(MAKE_DIRECTORY ${tree})
  set(rest ${ARGN})
  while(rest)
    list(POP_FRONT rest file text)
    file(WRITE ${tree}/${file} "${text}\n")
  endwhile()
  execute_process(COMMAND ${CMAKE_COMMAND} -DTREE=${tree} -P ${CMAKE_CURRENT_LIST_DIR}/check_floors.cmake
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE errors)
  string(REGEX REPLACE "[ \n]+" " " said "${output}${errors}")
  if(outcome STREQUAL "clean" AND NOT result EQUAL 0)
    message(FATAL_ERROR "${name}: refused, but keeps the rules: ${said}")
  elseif(outcome STREQUAL "bad" AND result EQUAL 0)
    message(FATAL_ERROR "${name}: passed, but breaks the rules")
  endif()
  string(FIND "${said}" "${words}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "${name}: the message does not say '${words}': ${said}")
  endif()
endfunction()

expect(clean downwards "2 files keep"
  sc_src/array/a.cpp "#include \"irc/array/a.h\"" include/irc/array/a.h "#include \"irc/device/d.h\"")
expect(clean apps "1 files keep" apps/irc/main.cpp "#include \"irc/explore/e.h\"")
expect(clean kernel "1 files keep" sc_src/model/m.cpp "#include <systemc>")
expect(bad upwards "room 'device' (floor 1) includes 'array' (floor 2)"
  include/irc/device/d.h "#include \"irc/array/a.h\"")
expect(bad across "room 'array' (floor 2) includes 'sense' (floor 2)"
  sc_src/array/a.cpp "  #  include <irc/sense/s.h>")
expect(bad unknown_room "has no floor" sc_src/cellar/c.cpp "#include \"irc/core/error.h\"")
expect(bad unknown_include "a room without a floor" sc_src/array/a.cpp "#include \"irc/cellar/c.h\"")
expect(bad kernel_in_physics "must do without SystemC" sc_src/sense/s.cpp "#include <systemc.h>")
expect(bad kernel_behind_headers "must do without SystemC, which it gets through irc/platform/p.h, irc/model/m.h"
  sc_src/explore/e.cpp "#include \"irc/platform/p.h\"" include/irc/platform/p.h "#include \"irc/model/m.h\""
  include/irc/model/m.h "#include <tlm>")
expect(clean kernel_elsewhere "3 files keep"
  sc_src/explore/e.cpp "#include \"irc/platform/p.h\"" include/irc/platform/p.h "#pragma once" include/irc/platform/q.h "#include <systemc>")
expect(bad source_included "includes a source file" sc_src/sense/s.cpp "#include \"other.cpp\"")
expect(bad empty "nothing was checked")
message(STATUS "the floor check tells good trees from bad ones")
