#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# What ./harness/start prints and returns where it cannot go on: in a folder of its own, with a PATH that
# holds only what each situation leaves of a system.
set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
world=$(mktemp -d)
trap 'rm -rf "$world"' EXIT
mkdir "$world/harness" "$world/bin"
cp -r "$here/../start" "$here/../start.d" "$world/harness"
for tool in sh awk cat chmod date dirname find head id mkdir nproc pwd rm sed sha256sum sort tail tr uname; do
  ln -s "$(command -v "$tool")" "$world/bin/$tool"
done

# Fake NAME SCRIPT: puts a command into the world.
Fake() {
  rm -f "$world/bin/$1"
  printf '#!/bin/sh\n%s\n' "$2" >"$world/bin/$1"
  chmod +x "$world/bin/$1"
}

failures=0
# Expect CODE LINE ARGS...: that exit code, and LINE as the beginning of the last line of the errors.
Expect() {
  code=$1
  line=$2
  shift 2
  PATH="$world/bin" "$world/bin/sh" "$world/harness/start" "$@" >"$world/out" 2>"$world/err"
  got=$?
  last=$(tail -n 1 "$world/err")
  case $last in
    "$line"*) [ "$got" != "$code" ] || return 0 ;;
  esac
  echo "start $*: expected exit code $code and \"$line\"; got $got and \"$last\""
  failures=$((failures + 1))
}

Expect 0 '' help
Expect 0 '' # no argument at all
Expect 4 'exit codes of test' riot
Expect 4 'exit codes of test' test twice
Expect 4 'exit codes of test' test systems twice
Expect 4 'start: there is no static program of "pdp11"; there are' static pdp11

Expect 3 'start: cmake is missing and this system has no apt-get; install it and' run

Fake dpkg-query 'exit 1'
Fake apt-get 'echo no network >&2; exit 100'
Fake id 'echo 1000'
Expect 3 'start: not root and no sudo; have root run: apt-get install -y --no-install-recommends cmake' run
# shellcheck disable=SC2016  # the script is to expand it
Fake sudo '"$@"'
Expect 3 'start: apt-get could not install them (no network, or no right to?); see' run
grep -q '^start: installing: sudo apt-get install -y --no-install-recommends cmake' "$world/err" || {
  echo "it did not say what it was about to install"
  failures=$((failures + 1))
}

# With everything installed it builds, and starts the program without building when nothing changed.
Fake dpkg-query 'echo installed'
# shellcheck disable=SC2016  # the script is to expand it
Fake cmake 'case $* in
  *--target*) mkdir -p build/release
    printf "#!/bin/sh\necho \"\$@\"; exit 2\n" >build/release/shmspec; chmod +x build/release/shmspec ;;
esac'
Expect 2 'start: building' run --all
Expect 2 '' run 'two words'
[ "$(cat "$world/out")" = 'run two words' ] || {
  echo "the program was given: $(cat "$world/out")"
  failures=$((failures + 1))
}
echo '# changed' >>"$world/harness/start"
Expect 2 'start: building' run
Fake cmake 'echo broken; exit 1'
echo '# changed' >>"$world/harness/start"
Expect 3 'start: the build failed; all of it is in' run

[ "$failures" = 0 ]
