# SPDX-License-Identifier: Apache-2.0
# read_bug(<file>): the fields `file`, `from`, `to`, `stream`, `command` of a mutation as variables bug_<field>.
# Regular expressions and CMake lists would trip over the brackets of SystemVerilog: lines are cut by hand.
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
