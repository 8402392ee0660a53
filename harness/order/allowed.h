// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// How a test may end under an order of memory: every way in which its loads may see stores and its
// stores may follow each other is looked at, and kept when the axioms of the order hold.

#ifndef SHMSPEC_HARNESS_ORDER_ALLOWED_H_
#define SHMSPEC_HARNESS_ORDER_ALLOWED_H_

#include <cstddef>
#include <string>
#include <vector>

#include "harness/order/litmus.h"
#include "harness/order/order_table.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec::order {

struct Allowed {
  std::vector<End> ends;     // sorted, each once
  std::size_t positive = 0;  // executions in which the proposition of the condition holds
  std::size_t negative = 0;  // the others
  /// Some execution has a data race, so that C allows everything.
  bool races = false;

  bool Has(const End& end) const;
};

/// The error says which bound the test exceeds. Values that depend on themselves are not looked at:
/// no order here allows any.
Result<Allowed> AllowedBy(const Axioms& axioms, const Litmus& test);

/// What herd7 says of a condition: whether it holds as it is quantified.
bool IsMet(Quantifier quantifier, bool any_positive, bool any_negative);

}  // namespace shmspec::order

#endif  // SHMSPEC_HARNESS_ORDER_ALLOWED_H_
