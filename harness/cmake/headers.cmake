# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# The libraries of this machine, headers alone, for a build for another architecture: no package of
# that architecture is needed but its compiler. A folder with a link to each, since the folder they
# lie in has the headers of this machine's C library as well.

set(headers ${PROJECT_BINARY_DIR}/headers)
file(MAKE_DIRECTORY ${headers})
foreach(library fmt nlohmann CLI toml++ boost)
  find_path(SHMSPEC_HEADERS_OF_${library} ${library} NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH
    PATHS /usr/local/include /usr/include)
  if(SHMSPEC_HEADERS_OF_${library})
    file(CREATE_LINK ${SHMSPEC_HEADERS_OF_${library}}/${library} ${headers}/${library} SYMBOLIC)
  elseif(NOT library STREQUAL boost)
    message(FATAL_ERROR "the headers of ${library} are neither in /usr/local/include nor in /usr/include")
  endif()
endforeach()
set(Boost_INCLUDE_DIRS ${headers})
set(Boost_FOUND ${SHMSPEC_HEADERS_OF_boost})
foreach(library fmt::fmt nlohmann_json::nlohmann_json CLI11::CLI11 tomlplusplus::tomlplusplus)
  add_library(${library} INTERFACE IMPORTED)
  target_include_directories(${library} SYSTEM INTERFACE ${headers})
endforeach()

# What runs while the program is made is of the build for this machine.
foreach(tool harness/vocabulary/shmspec_catalogue_compiler harness/vocabulary/shmspec_requirement_uses
    harness/shmspec_operation_functions)
  get_filename_component(name ${tool} NAME)
  if(NOT EXISTS ${SHMSPEC_HOST_BUILD}/${tool})
    message(FATAL_ERROR
      "there is no ${tool} in SHMSPEC_HOST_BUILD, ${SHMSPEC_HOST_BUILD}; build ${name} there first")
  endif()
  add_executable(${name} IMPORTED GLOBAL)
  set_target_properties(${name} PROPERTIES IMPORTED_LOCATION ${SHMSPEC_HOST_BUILD}/${tool})
endforeach()
