// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Instants as records have them: RFC 3339, in UTC, to a second.

#ifndef SHMSPEC_HARNESS_VOCABULARY_VALUE_INSTANT_H_
#define SHMSPEC_HARNESS_VOCABULARY_VALUE_INSTANT_H_

#include <cstdint>
#include <optional>
#include <string>

namespace shmspec {

/// Seconds since 1970, from a text such as `2026-09-01T12:30:00Z`; nullopt when it is none.
std::optional<std::int64_t> ParseInstant(const std::string& text);

/// The text that ParseInstant() reads as that.
std::string PrintInstant(std::int64_t instant_s);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_VALUE_INSTANT_H_
