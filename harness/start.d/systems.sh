# SPDX-License-Identifier: Apache-2.0 OR MIT
# shellcheck shell=sh disable=SC2154,SC2317  # variables of harness/start; checks are called by their names
#
# The suites on other systems.

Load static

# Those of each run; Debian has all of them.
few_systems="bubblewrap fakeroot proot unshare chroot gvisor qemu-x86_64 qemu-s390x valgrind"
system_packages="bubblewrap fakeroot proot qemu-user-static runsc valgrind g++-s390x-linux-gnu"

guest_packages="linux-source-6.1 qemu-system-x86 busybox-static cpio flex bison bc libelf-dev \
libssl-dev gcc make xz-utils"

# What all launchers need that start something on this machine.
every_package="$system_packages $guest_packages podman crun runc containerd systemd-container lxc \
firejail strace qemu-system-arm qemu-system-ppc qemu-system-misc qemu-system-mips"

# Launchers that need another machine, or are for people to run.
elsewhere="ssh|docker|kubectl"

# Why other systems are left out; nothing when they are not.
WhyNoSystems() {
  if ! grep -qs '^VERSION_CODENAME=bookworm' /etc/os-release; then
    echo "what is known of them is of the versions in Debian 12"
  elif [ "$(id -u)" != 0 ]; then
    echo "they need root"
  fi
}

# Kernels on which the static program is all there is.
QuickGuest() {
  program=$root/build/release/static/shmspec
  if command -v qemu-system-x86_64 >/dev/null && command -v cpio >/dev/null; then
    Check "static: is all there is on Debian's kernel" \
      env QUICK=1 "$root/harness/guest/run" "$program" debian
  else
    echo "    Debian's kernel is left out: qemu-system-x86_64 or cpio is not installed"
  fi
}

# Kernels under emulation, on which the static program is the only one.
Guests() {
  Install "$run_packages $guest_packages"
  mkdir -p "$logs"
  Build release --target shmspec_static >"$logs/build-static" 2>&1 ||
    Die "the build failed; all of it is in $logs/build-static"
  "$root/harness/guest/run" "$root/build/release/static/shmspec" "$@"
}

launchers=$root/harness/launcher/launchers.toml

# The names of the launchers that start a system on this machine.
EverySystem() {
  sed -n 's/^\[launcher\."\{0,1\}\([^"]*\)"\{0,1\}\]$/\1/p' "$launchers" | grep -vxE "$elsewhere"
}

# ValuesOf KEY NAME...: the values of a key, `kernel` or `architecture`, in the entries of these launchers.
ValuesOf() {
  key=$1
  shift
  awk -v key="$key" -v names=" $* " '
    /^\[launcher\./ {name = $0; gsub(/^\[launcher\."?|"?\]$/, "", name); wanted = index(names, " " name " ")}
    wanted && $1 == key && $2 == "=" {gsub(/"/, "", $3); print $3}' "$launchers" | sort -u
}

# CheckSystem NAME [ARGUMENT...]: what a system's record says, against what is known of it.
CheckSystem() {
  system=$1
  shift
  Check "systems: $system" \
    python3 "$root/harness/systems/systems_test.py" "$system" "$root/build/release/shmspec" "$@"
  sed -n "s/^$system, .* s: /    /p" "$log"
}

# SlowWrapper NAME: where something is not installed, or no registry answers, nothing is said of it.
SlowWrapper() {
  status=0
  python3 -B "$root/harness/target/wrapper/wrappers_test.py" "$root/build/release/shmspec" "$1" || status=$?
  [ "$status" = 0 ] || [ "$status" = 2 ]
}

# SlowWrappers: libraries whose adapters take long to build, or ask a registry.
SlowWrappers() {
  for entry in "$root"/harness/target/wrapper/*/adapter.toml; do
    grep -q '^slow = true' "$entry" || continue
    name=$(basename "$(dirname "$entry")")
    Check "wrappers: $name" SlowWrapper "$name"
  done
}

# A few systems, without what takes long there.
OnFewSystems() {
  why=$(WhyNoSystems)
  if [ -n "$why" ]; then
    echo "    other systems are left out: $why"
    return
  fi
  Check "systems: build for s390x" StaticFor s390x
  for system in $few_systems; do CheckSystem "$system" --short; done
}

# OnEverySystem NAME...: a record of each in build/systems, and a page of all.
OnEverySystem() {
  folder=$root/build/systems
  rm -rf "$folder"
  mkdir -p "$folder"
  "$root/build/release/shmspec" matrix --on "$(echo "$@" | tr ' ' ',')" --quick --records "$folder" \
    -o "$folder/where.html" || true
  for system in "$@"; do CheckSystem "$system" --record "$folder/$system.json"; done
  echo "    what works where: $folder/where.html"
}

# TestSystems: the third stage of the project's tests.
TestSystems() {
  Install "$test_packages $system_packages"
  mkdir -p "$logs"
  Check "systems: build" Build release --target shmspec shmspec_static
  QuickGuest
  OnFewSystems
  SlowWrappers
  Total
}

# Systems [NAME...]: all of them without names, and each system call refused.
Systems() {
  Install "$test_packages $every_package"
  mkdir -p "$logs"
  Check "systems: build" Build release --target shmspec shmspec_static refusals_test
  if [ $# = 0 ]; then
    Refusals ""
    # shellcheck disable=SC2046 # a list of words
    set -- $(EverySystem)
  fi
  # shellcheck disable=SC2046 # lists of words
  Check "systems: static programs" "$root/harness/start" static "$(uname -m)" \
    $(ValuesOf architecture "$@" | grep -vx "$(uname -m)")
  # shellcheck disable=SC2046 # a list of words
  [ -z "$(ValuesOf kernel "$@")" ] ||
    Check "systems: kernels" "$root/harness/guest/kernel" $(ValuesOf kernel "$@")
  OnEverySystem "$@"
  Total
}
