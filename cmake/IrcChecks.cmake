# Tests of the repository itself.
set(irc_checks ${CMAKE_CURRENT_LIST_DIR})

add_test(NAME "repository: rooms keep to their floors"
  COMMAND ${CMAKE_COMMAND} -DTREE=${PROJECT_SOURCE_DIR} -P ${irc_checks}/check_floors.cmake)
add_test(NAME "repository: the floor check refuses violations"
  COMMAND ${CMAKE_COMMAND} -DSCRATCH=${PROJECT_BINARY_DIR}/checks/floors -P ${irc_checks}/test_check_floors.cmake)

add_test(NAME "repository: NOTICE names the detectors trained on data of others"
  COMMAND ${CMAKE_COMMAND} -DTREE=${PROJECT_SOURCE_DIR} -P ${irc_checks}/check_notice.cmake)

add_test(NAME "repository: figures stand once"
  COMMAND ${PROJECT_SOURCE_DIR}/scripts/figures.sh --check)
add_test(NAME "repository: the figure check refuses violations"
  COMMAND ${CMAKE_COMMAND} -DFIGURES=${PROJECT_SOURCE_DIR}/scripts/figures.sh
    -DSCRATCH=${PROJECT_BINARY_DIR}/checks/figures -P ${irc_checks}/test_figures.cmake)
set_tests_properties("repository: figures stand once" "repository: the figure check refuses violations" PROPERTIES
  LABELS docs)

add_test(NAME "repository: a compilation without SC_CPLUSPLUS is told the remedy"
  COMMAND ${CMAKE_COMMAND} -DTREE=${PROJECT_SOURCE_DIR} -DCOMPILER=${CMAKE_CXX_COMPILER}
    -DSCRATCH=${PROJECT_BINARY_DIR}/checks/systemc_version -P ${irc_checks}/test_systemc_version.cmake)

# One optional tool after the other is taken away.
if(NOT IRC_SANITIZE)
  foreach(tool IN LISTS irc_optional_tools ITEMS no-such-tool self-test)
    add_test(NAME "repository: the build does without ${tool}"
      COMMAND ${CMAKE_COMMAND} -DTOOL=${tool} -DTREE=${PROJECT_SOURCE_DIR}
        -DSCRATCH=${PROJECT_BINARY_DIR}/checks/without-${tool} -P ${irc_checks}/test_without.cmake)
    set_tests_properties("repository: the build does without ${tool}" PROPERTIES LABELS without TIMEOUT 300)
  endforeach()
endif()

# A sanitized library needs a sanitized user, so only the plain builds test the package.
if(NOT IRC_SANITIZE AND TARGET irc_model)
  add_test(NAME "repository: an installed ircsim serves a project of its own"
    COMMAND ${CMAKE_COMMAND} -DBUILD=${PROJECT_BINARY_DIR} -DCONSUMER=${PROJECT_SOURCE_DIR}/tb/consumer
      -DSCRATCH=${PROJECT_BINARY_DIR}/checks/consumer -DGENERATOR=${CMAKE_GENERATOR}
      -DCOMPILER=${CMAKE_CXX_COMPILER} -DBUILD_TYPE=${CMAKE_BUILD_TYPE}
      -P ${irc_checks}/test_consumer.cmake)
  set_tests_properties("repository: an installed ircsim serves a project of its own" PROPERTIES
    LABELS install TIMEOUT 600 ENVIRONMENT "SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1")
endif()

include(IrcDocChecks)
