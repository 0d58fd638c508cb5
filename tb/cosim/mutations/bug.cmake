# SPDX-License-Identifier: Apache-2.0
# read_bug(<file>): reads the fields `file`, `from`, `to`, `stream`, `command` of a mutation into variables
# bug_<field>. The lines are cut by hand, because the brackets of SystemVerilog would break regular
# expressions and CMake lists.
function(read_bug path)
  file(READ "${path}" text)
  foreach(field file from to stream command)
    string(FIND "${text}" "\n${field}: " begin)
    if(begin EQUAL -1)
      message(FATAL_ERROR "${path}: no line '${field}: ' found")
    endif()
    string(LENGTH "\n${field}: " length)
    math(EXPR begin "${begin} + ${length}")
    string(SUBSTRING "${text}" ${begin} -1 rest)
    string(FIND "${rest}" "\n" end)
    string(SUBSTRING "${rest}" 0 ${end} value)
    set(bug_${field} "${value}" PARENT_SCOPE)
  endforeach()
endfunction()
