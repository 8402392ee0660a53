# SPDX-License-Identifier: Apache-2.0 OR MIT
# shellcheck shell=sh disable=SC2154,SC2317  # variables of harness/start; checks are called by their names
#
# The stages of the project's tests.

# Debian's other versions of Boost serve as well, and no two can be installed.
boost=libboost-dev
[ ! -e /usr/include/boost/version.hpp ] || boost=
# Debian 12 has no cross compilers beside g++-multilib, which is this one and a link to headers.
multilib=g++-multilib
! grep -qs '^VERSION_CODENAME=bookworm' /etc/os-release || multilib=g++-12-multilib
# The libraries that harness/target/wrapper has adapters for.
wrapper_packages="libboost-dev qtbase5-dev libapr1-dev libpoco-dev pkg-config musl-tools \
python3-sysv-ipc libipc-sharelite-perl perl php-cli default-jdk-headless"

test_packages="$run_packages $boost $multilib \
clang libclang-rt-14-dev lld clang-format clang-tidy reuse shellcheck python3 python3-jsonschema \
python3-selenium chromium chromium-driver libxml2-utils $wrapper_packages"

Load systems

passed=0
failed=0

# Count NAME PASSED FAILED SECONDS
Count() {
  passed=$((passed + $2))
  failed=$((failed + $3))
  printf '%-34s %5d passed %4d failed %5d s\n' "$1" "$2" "$3" "$4"
}

# Check NAME COMMAND...: one test, which passes when the command does.
Check() {
  name=$1
  shift
  begin=$(date +%s)
  log=$logs/$(printf '%s' "$name" | tr -cs '[:alnum:]_' '-')
  if "$@" >"$log" 2>&1; then
    Count "$name" 1 0 $(($(date +%s) - begin))
  else
    Count "$name" 0 1 $(($(date +%s) - begin))
    tail -n 40 "$log" | sed 's/^/    /'
    echo "    all of it: $log"
  fi
}

# The last line of a stage.
Total() {
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ] || exit 1
}

# The number in attribute $1 of a JUnit report's first line.
Attribute() { sed -n "s/.*[[:space:]]$1=\"\\([0-9]*\\)\".*/\\1/p" "$2" | head -n 1; }

# TestsOf PRESET TARGET: builds the target and runs what the test preset selects.
TestsOf() {
  Check "$1: build" Build "$1" --target "$2" -- -k 0
  report=$root/build/$1/tests.xml
  rm -f "$report"
  begin=$(date +%s)
  (cd "$root" && ctest --preset "$1" -j "$(nproc)" --output-junit "$report") \
    >"$logs/test-$1" 2>&1 || true
  took=$(($(date +%s) - begin))
  # A test whose program could not be built is "skipped" to the report and failed to the summary.
  bad=$(sed -n 's/.*, \([0-9]*\) tests failed out of .*/\1/p' "$logs/test-$1")
  if [ ! -s "$report" ] || [ -z "$bad" ]; then
    Count "$1: tests" 0 1 "$took"
    tail -n 20 "$logs/test-$1" | sed 's/^/    /'
    return
  fi
  head -n 12 "$report" | tr '\n' ' ' >"$report.head"
  good=$(($(Attribute tests "$report.head") - $(Attribute failures "$report.head") - \
    $(Attribute skipped "$report.head") - $(Attribute disabled "$report.head")))
  left_out=$(($(Attribute tests "$report.head") - good - bad))
  Count "$1: tests" "$good" "$bad" "$took"
  [ "$left_out" = 0 ] || echo "    and $left_out left out: they say why in $logs/test-$1"
  if [ "$bad" != 0 ]; then
    sed -n '/^The following tests FAILED/,$p' "$logs/test-$1" | sed 's/^/    /'
    # What each of them said, as far as a screen takes it.
    awk '/^ *Start +[0-9]+: |^[0-9]+% tests passed/ {shown = 0} /\*\*\*(Failed|Exception|Timeout)/ {shown = 30}
      shown-- > 0 {print "    " $0}' "$logs/test-$1"
    echo "    what they said: $logs/test-$1"
  fi
}

# Option KEY of the fuzz target $name, or nothing.
FuzzOption() { sed -n "s/^$1 = //p" "$root/fuzz/$name.options"; }

