#!/bin/bash -eu
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# Builds the fuzz targets as OSS-Fuzz and ClusterFuzzLite ask for it: CC, CXX, CXXFLAGS, OUT, WORK and
# LIB_FUZZING_ENGINE are theirs. plan_fuzz is left out: it makes users and namespaces, and needs root.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ -e fuzz/CMakeLists.txt ] || cd "$SRC/shmspec"

# A tool of the build links a library of the distribution, which has the distribution's C++ library.
export CXXFLAGS=${CXXFLAGS//-stdlib=libc++/}
cmake -S . -B "$WORK/shmspec" -G Ninja -DCMAKE_BUILD_TYPE=None \
  -DSHMSPEC_FUZZING_ENGINE="$LIB_FUZZING_ENGINE" \
  -DSHMSPEC_BUILD_TESTS=OFF -DSHMSPEC_BUILD_BENCHMARKS=OFF -DSHMSPEC_I386=OFF
ASAN_OPTIONS=detect_leaks=0 cmake --build "$WORK/shmspec" --target fuzzers oracle_fuzz report_fuzz

cp fuzz/*.dict "$OUT"
for program in "$WORK"/shmspec/fuzz/*_fuzz; do
  name=$(basename "$program")
  cp "$program" "fuzz/$name.options" "$OUT"
  (cd "fuzz/corpus/$name" && zip -q -r "$OUT/${name}_seed_corpus.zip" .)
done
