# Tests of the repository itself.
set(irc_checks ${CMAKE_CURRENT_LIST_DIR})

add_test(NAME "repository: rooms keep to their floors"
  COMMAND ${CMAKE_COMMAND} -DTREE=${PROJECT_SOURCE_DIR} -P ${irc_checks}/check_floors.cmake)
add_test(NAME "repository: the floor check refuses violations"
  COMMAND ${CMAKE_COMMAND} -DSCRATCH=${PROJECT_BINARY_DIR}/checks/floors -P ${irc_checks}/test_check_floors.cmake)

add_test(NAME "repository: figures stand once"
  COMMAND ${PROJECT_SOURCE_DIR}/scripts/figures.sh --check)
add_test(NAME "repository: the figure check refuses violations"
  COMMAND ${CMAKE_COMMAND} -DFIGURES=${PROJECT_SOURCE_DIR}/scripts/figures.sh
    -DSCRATCH=${PROJECT_BINARY_DIR}/checks/figures -P ${irc_checks}/test_figures.cmake)
set_tests_properties("repository: figures stand once" "repository: the figure check refuses violations" PROPERTIES
  LABELS docs)

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
