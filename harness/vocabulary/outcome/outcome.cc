// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/outcome/outcome.h"

namespace shmspec {

Outcome::Outcome() = default;

template <class Record>
requires(AlternativeIndex<Record, OutcomeVariant>::kValue !=
         static_cast<std::size_t>(-1)) Outcome::Outcome(Record record)
    : OutcomeVariant(std::in_place_type<Record>, std::move(record)) {}

#define SHMSPEC_MAKE_OUTCOME(Record) template Outcome::Outcome(Record record);
SHMSPEC_OUTCOMES(SHMSPEC_MAKE_OUTCOME)
#undef SHMSPEC_MAKE_OUTCOME

Outcome::Outcome(const Outcome& other) = default;
Outcome::Outcome(Outcome&& other) noexcept = default;
Outcome& Outcome::operator=(const Outcome& other) = default;
Outcome& Outcome::operator=(Outcome&& other) noexcept = default;
Outcome::~Outcome() = default;

bool operator==(const Outcome& a, const Outcome& b) {
  return static_cast<const OutcomeVariant&>(a) == static_cast<const OutcomeVariant&>(b);
}

bool Succeeded(const Outcome& outcome) {
  return !std::holds_alternative<Failure>(outcome) && !std::holds_alternative<Fault>(outcome) &&
         !std::holds_alternative<Gone>(outcome) && !std::holds_alternative<Trouble>(outcome) &&
         !std::holds_alternative<StrayWrite>(outcome);
}

}  // namespace shmspec
