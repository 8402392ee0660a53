// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What the specification says of one call in one state: the checks that apply, and what a success
// must look like, each with the requirements it implements. There is one description, and three
// uses: judging an outcome that was seen, listing those that are allowed, and choosing one.
//
// The checks are a set: if two errors apply, either is allowed. A check that applies with kMust
// rules success out; one with kMay leaves it open.

#ifndef SHMSPEC_HARNESS_MODEL_LANGUAGE_CLAUSES_H_
#define SHMSPEC_HARNESS_MODEL_LANGUAGE_CLAUSES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/language/scene.h"
#include "harness/model/profile/says.h"
#include "harness/vocabulary/catalogue/requirement.h"
#include "harness/vocabulary/outcome/outcome.h"
#include "harness/vocabulary/outcome/pattern.h"
#include "harness/vocabulary/value/check.h"
#include "harness/vocabulary/value/wide_number.h"

namespace shmspec::model {

using Number = WideNumber;

/// A few requirements, by value.
class Requirements {
 public:
  static constexpr std::size_t kLimit = 6;

  constexpr Requirements() = default;
  constexpr Requirements(Requirement only) { Add(only); }  // NOLINT
  constexpr Requirements(std::initializer_list<Requirement> list) {
    for (const Requirement& requirement : list) Add(requirement);
  }

  constexpr void Add(Requirement requirement) {
    SHMSPEC_CHECK(count_ < kLimit, "too many requirements in one clause");
    list_[count_++] = requirement;
  }

  constexpr std::size_t size() const { return count_; }
  constexpr Requirement operator[](std::size_t i) const { return list_[i]; }
  void AppendTo(std::vector<Requirement>& list) const {
    for (std::size_t i = 0; i < count_; ++i) list.push_back((*this)[i]);
  }

 private:
  std::array<Requirement, kLimit> list_{};
  std::uint8_t count_ = 0;
};

/// kMust: success is ruled out. kUsually: a system is expected to fail, and may succeed. kMay:
/// either.
enum class Force : std::uint8_t { kMust, kUsually, kMay };

/// The force of a refusal that stands unless `may` is kYes.
constexpr Force ForceUnless(Says may) { return may == Says::kNo ? Force::kMust : Force::kMay; }

/// The offset of a fault that may be anywhere.
inline constexpr std::int64_t kAnyOffset = std::numeric_limits<std::int64_t>::min();

/// A way for the call to fail that applies in this state.
struct Refusal {
  enum class Kind : std::uint8_t { kFailure, kFault, kGone, kBlocks };
  Kind kind;
  Force force;
  FaultCode code;       // of a fault; kOther: any
  GoneHow how;          // of an end; kUnknown: any
  int number;           // errno, signal or exit code
  std::int64_t offset;  // of a fault, or kAnyOffset
  Requirements requirements;
  const char* why;
  bool here = false;        // the environment refuses, see Clauses::RefuseHere
  std::uint64_t limit = 0;  // with here: the limit that is reached, in bytes; 0: none
};

/// How records from before IPC_64 hold a number.
inline constexpr std::int64_t kOldRecordMask = 0xffff;
/// Whether they hold a uid or gid: those of users have no more bits on any system (users.h).
constexpr bool OldRecordsHold(std::uint32_t id) { return id <= kOldRecordMask || UserOf(id) != 0; }

/// What one field of the result must be: in a range, or one other value.
struct Bound {
  std::uint8_t field;  // position in kFields of the result
  bool has_other;
  Number low;
  Number high;
  Number other;
  ProcessSet processes;  // when not 0: the id of one of these, as the caller sees it
  Requirements requirements;
  const char* why;
  bool old_record = false;  // which holds 16 bits of the id of a process

  /// The id of a process as it is shown to the caller here.
  std::int64_t IdShown(const Scene& scene, std::uint8_t process) const {
    const std::int64_t id = scene.PidSeen(process);
    return old_record ? id & kOldRecordMask : id;
  }
};

struct Fresh;
struct Violation;

/// Settles what the specification leaves to the system. Each chapter derives an interface for what
/// it needs settled (SegmentChooser, AddressChooser); a model that plays the system derives from
/// all.
class Chooser {
 public:
  Chooser() = default;
  Chooser(const Chooser&) = delete;
  Chooser& operator=(const Chooser&) = delete;
  virtual ~Chooser() = default;
};

/// A result that the system picks: what is wrong with one, and how to pick one. A chapter makes it,
/// such as FreshAddress().
struct Fresh {
  /// The requirement that a picked value breaks, if any; null: any value will do.
  std::optional<Requirement> (*broken)(const Fresh& fresh, const Scene& scene,
                                       std::int64_t seen) = nullptr;
  /// The outcome of a success; null: the system picks nothing.
  Outcome (*pick)(const Fresh& fresh, const Scene& scene, Chooser& chooser) = nullptr;
  std::uint64_t size = 0;    // bytes of room that it needs
  std::int64_t wanted = -1;  // the value to prefer, or -1
};

/// Says in full what is wrong with a row that may not be there.
using RowExplanation = Violation (*)(const Scene& scene, const Outcome& outcome);

/// One row of a table, found by its identifying field.
struct Row {
  Number key = 0;  // id or address
  Force force = Force::kMust;
  Requirements requirements;  // that it is there
  std::vector<Bound> bounds;
  std::string name;                // what its string must be; empty: anything
  Requirements name_requirements;  // that it is so

