// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The text form of patterns, see pattern.h.

#ifndef SHMSPEC_HARNESS_VOCABULARY_FORM_TEXT_PATTERN_H_
#define SHMSPEC_HARNESS_VOCABULARY_FORM_TEXT_PATTERN_H_

#include <string>

#include "harness/vocabulary/form/text_value.h"
#include "harness/vocabulary/outcome/pattern.h"

namespace shmspec::text {

void PrintAlternatives(std::string& out, const Pattern& pattern, Actors actors);
bool ParseAlternatives(Cursor& cursor, Pattern& pattern, Actors actors);

/// What was seen: a number, an error, or a record of which fields may be left out.
bool ParseOutcome(Cursor& cursor, Outcome& outcome, Actors actors);

}  // namespace shmspec::text

#endif  // SHMSPEC_HARNESS_VOCABULARY_FORM_TEXT_PATTERN_H_
