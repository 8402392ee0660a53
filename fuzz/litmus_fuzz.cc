// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Reading any bytes as a litmus test gives a test or one line with the position and the mistake.
// Sequential consistency allows no end of a test that another order forbids.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/error_line.h"
#include "harness/order/prediction.h"
#include "harness/order/read.h"

namespace {

/// With as many loads and stores a test has some ten thousand executions, which is a second's work
/// under the sanitizers.
constexpr std::size_t kMostAccesses = 8;

std::size_t AccessesIn(const shmspec::order::Litmus& litmus) {
  std::size_t accesses = 0;
  for (const auto& thread : litmus.threads) {
    for (const auto& one : thread.instructions) {
      accesses += (one.Loads() ? 1u : 0u) + (one.Stores() ? 1u : 0u);
    }
  }
  return accesses;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shmspec;  // NOLINT: this file is one function
  const Result<order::Litmus> litmus =
      order::ReadLitmus({reinterpret_cast<const char*>(data), size}, kInputName);
  if (!litmus.ok()) {
    CheckNamesPlace(litmus.error().message);
    return 0;
  }
  if (AccessesIn(*litmus) > kMostAccesses) return 0;
  const Result<order::Prediction> turns = order::Predict(*litmus, order::Order::kSc);
  const Result<order::Prediction> usual = order::Predict(*litmus, UsualFor(litmus->language));
  if (!turns.ok() || !usual.ok()) return 0;  // too large
  const auto& ends = turns->allowed->ends;
  SHMSPEC_CHECK(std::none_of(ends.begin(), ends.end(),
                             [&](const order::End& end) { return usual->Forbids(*litmus, end); }),
                "turns of the threads show what the order forbids");
  return 0;
}
