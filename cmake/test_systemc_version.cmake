# A user who compiles without the CMake package and forgets SC_CPLUSPLUS gets a message that names the remedy; with the
# definition the same source compiles.
file(MAKE_DIRECTORY ${SCRATCH})
file(WRITE ${SCRATCH}/user.cpp "#include \"irc/model/irc_accelerator.h\"\n")
foreach(definition "" -DSC_CPLUSPLUS=201703L)
  execute_process(COMMAND ${COMPILER} -std=c++20 -fsyntax-only -I${TREE}/include ${definition} ${SCRATCH}/user.cpp
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(definition AND NOT result EQUAL 0)
    message(FATAL_ERROR "with ${definition} the source does not compile:\n${output}")
  elseif(NOT definition AND (result EQUAL 0 OR NOT output MATCHES "ircsim: compile with -DSC_CPLUSPLUS=201703L"))
    message(FATAL_ERROR "without SC_CPLUSPLUS, expected an error that names -DSC_CPLUSPLUS=201703L, got:\n${output}")
  endif()
endforeach()
