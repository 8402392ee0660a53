// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The result of something the harness itself tried: a value, or one line that says what went wrong
// and what to do. (GCC 12 has no std::expected.)
//
//   Result<Plan> plan = ParsePlan(text, "race.plan");
//   if (!plan.ok()) return Complain(plan.error());

#ifndef SHMSPEC_HARNESS_VOCABULARY_VALUE_RESULT_H_
#define SHMSPEC_HARNESS_VOCABULARY_VALUE_RESULT_H_

#include <string>
#include <utility>
#include <variant>

#include "harness/vocabulary/value/check.h"

namespace shmspec {

/// Why something could not be done, in one line for people. `lacking`: because this system does not
/// offer it, which makes a case UNSUPPORTED rather than UNRESOLVED.
struct Error {
  std::string message;
  bool lacking = false;
  friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool ok() const { return state_.index() == 0; }
  const Error& error() const {
    SHMSPEC_CHECK(!ok(), "asked for the error of a result that has a value");
    return *std::get_if<1>(&state_);
  }
  T& value() & {
    CheckOk();
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    CheckOk();
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    CheckOk();
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  void CheckOk() const { SHMSPEC_CHECK(ok(), "asked for the value of a failed result"); }

  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool ok() const { return state_.index() == 0; }
  const Error& error() const {
    SHMSPEC_CHECK(!ok(), "asked for the error of a result that has a value");
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<std::monostate, Error> state_;
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_VALUE_RESULT_H_
