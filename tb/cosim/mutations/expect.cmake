# SPDX-License-Identifier: Apache-2.0
# The directed program on a mutant must exit with 1, and its report must name the stream and the command of
# the bug.
include(${CMAKE_CURRENT_LIST_DIR}/bug.cmake)
read_bug(${MUTATION})
execute_process(COMMAND ${PROGRAM} directed RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE errors)
message("${output}${errors}")
if(NOT result STREQUAL "1")
  message(FATAL_ERROR "ended with ${result}, expected 1")
endif()
set(where "DIFFERENCE in ${bug_stream} after [0-9]+ that agreed, cycle [1-9][0-9]*: ${bug_command}, since cycle [0-9]+\n  [^\n]+\n  to look at it: ")
if(NOT output MATCHES "${where}")
  message(FATAL_ERROR "the report does not say 'DIFFERENCE in ${bug_stream} ... ${bug_command}'")
endif()
