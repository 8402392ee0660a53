// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/order/prediction.h"

#include <fmt/format.h>

namespace shmspec::order {
namespace {

/// The axioms of an order, or null.
const Axioms* AxiomsOf(Order order) {
  static const Axioms kSc(SequentialConsistency());
  static const Axioms kTso(X86Tso());
  static const Axioms kC(Rc11());
  switch (order) {
    case Order::kSc:
      return &kSc;
    case Order::kX86Tso:
      return &kTso;
    case Order::kRc11:
      return &kC;
    case Order::kArmv8:
    case Order::kRiscv:
      break;
  }
  return nullptr;
}

}  // namespace

Order UsualFor(Language language) {
  return language == Language::kC ? Order::kRc11 : Order::kX86Tso;
}

bool Prediction::Forbids(const Litmus& litmus, const End& end) const {
  if (allowed) return !allowed->Has(end);
  return verdict == Verdict::kForbidden && Holds(litmus, end);
}

Result<Prediction> Predict(const Litmus& litmus, Order order) {
  Prediction prediction{.order = order};
  if (order == Order::kRc11 && litmus.language != Language::kC) {
    return Error{"rc11 is the order of C and says nothing of instructions; choose x86-tso or sc"};
  }
  if (const Axioms* axioms = AxiomsOf(order)) {
    Result<Allowed> allowed = AllowedBy(*axioms, order == Order::kX86Tso ? OnX86(litmus) : litmus);
    if (!allowed.ok()) return Error{allowed.error().message, true};
    prediction.allowed = *std::move(allowed);
    return prediction;
  }
  prediction.fact = FactAbout(litmus);
  if (prediction.fact != nullptr) {
    const Verdicts& verdicts = prediction.fact->verdicts;
    prediction.verdict = order == Order::kArmv8 ? verdicts.arm : verdicts.riscv;
  }
  if (prediction.verdict == Verdict::kSilent) {
    return Error{fmt::format("of {} only the verdicts on classic tests are known, and this is not "
                             "among them",
                             NameOf(order)),
                 true};
  }
  return prediction;
}

}  // namespace shmspec::order
