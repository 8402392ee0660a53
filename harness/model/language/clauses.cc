// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/language/clauses.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "harness/model/language/judgement.h"
#include "harness/vocabulary/outcome/litmus_outcome.h"
#include "harness/vocabulary/value/wrapping.h"

namespace shmspec::model {

using namespace shmspec::literals;

void Clauses::Reset() {
  refusal_count_ = 0;
  bound_count_ = 0;
  row_count_ = 0;
  effects_.clear();
  result_ = kResult<Value>;
  success_ = {};
  success_why_ = "";
  fresh_ = {};
  fresh_requirements_ = {};
  explanation_ = nullptr;
  unwritten_ = {};
  unwritten_by_failure_ = {};
  may_block_ = false;
  any_failure_ = false;
  any_failure_here_ = nullptr;
  other_rows_ = false;
  observed_ = nullptr;
}

Bound& Clauses::Bind(std::uint8_t field, Number low, Number high, Requirements requirements,
                     const char* why) {
  SHMSPEC_CHECK(bound_count_ < bounds_.size(), "too many bounds in one transition");
  Bound& bound = bounds_[bound_count_++];
  bound = {field, false, low, high, 0, 0, requirements, why};
  return bound;
}

Row& Clauses::AddRow(Number key, Force force, Requirements requirements) {
  if (row_count_ == rows_.size()) rows_.emplace_back();
  Row& row = rows_[row_count_++];
  row.key = key;
  row.force = force;
  row.requirements = requirements;
  row.bounds.clear();
  row.name.clear();
  row.name_requirements = {};
  return row;
}

bool Clauses::MustFail() const {
  return std::any_of(refusals().begin(), refusals().end(),
                     [](const Refusal& refusal) { return refusal.force == Force::kMust; });
}

bool Clauses::IsBlocked() const {
  return std::any_of(refusals().begin(), refusals().end(),
                     [](const Refusal& refusal) { return refusal.kind == Refusal::Kind::kBlocks; });
}

namespace {

/// Whether a tool printed the words of the errno, in the locale C; only those that say that a call
/// is missing or forbidden.
bool Prints(std::string_view output, int error) {
  const auto has = [output](std::string_view words) {
    return output.find(words) != std::string_view::npos;
  };
  if (error == ENOSYS) return has("Function not implemented") || has("kernel not configured");
  if (error == EPERM) return has("Operation not permitted") || has("permission denied");
  return false;
}

}  // namespace

bool IsMeant(const Refusal& refusal, const Outcome& outcome) {
  switch (refusal.kind) {
    case Refusal::Kind::kFailure: {
      if (const auto* tool = std::get_if<ToolResult>(&outcome)) {
        return refusal.here && tool->status != 0 && Prints(tool->output, refusal.number);
      }
      const auto* failure = std::get_if<Failure>(&outcome);
      return failure != nullptr && failure->error.number == refusal.number;
    }
    case Refusal::Kind::kFault: {
      const auto* fault = std::get_if<Fault>(&outcome);
      return fault != nullptr && fault->signal.number == refusal.number &&
             (refusal.code == FaultCode::kOther || fault->code == refusal.code) &&
             (refusal.offset == kAnyOffset || fault->offset == refusal.offset);
    }
    case Refusal::Kind::kGone: {
      const auto* gone = std::get_if<Gone>(&outcome);
      return gone != nullptr &&
             (refusal.how == GoneHow::kUnknown || gone->how == GoneHow::kUnknown ||
              (gone->how == refusal.how && gone->code == refusal.number));
    }
    case Refusal::Kind::kBlocks:
      break;  // it has no outcome
  }
  return false;
}

bool Holds(const Bound& bound, const Scene& scene, Number seen) {
  if (bound.has_other && seen == bound.other) return true;
  if (bound.processes == 0) return bound.low <= seen && seen <= bound.high;
  if ((bound.processes & kForeignProcess) != 0) return true;
  if ((bound.processes & kNoProcess) != 0 && seen == 0) return true;
  for (std::uint8_t i = 0; i < ActorRef::kLimit; ++i) {
    if ((bound.processes & OnlyProcess(i)) != 0 && seen == bound.IdShown(scene, i)) return true;
  }
  return false;
}

std::optional<Requirement> BrokenByFresh(const Clauses& clauses, const Scene& scene,
                                         const Outcome& outcome) {
  const Fresh& fresh = clauses.fresh();
  const auto* value = std::get_if<Value>(&outcome);
  if (fresh.broken == nullptr || value == nullptr) return std::nullopt;
  return fresh.broken(fresh, scene, value->number);
}

std::array<Number, kMostFields> NumbersOf(const Outcome& outcome) {
  std::array<Number, kMostFields> numbers{};
  std::size_t count = 0;
  std::visit(
      [&]<class R>(const R& record) {
        ForEachField<R>([&](const auto& field) {
          const auto number = Ordinal(record.*field.member);
          numbers[count++] = number ? *number : 0;
        });
      },
      outcome);
  return numbers;
}

namespace {

template <class R>
std::vector<Number> NumbersOfRow(const R& row) {
  std::vector<Number> numbers;
  ForEachField<R>(
      [&](const auto& field) { numbers.push_back(Ordinal(row.*field.member).value_or(0)); });
  return numbers;
}

Number KeyOf(const SegmentRow& row) { return row.id; }
Number KeyOf(const MappingRow& row) { return row.at; }
Number KeyOf(const EndingRow& row) { return KeyOfEnding(EndingOf(row)); }

std::int64_t CountOf(const Histogram& histogram) {
  std::int64_t count = 0;
  for (const EndingRow& row : histogram.rows) count = WrappingSum(count, row.count);
  return count;
}

template <class R>
bool CheckRows(const Clauses& clauses, const Scene& scene, const std::vector<R>& rows,
               RowTrouble& trouble) {
  std::vector<bool> used(clauses.rows().size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::vector<Number> numbers = NumbersOfRow(rows[i]);
    const Number key = KeyOf(rows[i]);
    const auto listed = std::find_if(clauses.rows().begin(), clauses.rows().end(),
                                     [&](const Row& row) { return row.key == key; });
    if (listed == clauses.rows().end()) {
      if (clauses.other_rows()) continue;
      trouble = {RowTrouble::Kind::kExtra, nullptr, nullptr, key, 0};
      return false;
    }
    const auto index = static_cast<std::size_t>(listed - clauses.rows().begin());
    if (used[index]) {
      trouble = {RowTrouble::Kind::kTwice, &*listed, nullptr, listed->key, 0};
      return false;
    }
    used[index] = true;
    if constexpr (requires { rows[i].name; }) {
      if (!listed->name.empty() && listed->name != rows[i].name) {
        trouble = {RowTrouble::Kind::kName, &*listed, nullptr, listed->key, 0};
        return false;
      }
    }
    for (const Bound& bound : listed->bounds) {
      if (Holds(bound, scene, numbers[bound.field])) continue;
      trouble = {RowTrouble::Kind::kField, &*listed, &bound, listed->key, numbers[bound.field]};
      return false;
    }
  }
  for (std::size_t i = 0; i < used.size(); ++i) {
    const Row& row = clauses.rows()[i];
    if (used[i] || row.force == Force::kMay) continue;
    trouble = {RowTrouble::Kind::kMissing, &row, nullptr, row.key, 0};
    return false;
  }
  return true;
}

}  // namespace

bool RowsHold(const Clauses& clauses, const Scene& scene, const Outcome& outcome,
              RowTrouble& trouble) {
  if (const auto* table = std::get_if<SegmentTable>(&outcome)) {
    return CheckRows(clauses, scene, table->rows, trouble);
  }
  if (const auto* table = std::get_if<MappingTable>(&outcome)) {
    return CheckRows(clauses, scene, table->rows, trouble);
  }
  if (const auto* histogram = std::get_if<Histogram>(&outcome)) {
    const std::int64_t counted = CountOf(*histogram);
    if (!clauses.other_rows() && counted != histogram->rounds) {
      trouble = {RowTrouble::Kind::kSum, nullptr, nullptr, 0, counted};
      return false;
    }
    return CheckRows(clauses, scene, histogram->rows, trouble);
  }
  return true;
}

namespace {

/// A tool that should print something and instead printed why it could not, or that reports a
/// failure where any is allowed.
bool ToolFailed(const Clauses& clauses, const Outcome& outcome) {
  const auto* tool = std::get_if<ToolResult>(&outcome);
  if (tool == nullptr) return false;
  return clauses.result() != kResult<ToolResult> || (tool->status != 0 && clauses.any_failure());
}

}  // namespace

std::optional<std::string> RefusedByEnvironment(const Clauses& clauses, const Outcome& outcome) {
  const auto* tool = std::get_if<ToolResult>(&outcome);
  const bool failed = std::holds_alternative<Failure>(outcome) || ToolFailed(clauses, outcome) ||
                      (tool != nullptr && tool->status != 0);
  if (!failed) return std::nullopt;
  std::optional<std::string> why;
  if (clauses.any_failure_here() != nullptr) why = clauses.any_failure_here();
  for (const Refusal& refusal : clauses.refusals()) {
    if (!IsMeant(refusal, outcome)) continue;
    if (!refusal.here) return std::nullopt;
    why = refusal.why;
    if (refusal.limit != 0) *why += fmt::format(" ({} MB)", refusal.limit >> 20);
  }
  return why;
}

bool Allows(const Clauses& clauses, const Scene& scene, const Outcome& outcome) {
  if (std::holds_alternative<ToolResult>(outcome) && !RunsTool(*scene.call().operation)) {
    return false;
  }
  bool must_fail = false;
  for (const Refusal& refusal : clauses.refusals()) {
    if (IsMeant(refusal, outcome)) return true;
    must_fail = must_fail || refusal.force == Force::kMust;
  }
  if (std::holds_alternative<Failure>(outcome) || ToolFailed(clauses, outcome)) {
    return clauses.any_failure();
  }
  if (must_fail || outcome.index() != clauses.result()) return false;
  const std::array<Number, kMostFields> numbers = NumbersOf(outcome);
  for (const Bound& bound : clauses.bounds()) {
    if (!Holds(bound, scene, numbers[bound.field])) return false;
  }
  if (BrokenByFresh(clauses, scene, outcome)) return false;
  RowTrouble trouble;
  return RowsHold(clauses, scene, outcome, trouble);
}

}  // namespace shmspec::model
