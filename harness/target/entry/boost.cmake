# SPDX-License-Identifier: Apache-2.0 OR MIT

option(SHMSPEC_BOOST "Build the target boost where Boost.Interprocess is (needs libboost-dev)" ON)

# Where Boost is missing the target reports that. The assertions of Boost would end an actor where a program
# of its users, built for release, goes on.
if(SHMSPEC_BOOST AND NOT CMAKE_CROSSCOMPILING)
  find_package(Boost 1.74 CONFIG QUIET)
endif()
if(SHMSPEC_BOOST AND Boost_FOUND)
  target_include_directories(shmspec_target_registered SYSTEM PRIVATE ${Boost_INCLUDE_DIRS})
  set_source_files_properties(entry/boost.cc PROPERTIES
    COMPILE_DEFINITIONS "SHMSPEC_BOOST;BOOST_DISABLE_ASSERTS")
endif()