  void Bind(std::uint8_t field, Number low, Number high, Requirements of, const char* why) {
    bounds.push_back({field, false, low, high, 0, 0, of, why});
  }
};

/// Index of a result type among the outcomes.
template <class R>
constexpr std::size_t kResult = AlternativeIndex<R, OutcomeVariant>::kValue;

/// Position of a field in its record, at compile time.
template <Declared R>
consteval std::uint8_t FieldIndex(std::string_view name) {
  std::uint8_t index = 0;
  std::uint8_t found = 255;
  ForEachField<R>([&](const auto& field) {
    if (field.name == name) found = index;
    ++index;
  });
  if (found == 255) throw "the record has no field of this name";
  return found;
}

class Clauses {
 public:
  void Reset();

  // --- saying what is allowed, used by the transitions -----------------------------------------

  /// If `applies`, the call may fail with the errno; with kMust it may not succeed.
  void Refuse(bool applies, int error, Force force, Requirements requirements, const char* why) {
    if (!applies) return;
    Add({Refusal::Kind::kFailure, force, FaultCode::kOther, GoneHow::kUnknown, error, kAnyOffset,
         requirements, why});
  }
  /// Like Refuse, for refusals by the environment (missing rights, resources used by others, rules
  /// of a container). A case that needs success is then UNSUPPORTED. `limit`: the one that is
  /// reached, in bytes.
  void RefuseHere(bool applies, int error, Force force, Requirements requirements, const char* why,
                  std::uint64_t limit = 0) {
    if (!applies) return;
    Add({Refusal::Kind::kFailure, force, FaultCode::kOther, GoneHow::kUnknown, error, kAnyOffset,
         requirements, why, true, limit});
  }
  /// Unless `may` is kYes, the call may fail with the errno; when it is kNo it may not succeed.
  void RefuseUnless(Says may, int error, Requirements requirements, const char* why) {
    Refuse(may != Says::kYes, error, ForceUnless(may), requirements, why);
  }
  /// Like RefuseUnless, for refusals by the environment; see RefuseHere.
  void RefuseHereUnless(Says may, int error, Requirements requirements, const char* why,
                        std::uint64_t limit = 0) {
    RefuseHere(may != Says::kYes, error, ForceUnless(may), requirements, why, limit);
  }
  /// The call raises a signal at `offset` bytes from its address, or at kAnyOffset.
  void Faults(int signal, FaultCode code, std::int64_t offset, Force force,
              Requirements requirements, const char* why) {
    Add({Refusal::Kind::kFault, force, code, GoneHow::kUnknown, signal, offset, requirements, why});
  }
  /// The actor is gone.
  void Ends(GoneHow how, int code, Force force, Requirements requirements, const char* why) {
    Add({Refusal::Kind::kGone, force, FaultCode::kOther, how, code, kAnyOffset, requirements, why});
  }
  /// The call does not return in this state, unless with a failure that it may have.
  void Blocks(Requirements requirements, const char* why) {
    Add({Refusal::Kind::kBlocks, Force::kMust, FaultCode::kOther, GoneHow::kUnknown, 0, kAnyOffset,
         requirements, why});
  }
  /// The call may also not return for a long time, or never.
  void MayBlock() { may_block_ = true; }
  /// What was said to refuse the call need not refuse it.
  void LetSucceed() {
    for (std::size_t i = 0; i < refusal_count_; ++i) refusals_[i].force = Force::kMay;
  }
  /// Any failure is allowed as well, because the specification is silent about it; with `here`,
  /// because of the environment and in these words, see RefuseHere.
  void AnyFailure(const char* here = nullptr) {
    any_failure_ = true;
    any_failure_here_ = here;
  }

  /// Success has a result of type R, and these requirements are what it means.
  template <class R>
  void Returns(Requirements requirements, const char* why) {
    result_ = kResult<R>;
    success_ = requirements;
    success_why_ = why;
  }
  /// Success has the value `number`.
  void ReturnsValue(Number number, Requirements requirements, const char* why) {
    Returns<Value>(requirements, why);
    Bind(0, number, number, requirements, why);
  }
  /// A field of the result lies between two numbers.
  Bound& Bind(std::uint8_t field, Number low, Number high, Requirements requirements,
              const char* why);
  /// Success gives a value that the system picks.
  void Picks(const Fresh& fresh, Requirements requirements) {
    fresh_ = fresh;
    fresh_requirements_ = requirements;
  }
  /// Adds a row to the table that a success returns.
  Row& AddRow(Number key, Force force, Requirements requirements);
  /// Rows that are not listed may appear.
  void AllowOtherRows() { other_rows_ = true; }
  /// What to say about a row that is not listed.
  void ExplainsOtherRows(RowExplanation explain) { explanation_ = explain; }
  /// Requirements that the effect of a success implements.
  void Effect(Requirements requirements) { effects_.push_back(requirements); }
  /// The call writes no memory of its caller's but the record that it fills in, and nothing at all
  /// when it fails.
  void WritesNothingElse(Requirements requirements, Requirements when_it_fails) {
    unwritten_ = requirements;
    unwritten_by_failure_ = when_it_fails;
  }
  /// The specification is silent; records what was seen.
  void Observe(const char* topic) { observed_ = topic; }

