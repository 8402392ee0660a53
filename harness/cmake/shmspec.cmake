# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# The project's few build rules. A folder's CMakeLists.txt uses only these:
#
#   shmspec_library(model SOURCES sysv.cc LINKS shmspec::vocabulary)
#   shmspec_library(faulty SOURCES fault.cc REGISTERS *_faults.cc LINKS shmspec::model)
#   shmspec_test(model_test SOURCES sysv_test.cc LINKS shmspec::model)
#
# shmspec_library(NAME ...) makes the target shmspec_NAME with the alias shmspec::NAME. A folder
# may link only its predecessors in the one-way order of harness/README.md; nothing is global.
#
# The linker takes from a library only the files that something refers to. Nothing refers to a file
# that registers what it has, so it needs one of these:
#   REGISTERS  A library of which some files register what they have. Every program that links the
#              library contains these files, also through other libraries; a new one is found
#              without being named.
#   OBJECT     A library of which a program needs every file, mostly because all register something.
#              A program contains them only when it links the library itself, not through another.

option(SHMSPEC_BUILD_TESTS "Build the tests (needs GoogleTest and rapidcheck)" ON)
option(SHMSPEC_BUILD_FUZZERS "Build the fuzz targets (libFuzzer with clang, else a replaying main)" ON)
option(SHMSPEC_BUILD_BENCHMARKS "Build the benchmarks (needs Google Benchmark)" ON)
option(SHMSPEC_I386 "Build the program of 32-bit actors where the compiler can (needs g++-12-multilib)" ON)
set(SHMSPEC_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=")
option(SHMSPEC_COVERAGE "Instrument for line coverage" OFF)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
find_program(SHMSPEC_CCACHE ccache)
if(SHMSPEC_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Paths are relative to the project and where the build is does not count, so that presets with the
  # same flags share objects. Its manual asks for the rest where headers are precompiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros ${SHMSPEC_CCACHE})
endif()

if(CMAKE_CROSSCOMPILING)
  include(${CMAKE_CURRENT_LIST_DIR}/headers.cmake)
  set(SHMSPEC_BUILD_TESTS OFF)
  set(SHMSPEC_BUILD_FUZZERS OFF)
  set(SHMSPEC_BUILD_BENCHMARKS OFF)
  set(SHMSPEC_I386 OFF)
else()
  find_package(fmt 9 REQUIRED CONFIG)
  find_package(nlohmann_json 3.11 REQUIRED CONFIG)
  find_package(CLI11 2.1 REQUIRED CONFIG)
  find_package(tomlplusplus 3.3 REQUIRED CONFIG)
  find_package(yaml-cpp 0.7 REQUIRED CONFIG)
endif()
find_package(Threads REQUIRED)
if(SHMSPEC_BUILD_TESTS)
  find_package(GTest 1.12 REQUIRED CONFIG)
  find_package(rapidcheck REQUIRED CONFIG)
  include(GoogleTest)
endif()

# Flags every target of ours is compiled with. Dependencies are system headers and stay out of it.
add_library(shmspec_plain_flags INTERFACE)
target_compile_options(shmspec_plain_flags INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -Wold-style-cast -Wnon-virtual-dtor -Werror
  # Designated initialisers are meant to leave fields out: every field has a default.
  -Wno-missing-field-initializers
  # GCC 12 reports these inside inlined standard containers where nothing is wrong (GCC bugs 105562, 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-restrict -Wno-array-bounds>)
# Names of source files in objects are those from here on: builds in two folders are the same to the bit.
# ccache makes the paths relative to the folder of the build.
file(RELATIVE_PATH source_from_build ${PROJECT_BINARY_DIR} ${PROJECT_SOURCE_DIR}/)
target_compile_options(shmspec_plain_flags INTERFACE
  -ffile-prefix-map=${PROJECT_SOURCE_DIR}/= -ffile-prefix-map=${source_from_build}=)
target_include_directories(shmspec_plain_flags INTERFACE
  ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
if(CMAKE_SIZEOF_VOID_P EQUAL 4)
  # Sizes of files and times are of 64 bits everywhere.
  target_compile_definitions(shmspec_plain_flags INTERFACE _FILE_OFFSET_BITS=64 _TIME_BITS=64)
  # Sizes of the system that is judged have 64 bits, those of containers 32. What would lose a value is
  # found where the program of 32-bit actors is compiled.
  target_compile_options(shmspec_plain_flags INTERFACE -Wno-conversion -Wno-psabi)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(shmspec_plain_flags INTERFACE -Wno-free-nonheap-object)  # GCC 12, as below
  endif()
endif()

# Further flags of all of them except the program of 32-bit actors, which has no runtime of a sanitizer.
add_library(shmspec_flags INTERFACE)
target_link_libraries(shmspec_flags INTERFACE shmspec_plain_flags)
# Otherwise each child of a program that forks would look up its functions again.
target_link_options(shmspec_flags INTERFACE -Wl,-z,now)
if(SHMSPEC_SANITIZE)
  target_compile_options(shmspec_flags INTERFACE
    -fsanitize=${SHMSPEC_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(shmspec_flags INTERFACE -fsanitize=${SHMSPEC_SANITIZE})
endif()
if(SHMSPEC_COVERAGE)
  target_compile_options(shmspec_flags INTERFACE --coverage)
  target_link_options(shmspec_flags INTERFACE --coverage)
endif()

add_library(shmspec_fmt STATIC ${PROJECT_SOURCE_DIR}/harness/cmake/fmt.cc)
add_library(shmspec::fmt ALIAS shmspec_fmt)
target_include_directories(shmspec_fmt SYSTEM PUBLIC
  $<TARGET_PROPERTY:fmt::fmt,INTERFACE_INCLUDE_DIRECTORIES>)

# The headers alone: the package's own target asks for its shared object, which a static program
# cannot use.
add_library(shmspec_toml INTERFACE)
add_library(shmspec::toml ALIAS shmspec_toml)
target_include_directories(shmspec_toml SYSTEM INTERFACE
  $<TARGET_PROPERTY:tomlplusplus::tomlplusplus,INTERFACE_INCLUDE_DIRECTORIES>)
if(SHMSPEC_SANITIZE OR SHMSPEC_FUZZING_ENGINE)
  # Version 3.3 declares places unreachable that letters beyond ASCII reach; what compilers make of it
  # is right.
  target_compile_options(shmspec_toml INTERFACE -fno-sanitize=unreachable)
endif()

# What most files read, compiled once: see precompiled.h. shmspec_precompiled(NAME FLAGS...) makes it for
# the targets that are compiled with FLAGS, shmspec_reads_precompiled(TARGET NAME) has one of them read it.
# Not in builds for other architectures, so that a file which leaves an include out is found.
set(CMAKE_PCH_PROLOGUE "")  # GCC's would silence the warnings in our headers
function(shmspec_precompiled name)
  if(CMAKE_CROSSCOMPILING OR NOT CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    return()
  endif()
  file(CONFIGURE OUTPUT ${name}.cc CONTENT "// What CMake compiles the header with.\n")
  add_library(${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cc)
  target_link_libraries(${name} PRIVATE ${ARGN})
  target_include_directories(${name} SYSTEM PRIVATE
    $<TARGET_PROPERTY:fmt::fmt,INTERFACE_INCLUDE_DIRECTORIES>)
  target_precompile_headers(${name} PRIVATE <harness/cmake/precompiled.h>)
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    target_compile_options(${name} PRIVATE -Xclang -fno-pch-timestamp)  # for ccache
  endif()
endfunction()
function(shmspec_reads_precompiled target name)
  if(TARGET ${name})
    target_precompile_headers(${target} REUSE_FROM ${name})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      target_compile_options(${target} PRIVATE -fpch-preprocess)  # for ccache
    else()
      target_compile_options(${target} PRIVATE -Xclang -fno-pch-timestamp)
    endif()
  endif()
endfunction()
shmspec_precompiled(shmspec_most_headers shmspec_flags)

# Whether static 32-bit programs can be made, with the atomics of 8 bytes that processes share. Asked
# again as long as not, since what is missing may have been installed.
if(NOT SHMSPEC_HAS_I386)
  unset(SHMSPEC_HAS_I386 CACHE)
endif()
include(CheckCXXSourceCompiles)
if(SHMSPEC_I386)
# The headers of the kernel are those of the 64-bit C library; the link to them is of g++-multilib.
set(SHMSPEC_M32_HEADERS -idirafter /usr/include/x86_64-linux-gnu)
block()
  set(CMAKE_REQUIRED_FLAGS "-m32 -idirafter /usr/include/x86_64-linux-gnu")
  set(CMAKE_REQUIRED_LINK_OPTIONS -m32 -static)
  check_cxx_source_compiles("#include <atomic>
    #include <string>
    #include <sys/shm.h>
    #include <asm/errno.h>
    static_assert(sizeof(void*) == 4 && std::atomic<long long>::is_always_lock_free);
    std::atomic<long long> number;
    int main(int, char** words) { number.fetch_add(std::string(words[0]).size()); }"
    SHMSPEC_HAS_I386)
endblock()
endif()

function(shmspec_library name)
  cmake_parse_arguments(ARG "OBJECT" "" "SOURCES;REGISTERS;LINKS" ${ARGN})
  set(kind STATIC)
  if(ARG_OBJECT)
    set(kind OBJECT)
  endif()
  add_library(shmspec_${name} ${kind} ${ARG_SOURCES})
  add_library(shmspec::${name} ALIAS shmspec_${name})
  target_link_libraries(shmspec_${name} PUBLIC shmspec_flags ${ARG_LINKS})
  shmspec_reads_precompiled(shmspec_${name} shmspec_most_headers)
  if(ARG_REGISTERS)
    file(GLOB files CONFIGURE_DEPENDS ${ARG_REGISTERS})
    add_library(shmspec_${name}_registered OBJECT ${files})
    target_link_libraries(shmspec_${name}_registered PUBLIC shmspec_flags ${ARG_LINKS})
    shmspec_reads_precompiled(shmspec_${name}_registered shmspec_most_headers)
    # As objects, since an archive would lose them.
    target_link_libraries(shmspec_${name} INTERFACE
      $<TARGET_OBJECTS:shmspec_${name}_registered>)
  endif()
endfunction()

# Links a program that starts many processes with as few shared libraries as can be: each one costs
# the loader of every actor that is a fresh image, and every fork, some time.
function(shmspec_few_libraries name)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT SHMSPEC_SANITIZE)
    target_link_options(${name} PRIVATE -static-libstdc++ -static-libgcc)
  endif()
endfunction()

# All tests with the label unit, for presets that run no others.
add_custom_target(unit_tests)

# A GoogleTest program. Each of its tests becomes a test of CTest in a process of its own; with PARTS
# the program is run that often, each time with its share of the tests.
function(shmspec_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT;PARTS" "SOURCES;LINKS;LABELS" ${ARGN})
  if(NOT SHMSPEC_BUILD_TESTS)
    return()
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE shmspec_flags ${ARG_LINKS} GTest::gmock GTest::gtest_main)
  shmspec_reads_precompiled(${name} shmspec_most_headers)
  if("unit" IN_LIST ARG_LABELS)
    add_dependencies(unit_tests ${name})
  endif()
  if(ARG_PARTS)
    foreach(part RANGE 1 ${ARG_PARTS})
      math(EXPR index "${part} - 1")
      add_test(NAME ${name}.part_${part}_of_${ARG_PARTS} COMMAND ${name})
      set_tests_properties(${name}.part_${part}_of_${ARG_PARTS} PROPERTIES
        LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
        ENVIRONMENT "GTEST_TOTAL_SHARDS=${ARG_PARTS};GTEST_SHARD_INDEX=${index}")
    endforeach()
    return()
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST
    PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT})
endfunction()

# A GoogleTest program that takes minutes: built with the others, run by name only.
function(shmspec_long_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  if(NOT SHMSPEC_BUILD_TESTS)
    return()
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE shmspec_flags ${ARG_LINKS} GTest::gmock GTest::gtest_main)
  shmspec_reads_precompiled(${name} shmspec_most_headers)
endfunction()
