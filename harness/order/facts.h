// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Well-known litmus tests with the published verdicts: whether an order of memory allows that a
// round ends so. Axioms are checked against them (facts_test.cc); of orders that are not known as
// axioms they are all there is.
//
//   x=1; y=1 | r0=y; r1=x      threads, as in harness/vocabulary/litmus/litmus.h
//   r0=swap(x,1)  add(x,1)     atomic exchange, atomic addition
//   x=1.rel  r0=y.acq          atomics of C: rlx, acq, rel, ar (acq_rel), sc; na is not atomic
//   fence  fence.sc            the strongest fence of a processor; a fence of C
//   x=r0                       stores what a register holds

#ifndef SHMSPEC_HARNESS_ORDER_FACTS_H_
#define SHMSPEC_HARNESS_ORDER_FACTS_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/order/litmus.h"
#include "harness/vocabulary/value/names.h"

namespace shmspec::order {

enum class Verdict : std::uint8_t {
  kSilent,  // nothing was published, or the test is in another language
  kForbidden,
  kAllowed,
  kUndefined,  // the test has a data race
};

}  // namespace shmspec::order

namespace shmspec {
template <>
struct NamesOf<order::Verdict> {
  using V = order::Verdict;
  static constexpr std::array kNames{
      Named<V>{"-", V::kSilent}, Named<V>{"forbidden", V::kForbidden},
      Named<V>{"allowed", V::kAllowed}, Named<V>{"undefined", V::kUndefined}};
};
}  // namespace shmspec

namespace shmspec::order {

/// By order. `arm` is Armv8 with DMB SY for a fence, `riscv` RVWMO with FENCE RW,RW.
struct Verdicts {
  Verdict sc = Verdict::kSilent;
  Verdict x86 = Verdict::kSilent;
  Verdict arm = Verdict::kSilent;
  Verdict riscv = Verdict::kSilent;
  Verdict rc11 = Verdict::kSilent;
};

struct Fact {
  std::string_view name;
  std::string_view threads;
  std::string_view end;  // `r0=1 x=2`
  Verdicts verdicts;
  std::string_view source;
};

/// Tests of instructions first, then tests in C.
const std::vector<Fact>& AllFacts();

/// The fact of that name, or null.
const Fact* FactNamed(std::string_view name);

/// The test as a file of herd's format; in C where it has atomics of C.
std::string LitmusTextOf(const Fact& fact);

/// The fact about a test that differs from it only in names and in the order of its threads: one in
/// instructions, or one in C with relaxed accesses and sequentially consistent fences only.
const Fact* FactAbout(const Litmus& test);

}  // namespace shmspec::order

#endif  // SHMSPEC_HARNESS_ORDER_FACTS_H_
