// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The templates of pattern.h. Include that.

#ifndef SHMSPEC_HARNESS_VOCABULARY_PATTERN_RECORD_H_
#define SHMSPEC_HARNESS_VOCABULARY_PATTERN_RECORD_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "harness/vocabulary/check.h"
#include "harness/vocabulary/pattern.h"

namespace shmspec {

/// The number behind a field value, for the types that have an order; nullopt for strings and
/// lists.
template <class V>
constexpr std::optional<__int128> Ordinal(const V& value) {
  if constexpr (std::is_same_v<V, bool>) {
    return value ? 1 : 0;
  } else if constexpr (std::is_integral_v<V>) {
    return static_cast<__int128>(value);
  } else if constexpr (std::is_enum_v<V>) {
    return static_cast<__int128>(static_cast<std::underlying_type_t<V>>(value));
  } else if constexpr (requires { value.number; }) {
    return static_cast<__int128>(value.number);
  } else if constexpr (requires { value.bits; }) {
    return static_cast<__int128>(value.bits);
  } else if constexpr (requires { value.bytes; }) {
    return static_cast<__int128>(value.bytes);
  } else {
    return std::nullopt;
  }
}

/// Sets a field value from a number, clamped to its type by conversion.
template <class V>
constexpr bool SetOrdinal(V& value, __int128 number) {
  if constexpr (std::is_same_v<V, bool>) {
    value = number != 0;
  } else if constexpr (std::is_integral_v<V>) {
    value = static_cast<V>(number);
  } else if constexpr (std::is_enum_v<V>) {
    value = static_cast<V>(static_cast<std::underlying_type_t<V>>(number));
  } else if constexpr (requires { value.number; }) {
    value.number = static_cast<decltype(value.number)>(number);
  } else if constexpr (requires { value.bits; }) {
    value.bits = static_cast<decltype(value.bits)>(number);
  } else if constexpr (requires { value.bytes; }) {
    value.bytes = static_cast<decltype(value.bytes)>(number);
  } else {
    return false;
  }
  return true;
}

/// The lowest (or highest) number a field of type V can hold; 0 for types without an order.
template <class V>
constexpr __int128 FieldLimit(bool highest) {
  const auto limit = [highest]<class N>(N) -> __int128 {
    return highest ? static_cast<__int128>(std::numeric_limits<N>::max())
                   : static_cast<__int128>(std::numeric_limits<N>::min());
  };
  if constexpr (std::is_integral_v<V>) {
    return limit(V{});
  } else if constexpr (std::is_enum_v<V>) {
    return limit(std::underlying_type_t<V>{});
  } else if constexpr (requires(V v) { v.number; }) {
    return limit(decltype(V{}.number){});
  } else if constexpr (requires(V v) { v.bits; }) {
    return limit(decltype(V{}.bits){});
  } else if constexpr (requires(V v) { v.bytes; }) {
    return limit(decltype(V{}.bytes){});
  } else {
    return 0;
  }
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

#endif  // SHMSPEC_HARNESS_VOCABULARY_PATTERN_RECORD_H_
