# Tests of the documentation (scripts/docs.sh).
# Each part is skipped where its tools are absent (scripts/setup.sh --docs).
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
