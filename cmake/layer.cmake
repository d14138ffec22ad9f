# parley_layer(NAME SOURCES ... LINKS ... TESTS ... TEST_LINKS ...)
# One static library per folder under src/, and one test program beside it.
function(parley_warnings target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wold-style-cast)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # GCC 12, optimising, sees overlaps in std::string's own inlined code that are not there (GCC bug
    # 105651), and empty std::optionals read as if they were full (80635). With precompiled headers it
    # sees the first as an array's bounds, too.
    target_compile_options(${target} PRIVATE -Wno-restrict -Wno-maybe-uninitialized
      $<$<BOOL:${PARLEY_PCH}>:-Wno-array-bounds>
      $<$<BOOL:${PARLEY_PCH}>:-Wno-stringop-overflow> $<$<BOOL:${PARLEY_PCH}>:-Wno-stringop-overread>)
  endif()
  if(PARLEY_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

if(PARLEY_SANITIZE)
  add_compile_options(-fsanitize=${PARLEY_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${PARLEY_SANITIZE})
endif()

# Headers that most files include, compiled once. Only the release preset has it: in the others a file
# that does not include what it uses shows.
function(parley_precompiled name)
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/${name}.cc CONTENT "")
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/${name}.cc)
  target_precompile_headers(${name} PRIVATE <algorithm> <chrono> <expected> <functional> <map>
    <memory> <mutex> <optional> <string> <string_view> <utility> <vector> <fmt/format.h>
    <simdjson.h> ${ARGN})
  parley_use_precompiled(${name} "")
endfunction()

# The macros have to be those that the headers were compiled with.
function(parley_use_precompiled target name)
  target_compile_definitions(${target} PRIVATE
    $<TARGET_PROPERTY:fmt::fmt,INTERFACE_COMPILE_DEFINITIONS>
    $<TARGET_PROPERTY:simdjson::simdjson,INTERFACE_COMPILE_DEFINITIONS>)
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)  # for ccache
  parley_warnings(${target})
  if(name)
    target_precompile_headers(${target} REUSE_FROM ${name})
  endif()
endfunction()

function(parley_layer name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS;TESTS;TEST_LINKS" ${ARGN})
  set(library parley_${name})
  add_library(${library} STATIC ${ARG_SOURCES})
  target_include_directories(${library} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${library} PUBLIC ${ARG_LINKS})
  parley_warnings(${library})
  if(PARLEY_PCH)
    parley_use_precompiled(${library} parley_precompiled)
  endif()
  if(PARLEY_TESTS AND ARG_TESTS)
    add_executable(${name}_tests ${ARG_TESTS})
    target_link_libraries(${name}_tests PRIVATE ${library} ${ARG_TEST_LINKS}
      GTest::gtest GTest::gmock GTest::gtest_main)
    parley_warnings(${name}_tests)
    if(PARLEY_PCH)
      parley_use_precompiled(${name}_tests parley_tests_precompiled)
      # Functions of the headers that nobody calls are there too, as nothing is optimised.
      target_link_libraries(${name}_tests PRIVATE fmt::fmt simdjson::simdjson)
    endif()
    # A third of what optimising would take to compile; the layer itself is tested as it ships.
    target_compile_options(${name}_tests PRIVATE $<$<CONFIG:Release>:-O0>)
    add_test(NAME ${name}_tests COMMAND ${name}_tests)
  endif()
endfunction()
