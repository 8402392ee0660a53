// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Orders of memory as tables of axioms. An execution of a test is a set of events with relations
// between them; an order allows it when every axiom of its table holds. Another order is one more
// table.
//
// Expressions are written as in the literature:
//
//   a | b   a & b   a \ b     union, intersection, difference
//   a ; b                     a step of a, then one of b
//   a^-1  a+  a*  a?          inverse; one step or more; any number; one or none
//   [W]  [W & SC]             a set of events, as the relation of each to itself
//
// From the weakest binding to the strongest: |  ;  \  &  and what stands behind an expression.
//
// Relations that every execution has: po (the order of the program; what memory holds at first is
// before everything), rf (from a store to the loads that see it), co (the order of the stores to a
// location), fr (from a load to the stores behind the one that it saw), rmw (from the load of an
// atomic exchange or addition to its store), loc (of the same location), ext (of different
// threads). Sets: R, W, F (fences), M (R and W), X (R and W of atomic exchanges), A (atomic in C),
// and by what they promise: ACQ, REL, SC, each with all that promise more.

#ifndef SHMSPEC_HARNESS_ORDER_ORDER_TABLE_H_
#define SHMSPEC_HARNESS_ORDER_ORDER_TABLE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "harness/order/litmus.h"
#include "harness/order/relation.h"

namespace shmspec::order {

/// What an execution is made of.
enum class Base : std::uint8_t {
  kPo,
  kRf,
  kCo,
  kFr,
  kRmw,
  kLoc,
  kExt,  // relations
  kR,
  kW,
  kF,
  kM,
  kX,
  kA,
  kAcquires,
  kReleases,
  kSequential  // sets
};
}  // namespace shmspec::order

namespace shmspec {
template <>
struct NamesOf<order::Base> {
  using B = order::Base;
  static constexpr std::array kNames{
      Named<B>{"po", B::kPo},        Named<B>{"rf", B::kRf},        Named<B>{"co", B::kCo},
      Named<B>{"fr", B::kFr},        Named<B>{"rmw", B::kRmw},      Named<B>{"loc", B::kLoc},
      Named<B>{"ext", B::kExt},      Named<B>{"R", B::kR},          Named<B>{"W", B::kW},
      Named<B>{"F", B::kF},          Named<B>{"M", B::kM},          Named<B>{"X", B::kX},
      Named<B>{"A", B::kA},          Named<B>{"ACQ", B::kAcquires}, Named<B>{"REL", B::kReleases},
      Named<B>{"SC", B::kSequential}};
};
}  // namespace shmspec

namespace shmspec::order {

inline constexpr std::size_t kBases = NamesOf<Base>::kNames.size();

/// The relations of one execution, by Base.
using Execution = std::array<Relation, kBases>;

/// A name for an expression, which those behind it may use.
struct Definition {
  std::string_view name;
  std::string_view relation;
};

enum class Must : std::uint8_t { kBeAcyclic, kBeIrreflexive, kBeEmpty };

struct Axiom {
  std::string_view name;
  Must must = Must::kBeAcyclic;
  std::string_view relation;
};

struct OrderTable {
  std::string_view name;    // `x86-tso`
  std::string_view about;   // one line
  std::string_view source;  // where it was published
  std::vector<Definition> definitions;
  std::vector<Axiom> axioms;
  /// Where an allowed execution has a step of this, everything is allowed: a data race in C. Empty:
  /// there are none.
  std::string_view race = "";
};

const OrderTable& SequentialConsistency();
const OrderTable& X86Tso();
const OrderTable& Rc11();

/// A table, ready to be asked. A mistake in one of its expressions is the programmer's.
class Axioms {
 public:
  explicit Axioms(const OrderTable& table);

  /// Whether the execution keeps every axiom, and whether it has a race.
  struct Verdict {
    bool allowed = false;
    bool races = false;
  };
  Verdict Judge(const Execution& execution) const;

 private:
  /// An expression for a machine with a stack.
  struct Part {
    enum class Kind : std::uint8_t {
      kBase,
      kDefined,
      kUnion,
      kBoth,
      kMinus,
      kThen,
      kInverse,
      kPlus,
      kStar,
      kOptional
    };
    Kind kind;
    std::size_t index = 0;  // of a base or a definition
  };
  using Expression = std::vector<Part>;
  class Compiler;

  Relation Value(const Expression& expression, const Execution& execution,
                 std::span<const Relation> defined) const;

  std::vector<Expression> definitions_;
  struct Rule {
    Must must;
    Expression expression;
  };
  std::vector<Rule> rules_;
  Expression race_;
};

}  // namespace shmspec::order

#endif  // SHMSPEC_HARNESS_ORDER_ORDER_TABLE_H_
