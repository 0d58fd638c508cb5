# The check of scripts/figures.sh must pass a clean tree and fail each kind of violation.
#   cmake -DFIGURES=<scripts/figures.sh> -DSCRATCH=<folder of its own> -P test_figures.cmake
cmake_minimum_required(VERSION 3.25)
if(NOT SCRATCH OR NOT FIGURES)
  message(FATAL_ERROR "give -DFIGURES=<script> and -DSCRATCH=<folder>, which is deleted and written anew")
endif()

# expect(<clean|bad> <name> <words the message must hold> [<file> <text>]...)
function(expect outcome name words)
  set(tree ${SCRATCH}/${name})
  file(REMOVE_RECURSE ${tree})
  file(MAKE_DIRECTORY ${tree}/docs ${tree}/models ${tree}/traces ${tree}/scripts/figures)
  file(WRITE ${tree}/README.md "# Readme\n")
  set(rest ${ARGN})
  while(rest)
    list(POP_FRONT rest file text)
    file(WRITE ${tree}/${file} "${text}\n")
  endwhile()
  execute_process(COMMAND ${FIGURES} --check ${tree} RESULT_VARIABLE result OUTPUT_VARIABLE output
    ERROR_VARIABLE errors)
  string(REGEX REPLACE "[ \n]+" " " said "${output}${errors}")
  if(outcome STREQUAL "clean" AND NOT result EQUAL 0)
    message(FATAL_ERROR "${name}: refused, but keeps the rules: ${said}")
  elseif(outcome STREQUAL "bad" AND NOT result EQUAL 1)
    message(FATAL_ERROR "${name}: exit code ${result}, expected 1: ${said}")
  endif()
  string(FIND "${said}" "${words}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "${name}: the message does not say '${words}': ${said}")
  endif()
endfunction()

set(section "<!-- figures: speed -->\n\nmAP 85.63 %, 1,234 cycles, 5.47 uJ, 128 ns\n\n<!-- /figures: speed -->")
set(script scripts/figures/speed.sh "# cost: quick")

expect(clean one_section "1 sections in 2 pages" docs/a.md "${section}" ${script})
expect(clean no_section "0 sections in 1 pages")
expect(clean other_figures "1 sections" docs/a.md "${section}" ${script}
  docs/b.md "85.64 %, 285.63 %, 5.47 uW, 5 uJ, 12.5 %, 1234 bytes and v128 ns")
expect(clean given_input "1 sections" docs/a.md "${section}" ${script}
  docs/b.md "The clock is 128 ns. <!-- figures: given -->")
expect(clean few_digits "1 sections" ${script}
  docs/a.md "<!-- figures: speed -->\n50 %, 4,000 cycles, 0.05 uJ\n<!-- /figures: speed -->"
  docs/b.md "50 %, 4,000 cycles, 0.05 uJ")

foreach(copy "It loses: 85.63 %." "| 1234 cycles |" "`5.47 uJ` each" "85.63%")
  string(MAKE_C_IDENTIFIER "copy ${copy}" name)
  expect(bad ${name} "is written by hand, but is a figure of section 'speed'" docs/a.md "${section}" ${script}
    models/net.md "first line\n${copy}")
endforeach()
expect(bad copy_on_the_same_page "docs/a.md:2: '5.47 uJ' is written by hand"
  docs/a.md "# A\nIt takes 5.47 uJ.\n${section}" ${script})
expect(bad copy_in_the_readme "README.md:1: '85.63 %'" README.md "85.63 %" docs/a.md "${section}" ${script})
expect(bad no_script "section 'speed' has no script" docs/a.md "${section}")
expect(bad no_page "scripts/figures/speed.sh: no page has its section" ${script})
expect(bad twice "section 'speed' stands in docs/a.md, too" docs/a.md "${section}" traces/b.md "${section}" ${script})
expect(bad open_end "section 'speed' does not end" docs/a.md "<!-- figures: speed -->\n1" ${script})
expect(bad open_end_before_another_page "section 'speed' does not end"
  docs/a.md "<!-- figures: speed -->\n1" docs/b.md "# B" ${script})
expect(bad end_alone "ends but has not begun" docs/a.md "${section}\n<!-- /figures: speed -->" ${script})
expect(bad nested "begins inside 'speed'" ${script} scripts/figures/inner.sh "# cost: quick"
  docs/a.md "<!-- figures: speed -->\n<!-- figures: inner -->\n<!-- /figures: inner -->")
expect(bad misspelt "not a marker of a section" docs/a.md "<!-- figures:speed -->")
message(STATUS "the check of the figures tells good trees from bad ones")
