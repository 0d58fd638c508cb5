# Compiler settings, and the helper functions that every room's CMakeLists.txt uses.
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

find_program(IRC_CCACHE ccache)
if(IRC_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${IRC_CCACHE})
endif()

add_library(irc_options INTERFACE)
target_compile_options(irc_options INTERFACE
  # Results must not depend on the machine, so the compiler must not use fused multiply-add.
  -ffp-contract=off
  # g++ 12 gives false -Wrestrict warnings (GCC bug 105651: string operator+).
  "$<BUILD_INTERFACE:-Wall;-Wextra;-Wshadow;-Wconversion;-Wno-sign-conversion;-Wno-restrict>"
  $<$<BOOL:${IRC_WARNINGS_AS_ERRORS}>:$<BUILD_INTERFACE:-Werror>>)
if(IRC_SANITIZE)
  string(REPLACE ";" "," irc_sanitizers "${IRC_SANITIZE}")
  add_compile_options(-fsanitize=${irc_sanitizers} -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  # QuickThreads switches stacks, which ASan's stack instrumentation does not support.
  if(irc_sanitizers MATCHES "address")
    add_compile_options(--param asan-stack=0)
  endif()
  add_link_options(-fsanitize=${irc_sanitizers})
endif()

# irc_room(<room> SOURCES ... [PUBLIC ...] [PRIVATE ...]) adds one static library per room with the alias irc::<room>.
function(irc_room room)
  cmake_parse_arguments(arg "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(irc_${room} STATIC ${arg_SOURCES})
  add_library(irc::${room} ALIAS irc_${room})
  set_target_properties(irc_${room} PROPERTIES EXPORT_NAME ${room})
  target_include_directories(irc_${room} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(irc_${room} PUBLIC cxx_std_20)
  target_link_libraries(irc_${room} PUBLIC ${arg_PUBLIC} PRIVATE $<BUILD_INTERFACE:irc_options> ${arg_PRIVATE})
endfunction()

# irc_test(<name> SOURCES ... LIBS ...) adds a Catch2 executable. Every test case becomes one ctest process.
function(irc_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBS;LABELS" ${ARGN})
  find_package(Catch2 2.13 REQUIRED)
  include(Catch)
  add_executable(${name} ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tb)
  target_link_libraries(${name} PRIVATE ${arg_LIBS} irc_options Catch2::Catch2)
  if("irc::model" IN_LIST arg_LIBS OR "irc::platform" IN_LIST arg_LIBS)
    target_link_libraries(${name} PRIVATE irc_sc_test_main)
  else()
    target_link_libraries(${name} PRIVATE irc_test_main)
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS unit)  # an empty value would swallow the property after it
  endif()
  catch_discover_tests(${name} TEST_PREFIX "${name}: "
    PROPERTIES LABELS "${arg_LABELS}" ENVIRONMENT "SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1" TIMEOUT 600 SKIP_RETURN_CODE 77)
endfunction()

if(IRC_BUILD_TESTS)
  find_package(Catch2 2.13 REQUIRED)
  # Catch2's own main is the slowest file of any test bench, so it is compiled only once.
  file(WRITE ${CMAKE_BINARY_DIR}/generated/test_main.cpp "#define CATCH_CONFIG_MAIN\n#include <catch2/catch.hpp>\n")
  add_library(irc_test_main OBJECT ${CMAKE_BINARY_DIR}/generated/test_main.cpp)
  target_link_libraries(irc_test_main PUBLIC Catch2::Catch2)
endif()

# Debian's SystemC library is built as C++17 and checks the API version at link time.
pkg_check_modules(SYSTEMC REQUIRED IMPORTED_TARGET systemc)
add_library(irc_systemc INTERFACE)
target_link_libraries(irc_systemc INTERFACE PkgConfig::SYSTEMC Threads::Threads)
target_compile_definitions(irc_systemc INTERFACE SC_CPLUSPLUS=201703L)
