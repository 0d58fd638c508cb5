# Pages of the documentation whose commands the tests run, each as one test. A page lists what it needs; without that the
# test is skipped.
set(irc_run_pages pytorch)
file(GLOB irc_tutorials CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/docs ${PROJECT_SOURCE_DIR}/docs/tutorials/*.md)
list(FILTER irc_tutorials EXCLUDE REGEX "/(index|README)\\.md$")
foreach(page IN LISTS irc_run_pages irc_tutorials)
  string(REGEX REPLACE "\\.md$" "" page ${page})
  add_test(NAME "docs: ${page}"
    COMMAND ${PROJECT_SOURCE_DIR}/scripts/run_doc.sh ${PROJECT_SOURCE_DIR}/docs/${page}.md ${PROJECT_BINARY_DIR})
  set_tests_properties("docs: ${page}" PROPERTIES LABELS docs TIMEOUT 600 SKIP_RETURN_CODE 77)
endforeach()
