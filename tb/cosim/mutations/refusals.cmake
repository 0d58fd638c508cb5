# SPDX-License-Identifier: Apache-2.0
# A mutation that changes nothing, or more than one place, must stop the build.
foreach(from "no such text" "assign")
  set(bug ${FOLDER}/refused.bug)
  file(WRITE ${bug} "#\nfile: irc_layer.sv\nfrom: ${from}\nto: x\nstream: rows\ncommand: x\n")
  execute_process(COMMAND ${CMAKE_COMMAND} -DMUTATION=${bug} -DSOURCES=${RTL}/irc_layer.sv -DDIRECTORY=${FOLDER}/refused
    -P ${CMAKE_CURRENT_LIST_DIR}/translate.cmake RESULT_VARIABLE result ERROR_VARIABLE errors)
  if(result EQUAL 0 OR NOT errors MATCHES "expected[ \n]+once")
    message(FATAL_ERROR "'from: ${from}' was not refused: ${errors}")
  endif()
endforeach()
