// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Which outcomes are meant: by a case that states what it expects, and by the model that says what
// is allowed. One type for both, so that a report can set them side by side.
//
//   0                         this value                EINVAL|EIDRM      one of two errors
//   ok                        any success               !s0               any value but that of s0
//   1..3                      a value in this range     fault{signal=SIGSEGV code=ACCERR}
//   segment{nattch=2 lpid=b}  a record with these fields; an actor stands for its process id
//   any                       whatever it was

#ifndef SHMSPEC_HARNESS_VOCABULARY_OUTCOME_PATTERN_H_
#define SHMSPEC_HARNESS_VOCABULARY_OUTCOME_PATTERN_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/vocabulary/outcome/outcome.h"

namespace shmspec {

/// A record field that must equal something known only when the plan has run.
struct Symbol {
  static constexpr std::string_view kName = "symbol";
  std::string field;                         // "" for the number of a Value
  std::variant<Reference, ActorRef> stands;  // the value of a handle, or the process id of an actor
  static constexpr auto kFields =
      Fields(Field{"field", &Symbol::field}, Field{"stands", &Symbol::stands});
  friend bool operator==(const Symbol& a, const Symbol& b);
};

/// One alternative of a pattern.
struct Alternative {
  static constexpr std::string_view kName = "alternative";
  enum class Kind : std::uint8_t { kAny, kSuccess, kRange };

  Kind kind = Kind::kAny;
  bool negated = false;
  /// For kRange: outcomes of the same type; every field must lie between the two, both included.
  /// A field at its type's full range is unconstrained and is not printed.
  Outcome low;
  Outcome high;
  std::vector<Symbol> symbols;

  static constexpr auto kFields =
      Fields(Field{"kind", &Alternative::kind}, Field{"negated", &Alternative::negated},
             Field{"low", &Alternative::low}, Field{"high", &Alternative::high},
             Field{"symbols", &Alternative::symbols});
  friend bool operator==(const Alternative& a, const Alternative& b);
};

template <>
struct NamesOf<Alternative::Kind> {
  using Kind = Alternative::Kind;
  static constexpr std::array kNames{Named<Kind>{"any", Kind::kAny},
                                     Named<Kind>{"success", Kind::kSuccess},
                                     Named<Kind>{"range", Kind::kRange}};
};

/// A set of alternatives; the empty pattern matches nothing.
struct Pattern {
  static constexpr std::string_view kName = "pattern";
  std::vector<Alternative> alternatives;
  static constexpr auto kFields = Fields(Field{"alternatives", &Pattern::alternatives});
  friend bool operator==(const Pattern& a, const Pattern& b);
};

/// What symbols stand for in one run. nullopt when the handle was never given a value or the actor
/// never lived; a symbol without a value matches nothing.
struct Bindings {
  std::function<std::optional<std::int64_t>(const Reference&)> value;
  std::function<std::optional<std::int64_t>(ActorRef)> pid;
};

/// Patterns for the common cases.
Pattern AnyOutcome();
Pattern Success();
Pattern Exactly(Outcome outcome);
Pattern Exactly(std::int64_t value);
Pattern Between(Outcome low, Outcome high);
Pattern Fails(int error);
Pattern ValueOf(Reference handle);     // a Value equal to what the handle holds
Pattern NotValueOf(Reference handle);  // a Value, and a different one
Pattern operator|(Pattern a, const Pattern& b);

/// A record pattern in which only the fields named later are constrained:
///   Record<SegmentRecord>().With("nattch", 2).With("lpid", b)
template <class R>
class RecordPattern;

/// Whether `outcome` is one of those meant.
bool Matches(const Pattern& pattern, const Outcome& outcome, const Bindings& bindings);

/// An outcome of type R with every field at its lowest or highest value.
template <class R>
R Lowest();
template <class R>
R Highest();

}  // namespace shmspec

#include "harness/vocabulary/outcome/pattern_record.h"  // IWYU pragma: export

#endif  // SHMSPEC_HARNESS_VOCABULARY_OUTCOME_PATTERN_H_
