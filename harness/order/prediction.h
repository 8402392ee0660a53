// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What an order of memory says of a litmus test: by axioms where it is known as such, otherwise by
// the published verdict on a test that is the same.

#ifndef SHMSPEC_HARNESS_ORDER_PREDICTION_H_
#define SHMSPEC_HARNESS_ORDER_PREDICTION_H_

#include <array>
#include <cstdint>
#include <optional>

#include "harness/order/allowed.h"
#include "harness/order/facts.h"
#include "harness/order/litmus.h"
#include "harness/vocabulary/value/names.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec::order {

enum class Order : std::uint8_t { kSc, kX86Tso, kRc11, kArmv8, kRiscv };

/// The order that tests in a language are about.
Order UsualFor(Language language);

struct Prediction {
  Order order = Order::kSc;
  /// Of an order that is known as axioms.
  std::optional<Allowed> allowed;
  /// Of one that is not: the fact about the same test, and its verdict.
  const Fact* fact = nullptr;
  Verdict verdict = Verdict::kSilent;

  /// Whether a round that ends so breaks the order.
  bool Forbids(const Litmus& litmus, const End& end) const;
};

/// x86-TSO says of a test in C what it says of its translation. The error is `lacking` where
/// nothing is known of the test; else the order and the language do not fit.
Result<Prediction> Predict(const Litmus& litmus, Order order);

}  // namespace shmspec::order

namespace shmspec {
template <>
struct NamesOf<order::Order> {
  using O = order::Order;
  static constexpr std::array kNames{Named<O>{"sc", O::kSc}, Named<O>{"x86-tso", O::kX86Tso},
                                     Named<O>{"rc11", O::kRc11}, Named<O>{"armv8", O::kArmv8},
                                     Named<O>{"riscv", O::kRiscv}};
};
}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ORDER_PREDICTION_H_
