// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The templates of pattern.h. Include that.

#ifndef SHMSPEC_HARNESS_VOCABULARY_OUTCOME_PATTERN_RECORD_H_
#define SHMSPEC_HARNESS_VOCABULARY_OUTCOME_PATTERN_RECORD_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "harness/vocabulary/outcome/pattern.h"
#include "harness/vocabulary/value/check.h"
#include "harness/vocabulary/value/number.h"
#include "harness/vocabulary/value/wide_number.h"

namespace shmspec {

/// The number behind a field value, for the types that have an order; nullopt for strings and
/// lists.
template <class V>
constexpr std::optional<WideNumber> Ordinal(const V& value) {
  if constexpr (Numeric<V>) return WideNumber(NumberIn(value));
  return std::nullopt;
}

/// Sets a field value from a number, converted to its type; false for types without an order.
template <class V>
constexpr bool SetOrdinal(V& value, WideNumber number) {
  if constexpr (Numeric<V>) SetNumber(value, static_cast<NumberType<V>>(number));
  return Numeric<V>;
}

/// The lowest (or highest) number a field of type V can hold; 0 for types without an order.
template <class V>
constexpr WideNumber FieldLimit(bool highest) {
  if constexpr (Numeric<V>) {
    using Limits = std::numeric_limits<NumberType<V>>;
    return WideNumber(highest ? Limits::max() : Limits::min());
  }
  return 0;
}

template <class R>
R Lowest() {
  R record{};
  ForEachField<R>([&](const auto& field) {
    auto& value = record.*field.member;
    SetOrdinal(value, FieldLimit<std::remove_cvref_t<decltype(value)>>(false));
  });
  return record;
}

template <class R>
R Highest() {
  R record{};
  ForEachField<R>([&](const auto& field) {
    auto& value = record.*field.member;
    SetOrdinal(value, FieldLimit<std::remove_cvref_t<decltype(value)>>(true));
  });
  return record;
}

template <class R>
class RecordPattern {
 public:
  RecordPattern() : low_(Lowest<R>()), high_(Highest<R>()) {}

  /// Constrains a field to one value.
  RecordPattern With(std::string_view field, std::int64_t value) const {
    return With(field, value, value);
  }

  /// Constrains a field to a range, both ends included.
  RecordPattern With(std::string_view field, std::int64_t low, std::int64_t high) const {
    RecordPattern copy = *this;
    bool found = false;
    ForEachField<R>([&](const auto& declared) {
      if (declared.name != field) return;
      found = SetOrdinal(copy.low_.*declared.member, low) &&
              SetOrdinal(copy.high_.*declared.member, high);
    });
    SHMSPEC_CHECK(found, "a record pattern names a field that the record does not have");
    return copy;
  }

  /// Constrains a field to the process id of an actor or the value of a handle.
  RecordPattern With(std::string_view field, ActorRef actor) const {
    RecordPattern copy = *this;
    copy.symbols_.push_back({std::string(field), actor});
    return copy;
  }
  RecordPattern With(std::string_view field, Reference handle) const {
    RecordPattern copy = *this;
    copy.symbols_.push_back({std::string(field), handle});
    return copy;
  }

  operator Pattern() const {  // NOLINT: a record pattern is a pattern
    Alternative alternative;
    alternative.kind = Alternative::Kind::kRange;
    alternative.low = low_;
    alternative.high = high_;
    alternative.symbols = symbols_;
    return Pattern{{alternative}};
  }

 private:
  R low_;
  R high_;
  std::vector<Symbol> symbols_;
};

/// A record of which nothing is demanded yet: `Record().With("nattch", 2)` for a segment,
/// `Record<UsageRecord>()` and so on for the others.
template <class R = SegmentRecord>
RecordPattern<R> Record() {
  return {};
}

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_OUTCOME_PATTERN_RECORD_H_