# Ten seconds of a fuzz target, with its corpus, options and dictionary: FuzzTenSeconds PROGRAM
FuzzTenSeconds() {
  name=$(basename "$1")
  fresh=$root/build/fuzz/found/$name
  rm -rf "$fresh"
  mkdir -p "$fresh"
  dictionary=$(FuzzOption dict)
  set -- "$1" -max_total_time=10 -timeout=10 -max_len="$(FuzzOption max_len)" -seed=1 \
    -artifact_prefix="$fresh/" ${dictionary:+-dict="$root/fuzz/$dictionary"} "$fresh"
  [ ! -d "$root/fuzz/corpus/$name" ] || set -- "$@" "$root/fuzz/corpus/$name"
  Check "fuzz: 10 s of $name" "$@"
  sed -n 's/^Done /    /p' "$log"
}

Fuzz() {
  [ -f "$root/fuzz/CMakeLists.txt" ] || return 0
  Check "fuzz: build" Build fuzz --target fuzzers
  Check "fuzz: build of those without instruments" Build release --target fuzzers
  for name in adapter launcher litmus record text trace waiver wire; do
    FuzzTenSeconds "$root/build/fuzz/fuzz/${name}_fuzz"
  done
  # Not guided by branches of the program: no instrumented objects.
  FuzzTenSeconds "$root/build/release/fuzz/oracle_fuzz"
  FuzzTenSeconds "$root/build/release/fuzz/report_fuzz"
  if [ "$(id -u)" = 0 ]; then
    FuzzTenSeconds "$root/build/release/fuzz/plan_fuzz"
  else
    echo "    plan_fuzz is left out: its plans are of several users and need root"
  fi
}

# The code of CONTRIBUTING.md in a copy of the project, compiled and run.
Contributing() {
  Check "CONTRIBUTING.md: every step followed" \
    python3 "$root/harness/style/contributing.py" "$root" "$root/build/contributing" --build-type None
}

# The record says it too.
HasNoDynamicSection() {
  [ -x "$1" ] && readelf -d "$1" | grep -q 'There is no dynamic section' &&
    "$1" run --quick --format json sysv.detach.works_once | grep -q '"linkage": *"static"'
}

# The program in an otherwise empty root folder: with no /dev either, where a program that is executed
# with ids that differ must find its standard streams open.
RunsAlone() {
  empty=$(mktemp -d)
  chmod 755 "$empty"
  cp "$1" "$empty/shmspec"
  status=0
  chroot "$empty" /shmspec run --quick permissions.ids || status=$?
  rm -r "$empty"
  return "$status"
}

StaticProgram() {
  [ -f "$root/harness/command/CMakeLists.txt" ] || return 0
  program=$root/build/release/static/shmspec
  Check "static: build" Build release --target shmspec_static
  Check "static: no dynamic section" HasNoDynamicSection "$program"
  Check "static: shmspec list" "$program" list
  if [ "$(id -u)" = 0 ]; then
    Check "static: runs in an empty root folder" RunsAlone "$program"
  fi
}

# Refusals WHICH: the suites with each system call refused, a table in the log. The name of the test
# ends in WHICH.
Refusals() {
  Check "each call refused" "$root/build/release/harness/command/refusals_test" \
    --gtest_filter="RefusedCalls.AreNoFailureOfSharedMemory$1"
  sed -n 's/^refused calls: /    /p' "$log"
}

# Races [SECONDS [SEED]]: racing plans on this kernel, other ones in every run.
Races() {
  Install "$test_packages"
  mkdir -p "$logs"
  Build release --target parallel_test >"$logs/build-races" 2>&1 ||
    Die "the build failed; all of it is in $logs/build-races"
  SHMSPEC_SECONDS=${1:-3600} SHMSPEC_SEED=${2:-$(date +%s)} \
    "$root/build/release/property/parallel_test" --gtest_filter='Parallel.*'
}

Test() {
  # Some tests put the program under tools of these.
  [ -n "$(WhyNoSystems)" ] || test_packages="$test_packages $system_packages"
  Install "$test_packages"
  NodeModules
  mkdir -p "$logs"
  TestsOf release all
  Contributing
  StaticProgram
  Refusals InFourMinutes
  Total
}

# TestSanitized: the second stage of the project's tests.
# Not the thread sanitizer: what the harness shares, it shares between processes, where it sees
# nothing. By hand: setarch -R sh -c 'cmake --build --preset tsan && ctest --preset tsan'.
TestSanitized() {
  Install "$test_packages"
  mkdir -p "$logs"
  TestsOf asan unit_tests
  Fuzz
  Total
}
