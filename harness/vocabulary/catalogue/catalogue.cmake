# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# Compiles suites/requirements.yaml into what requirement.cc includes. yaml-cpp is needed here only.

if(NOT CMAKE_CROSSCOMPILING)
  add_executable(shmspec_catalogue_compiler catalogue/catalogue_compiler.cc value/sha256.cc)
  target_link_libraries(shmspec_catalogue_compiler PRIVATE shmspec_flags yaml-cpp fmt::fmt-header-only)
endif()

set(catalogue_source ${PROJECT_SOURCE_DIR}/suites/requirements.yaml)
set(catalogue_folder ${PROJECT_BINARY_DIR}/generated/shmspec)
set(catalogue_files ${catalogue_folder}/catalogue.inc)
add_custom_command(
  OUTPUT ${catalogue_files}
  COMMAND shmspec_catalogue_compiler ${catalogue_source} ${catalogue_folder}
  DEPENDS shmspec_catalogue_compiler ${catalogue_source}
  COMMENT "Compiling the catalogue of requirements"
  VERBATIM)
add_custom_target(shmspec_catalogue DEPENDS ${catalogue_files})

if(SHMSPEC_BUILD_TESTS)
  shmspec_test(sha256_test SOURCES value/sha256_test.cc LINKS shmspec::vocabulary)
  shmspec_test(catalogue_compiler_test SOURCES catalogue/catalogue_compiler_test.cc)
  add_dependencies(catalogue_compiler_test shmspec_catalogue_compiler)
  target_compile_definitions(catalogue_compiler_test PRIVATE
    SHMSPEC_CATALOGUE_COMPILER="$<TARGET_FILE:shmspec_catalogue_compiler>")
endif()
