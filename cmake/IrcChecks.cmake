# Tests of the repository itself.
set(irc_checks ${CMAKE_CURRENT_LIST_DIR})

add_test(NAME "repository: rooms keep to their floors"
  COMMAND ${CMAKE_COMMAND} -DTREE=${PROJECT_SOURCE_DIR} -P ${irc_checks}/check_floors.cmake)
add_test(NAME "repository: the floor check refuses violations"
  COMMAND ${CMAKE_COMMAND} -DSCRATCH=${PROJECT_BINARY_DIR}/checks/floors -P ${irc_checks}/test_check_floors.cmake)

# Documentation. Each part is skipped where its tools are absent (scripts/setup.sh --docs).
foreach(part links api site)
  add_test(NAME "docs: ${part}" COMMAND ${PROJECT_SOURCE_DIR}/scripts/docs.sh --check ${part})
  set_tests_properties("docs: ${part}" PROPERTIES LABELS docs SKIP_RETURN_CODE 77 TIMEOUT 300
    ENVIRONMENT "IRC_DOCS_SKIP=77;IRC_DOCS_BUILD=${PROJECT_BINARY_DIR}/checks/docs-${part}")
endforeach()
find_program(IRC_PYTHON3 python3)
if(IRC_PYTHON3)
  add_test(NAME "docs: the checks tell good trees from bad ones"
    COMMAND ${IRC_PYTHON3} ${PROJECT_SOURCE_DIR}/tb/docs/test_docs.py)
  set_tests_properties("docs: the checks tell good trees from bad ones" PROPERTIES LABELS docs TIMEOUT 300)
endif()

# A sanitized library needs a sanitized user; the plain builds cover the package.
if(NOT IRC_SANITIZE AND TARGET irc_model)
  add_test(NAME "repository: an installed ircsim serves a project of its own"
    COMMAND ${CMAKE_COMMAND} -DBUILD=${PROJECT_BINARY_DIR} -DCONSUMER=${PROJECT_SOURCE_DIR}/tb/consumer
      -DSCRATCH=${PROJECT_BINARY_DIR}/checks/consumer -DGENERATOR=${CMAKE_GENERATOR}
      -DCOMPILER=${CMAKE_CXX_COMPILER} -DBUILD_TYPE=${CMAKE_BUILD_TYPE}
      -P ${irc_checks}/test_consumer.cmake)
  set_tests_properties("repository: an installed ircsim serves a project of its own" PROPERTIES
    LABELS install TIMEOUT 600 ENVIRONMENT "SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1")
endif()
