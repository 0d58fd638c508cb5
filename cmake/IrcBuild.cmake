# Compiler settings and the helpers every room's CMakeLists.txt uses.
include(GNUInstallDirs)
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

include(IrcParts)
if(IRC_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${IRC_CCACHE})
endif()

add_library(irc_options INTERFACE)
target_compile_options(irc_options INTERFACE
  # Results must not depend on the machine: no fused multiply-add behind our back.
  -ffp-contract=off
  # -Wrestrict is noise in g++ 12 (GCC bug 105651: string operator+).
  # -Wdangling-reference is noise in g++ 13 and 14: it fires when a function that returns a reference takes a temporary.
  "$<BUILD_INTERFACE:-Wall;-Wextra;-Wshadow;-Wconversion;-Wno-sign-conversion;-Wno-restrict;-Wno-dangling-reference>"
  $<$<BOOL:${IRC_WARNINGS_AS_ERRORS}>:$<BUILD_INTERFACE:-Werror>>)
if(IRC_SANITIZE)
  string(REPLACE ";" "," irc_sanitizers "${IRC_SANITIZE}")
  add_compile_options(-fsanitize=${irc_sanitizers} -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  # QuickThreads moves stacks under ASan's feet: its stack instrumentation cannot be used.
  if(irc_sanitizers MATCHES "address")
    add_compile_options("$<IF:$<CXX_COMPILER_ID:Clang>,SHELL:-mllvm -asan-stack=0,SHELL:--param asan-stack=0>")
  endif()
  add_link_options(-fsanitize=${irc_sanitizers})
  # The thread sanitizer does not see into the distribution's TBB.
  if(irc_sanitizers MATCHES "thread")
    include_directories(BEFORE ${PROJECT_SOURCE_DIR}/tb/tsan)
    add_compile_options(-Wno-tsan)
  endif()
endif()

if(IRC_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "IRC_FUZZ needs Clang (packages clang and libclang-rt-14-dev, or libclang-rt-19-dev on Debian 13)")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# irc_unity(<target> <files per unit>): compiles several sources of a target as one, because most of the time goes into
# parsing the same library headers again. Sources that Highway compiles once per instruction set stay alone, and so do
# sources whose property IRC_ALONE is set because they use local names of another source.
option(IRC_UNITY "Compile several sources of a room as one unit" ON)
function(irc_unity target size)
  if(NOT IRC_UNITY)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} OUTPUT_VARIABLE file)
    if(EXISTS ${file} AND source MATCHES "\\.cpp$")
      file(STRINGS ${file} per_instruction_set REGEX "foreach_target\\.h" LIMIT_COUNT 1)
      get_source_file_property(alone ${source} IRC_ALONE)
      if(per_instruction_set OR alone)
        set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
      endif()
    endif()
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${size})
endfunction()

# irc_room(<room> SOURCES ... [ALONE ...] [PUBLIC ...] [PRIVATE ...]): one static library per room, alias irc::<room>.
# ALONE: sources that are not compiled together with others (irc_unity).
function(irc_room room)
  cmake_parse_arguments(arg "" "" "SOURCES;ALONE;PUBLIC;PRIVATE" ${ARGN})
  add_library(irc_${room} STATIC ${arg_SOURCES} ${arg_ALONE})
  set_source_files_properties(${arg_ALONE} PROPERTIES IRC_ALONE ON)
  add_library(irc::${room} ALIAS irc_${room})
  set_target_properties(irc_${room} PROPERTIES EXPORT_NAME ${room})
  target_include_directories(irc_${room} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(irc_${room} PUBLIC cxx_std_20)
  target_link_libraries(irc_${room} PUBLIC ${arg_PUBLIC} PRIVATE $<BUILD_INTERFACE:irc_options> ${arg_PRIVATE})
  irc_unity(irc_${room} 8)
endfunction()

# irc_test(<name> SOURCES ... LIBS ...): a Catch2 executable; every case becomes one ctest process.
function(irc_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBS;LABELS" ${ARGN})
  include(Catch)
  add_executable(${name} ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tb)
  target_link_libraries(${name} PRIVATE ${arg_LIBS} irc_options Catch2::Catch2)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tb)
  if("irc::model" IN_LIST arg_LIBS OR "irc::platform" IN_LIST arg_LIBS)
    target_link_libraries(${name} PRIVATE irc_sc_test_main)
  else()
    target_link_libraries(${name} PRIVATE irc_test_main)
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS unit)  # an empty value would swallow the property after it
  endif()
  # A name that matches no case must not pass. Catch2 3 sees to that itself.
  set(strict "")
  if(Catch2_VERSION VERSION_LESS 3)
    set(strict EXTRA_ARGS --warn NoTests)
  endif()
  catch_discover_tests(${name} ${strict} TEST_PREFIX "${name}: "
    PROPERTIES LABELS "${arg_LABELS}" ENVIRONMENT "SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1" TIMEOUT 600 SKIP_RETURN_CODE 77)
endfunction()

# irc_skipped_test(<name> <reason>): stands for tests that cannot run here, so that ctest reports them as skipped.
function(irc_skipped_test name reason)
  add_test(NAME "${name}" COMMAND ${CMAKE_COMMAND} -E echo "skipped: ${reason}")
  set_tests_properties("${name}" PROPERTIES SKIP_REGULAR_EXPRESSION "^skipped: ")
endfunction()

if(IRC_BUILD_TESTS)
  # Catch2's own main, compiled once.
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/test_main.cpp CONTENT
    "#define CATCH_CONFIG_RUNNER\n#include \"support/catch.h\"\nint main(int argc, char* argv[]) { return Catch::Session().run(argc, argv); }\n")
  add_library(irc_test_main OBJECT ${CMAKE_BINARY_DIR}/generated/test_main.cpp)
  target_include_directories(irc_test_main PRIVATE ${PROJECT_SOURCE_DIR}/tb)
  target_link_libraries(irc_test_main PUBLIC Catch2::Catch2)
endif()

# SystemC: Debian builds its library as C++17 (2.3.4 and 3.0.1), and the library checks that at link time.
pkg_check_modules(SYSTEMC REQUIRED IMPORTED_TARGET systemc)
add_library(irc_systemc INTERFACE)
target_link_libraries(irc_systemc INTERFACE PkgConfig::SYSTEMC Threads::Threads)
set(IRC_SC_CPLUSPLUS 201703L CACHE STRING "C++ version that the SystemC library was built with, as a value of __cplusplus")
target_compile_definitions(irc_systemc INTERFACE SC_CPLUSPLUS=${IRC_SC_CPLUSPLUS} IRC_SC_CPLUSPLUS=${IRC_SC_CPLUSPLUS})
