# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# A toolchain file: the static program for another architecture, by Debian's cross compilers.
#
#   cmake -S . -B build/static-s390x -G Ninja --toolchain harness/cmake/cross.cmake \
#     -DSHMSPEC_ARCH=s390x -DSHMSPEC_HOST_BUILD=$PWD/build/release
#
# SHMSPEC_ARCH        one of the names below; `./harness/start static` takes the same
# SHMSPEC_HOST_BUILD  a build for this machine, whose tools run while this one is made

set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES SHMSPEC_ARCH)

# name, processor as uname(2) says it, prefix of the compiler
set(architectures
  "i686 i686 i686-linux-gnu"
  "aarch64 aarch64 aarch64-linux-gnu"
  "armhf armv7l arm-linux-gnueabihf"
  "riscv64 riscv64 riscv64-linux-gnu"
  "s390x s390x s390x-linux-gnu"
  "ppc64le ppc64le powerpc64le-linux-gnu"
  "mips64el mips64 mips64el-linux-gnuabi64"
  "loongarch64 loongarch64 loongarch64-linux-gnu")
foreach(architecture ${architectures})
  separate_arguments(words UNIX_COMMAND "${architecture}")
  list(GET words 0 name)
  list(APPEND names ${name})
  if(name STREQUAL SHMSPEC_ARCH)
    list(GET words 1 CMAKE_SYSTEM_PROCESSOR)
    list(GET words 2 prefix)
  endif()
endforeach()
if(NOT prefix)
  list(JOIN names " " names)
  message(FATAL_ERROR "SHMSPEC_ARCH is \"${SHMSPEC_ARCH}\"; there are ${names}")
endif()

# As in the preset release.
set(CMAKE_CXX_FLAGS_RELEASE "-O1 -DNDEBUG" CACHE STRING "")
set(CMAKE_SYSTEM_NAME Linux)
# GCC 12 leaves atomic accesses of one and two bytes to its library there, which has them without locks.
if(SHMSPEC_ARCH STREQUAL riscv64)
  set(CMAKE_CXX_STANDARD_LIBRARIES -latomic)
endif()
set(CMAKE_CXX_COMPILER ${prefix}-g++)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
