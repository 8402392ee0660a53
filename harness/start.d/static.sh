# SPDX-License-Identifier: Apache-2.0 OR MIT
# shellcheck shell=sh disable=SC2154  # variables of harness/start
#
# Static programs, of this machine and of other architectures.

# The names of architectures for which static programs are made, each with the prefix of its compiler.
# Debian 12 has no compiler for loongarch64.
cross_compilers="i686:i686-linux-gnu aarch64:aarch64-linux-gnu armhf:arm-linux-gnueabihf \
riscv64:riscv64-linux-gnu s390x:s390x-linux-gnu ppc64le:powerpc64le-linux-gnu \
mips64el:mips64el-linux-gnuabi64 loongarch64:loongarch64-linux-gnu"

# The prefix of the compiler for an architecture; nothing for one that has none.
PrefixOf() {
  for entry in $cross_compilers; do
    [ "${entry%%:*}" != "$1" ] || printf '%s' "${entry#*:}"
  done
}

# A link, so that it takes no room and its name says what it is for.
StaticHere() {
  Build release --target shmspec_static &&
    mkdir -p "$root/build/static-$(uname -m)" &&
    ln -f "$root/build/release/static/shmspec" "$root/build/static-$(uname -m)/shmspec"
}

# StaticFor ARCH: with the tools of the build for this machine.
StaticFor() {
  prefix=$(PrefixOf "$1")
  folder=$root/build/static-$1
  Build release --target shmspec_catalogue_compiler shmspec_requirement_uses \
    shmspec_operation_functions &&
    cmake -S "$root" -B "$folder" -G Ninja --toolchain "$root/harness/cmake/cross.cmake" \
      -DSHMSPEC_ARCH="$1" -DSHMSPEC_HOST_BUILD="$root/build/release" -DCMAKE_BUILD_TYPE=Release \
      -DCMAKE_CXX_FLAGS_RELEASE="-O1 -DNDEBUG" &&
    cmake --build "$folder" -j "$(Jobs)" --target shmspec_static &&
    "$prefix-strip" "$folder/static/shmspec" -o "$folder/shmspec"
}

Static() {
  [ $# != 0 ] || set -- "$(uname -m)"
  [ "$1" != all ] || set -- "$(uname -m)" i686 aarch64 armhf riscv64 s390x ppc64le mips64el
  for arch in "$@"; do
    [ "$arch" = "$(uname -m)" ] || [ -n "$(PrefixOf "$arch")" ] || {
      Say "there is no static program of \"$arch\"; there are $(uname -m) $(
        for entry in $cross_compilers; do printf '%s ' "${entry%%:*}"; done)and all"
      exit "$usage"
    }
  done
  mkdir -p "$logs"
  for arch in "$@"; do
    begin=$(date +%s)
    log=$logs/static-$arch
    if [ "$arch" = "$(uname -m)" ]; then
      Install "$run_packages"
      StaticHere >"$log" 2>&1
    else
      Install "$run_packages g++-$(PrefixOf "$arch")"
      StaticFor "$arch" >"$log" 2>&1
    fi || {
      tail -n 30 "$log" >&2
      Die "the build for $arch failed; all of it is in $log"
    }
    echo "build/static-$arch/shmspec ($(($(date +%s) - begin)) s)"
  done
}