  // --- using what was said ---------------------------------------------------------------------

  bool MustFail() const;
  /// Whether Blocks() was said.
  bool IsBlocked() const;
  bool may_block() const { return may_block_; }
  std::span<const Refusal> refusals() const { return {refusals_.data(), refusal_count_}; }
  std::span<const Bound> bounds() const { return {bounds_.data(), bound_count_}; }
  std::span<const Row> rows() const { return {rows_.data(), row_count_}; }
  std::span<const Requirements> effects() const { return effects_; }
  std::size_t result() const { return result_; }
  const Requirements& success() const { return success_; }
  const char* success_why() const { return success_why_; }
  const Fresh& fresh() const { return fresh_; }
  const Requirements& fresh_requirements() const { return fresh_requirements_; }
  const Requirements& unwritten() const { return unwritten_; }
  const Requirements& unwritten_by_failure() const { return unwritten_by_failure_; }
  bool any_failure() const { return any_failure_; }
  const char* any_failure_here() const { return any_failure_here_; }
  bool other_rows() const { return other_rows_; }
  RowExplanation explanation() const { return explanation_; }
  const char* observed() const { return observed_; }

 private:
  void Add(const Refusal& refusal) {
    SHMSPEC_CHECK(refusal_count_ < refusals_.size(), "too many checks in one transition");
    refusals_[refusal_count_++] = refusal;
  }

  std::array<Refusal, 16> refusals_;
  std::array<Bound, 20> bounds_;
  std::size_t refusal_count_ = 0;
  std::size_t bound_count_ = 0;
  std::vector<Row> rows_;
  std::size_t row_count_ = 0;
  std::vector<Requirements> effects_;
  std::size_t result_ = kResult<Value>;
  Requirements success_;
  const char* success_why_ = "";
  Fresh fresh_;
  Requirements fresh_requirements_;
  Requirements unwritten_;
  Requirements unwritten_by_failure_;
  bool may_block_ = false;
  bool any_failure_ = false;
  const char* any_failure_here_ = nullptr;
  bool other_rows_ = false;
  RowExplanation explanation_ = nullptr;
  const char* observed_ = nullptr;
};

/// One allowed outcome, in a form for reports.
struct Allowed {
  Pattern pattern;
  std::vector<Requirement> requirements;
  std::string why;
};

/// Whether the outcome is allowed. Does not allocate unless the outcome is a table.
bool Allows(const Clauses& clauses, const Scene& scene, const Outcome& outcome);

/// The requirements that a forbidden outcome violates, as few as explain it, and one line that
/// describes it.
struct Violation {
  std::vector<Requirement> requirements;
  std::string message;
};
Violation Explain(const Clauses& clauses, const Scene& scene, const Outcome& outcome);

/// Everything that is allowed: the refusals in the order in which they were said, then any failure
/// and then success, where these are allowed. Allows() an outcome exactly if some pattern matches
/// it, except in what patterns leave open: the rows of a table, what a tool prints, and which
/// values the system may not pick. There a pattern may match an outcome that is forbidden.
std::vector<Allowed> AllowedOutcomes(const Clauses& clauses, const Scene& scene);

/// The requirements that an allowed outcome has shown to hold.
template <class Visit>
void ForEachTouched(const Clauses& clauses, const Outcome& outcome, Visit&& visit) {
  const auto each = [&](const Requirements& requirements) {
    for (std::size_t i = 0; i < requirements.size(); ++i) visit(requirements[i]);
  };
  if (const auto* failure = std::get_if<Failure>(&outcome)) {
    each(clauses.unwritten_by_failure());
    for (const Refusal& refusal : clauses.refusals()) {
      if (refusal.kind == Refusal::Kind::kFailure && refusal.number == failure->error.number) {
        each(refusal.requirements);
      }
    }
  } else if (Succeeded(outcome)) {
    each(clauses.success());
    each(clauses.unwritten());
    each(clauses.fresh_requirements());
    for (const Bound& bound : clauses.bounds()) each(bound.requirements);
    for (const Row& row : clauses.rows()) each(row.requirements);
    for (const Requirements& effect : clauses.effects()) each(effect);
  } else {
    for (const Refusal& refusal : clauses.refusals()) each(refusal.requirements);
  }
}

/// Why the environment refused the call, in words; nothing when it did not, or when shared memory
/// may have refused it too.
std::optional<std::string> RefusedByEnvironment(const Clauses& clauses, const Outcome& outcome);

/// An allowed outcome: the first mandatory error, otherwise the success with the values that the
/// chooser picks and the lowest of those left open.
Outcome Choose(const Clauses& clauses, const Scene& scene, Chooser& chooser);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_LANGUAGE_CLAUSES_H_
