# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# Compiles suites/requirements.yaml into what requirement.h includes. yaml-cpp is needed here only.

add_executable(shmspec_catalogue_compiler catalogue_compiler.cc sha256.cc)
target_link_libraries(shmspec_catalogue_compiler PRIVATE shmspec_flags yaml-cpp fmt::fmt-header-only)
set(catalogue_output ${PROJECT_BINARY_DIR}/generated/shmspec)
set(catalogue_files ${catalogue_output}/requirement_count.inc ${catalogue_output}/requirement_ids.inc
    ${catalogue_output}/catalogue.inc)
add_custom_command(
  OUTPUT ${catalogue_files}
  COMMAND shmspec_catalogue_compiler ${PROJECT_SOURCE_DIR}/suites/requirements.yaml ${catalogue_output}
  DEPENDS shmspec_catalogue_compiler ${PROJECT_SOURCE_DIR}/suites/requirements.yaml
  COMMENT "Compiling the catalogue of requirements"
  VERBATIM)
add_custom_target(shmspec_catalogue DEPENDS ${catalogue_files})
