// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The reader of plans, line by line. Readers of what is more than a plan add to it.

#ifndef SHMSPEC_HARNESS_VOCABULARY_FORM_PLAN_PARSER_H_
#define SHMSPEC_HARNESS_VOCABULARY_FORM_PLAN_PARSER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/vocabulary/form/text_value.h"
#include "harness/vocabulary/plan/plan.h"
#include "harness/vocabulary/value/page.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec::text {

class PlanParser {
 public:
  PlanParser() = default;
  PlanParser(const PlanParser&) = delete;
  PlanParser& operator=(const PlanParser&) = delete;
  virtual ~PlanParser() = default;

  /// Reads the whole text and checks that the plan can be performed (FindFlaw); nothing when all is
  /// well.
  std::optional<Error> Read(std::string_view text, std::string_view file);

  const Plan& plan() const { return plan_; }
  Plan Take() { return std::move(plan_); }

 protected:
  /// Reads a line of a kind that plans do not have; nothing when it is none. As everywhere here,
  /// false leaves the reason in the cursor.
  virtual std::optional<bool> Other(Cursor& cursor);
  /// Reads what follows a step or a join, the last of plan().steps, on its line.
  virtual bool Behind(Cursor& cursor);

  /// Takes the word and the space behind it at the beginning of a line. An actor may have that
  /// name.
  static bool AcceptWord(Cursor& cursor, std::string_view word);
  static bool End(Cursor& cursor);
  /// The number of the line that is read, from 1.
  std::uint32_t line() const { return line_; }
  /// What `1p` is on the lines that follow, in bytes.
  void SetPage(std::uint64_t page) { page_ = page; }
  /// Whether a line above has a number in pages.
  bool took_pages() const { return took_pages_; }

 private:
  /// Reads one line; false leaves the reason in the cursor.
  bool Line(Cursor& cursor);
  bool Name(Cursor& cursor);
  bool Cites(Cursor& cursor);
  bool Declares(Cursor& cursor);
  bool OpensRace(Cursor& cursor);
  bool ClosesRace(Cursor& cursor);
  bool Joins(Cursor& cursor);
  bool Steps(Cursor& cursor);
  bool ParseOperation(Cursor& cursor, Operation& operation);
  bool Expectation(Cursor& cursor, Step& step);

  Plan plan_;
  std::uint32_t line_ = 0;
  std::uint64_t page_ = Units().page;
  bool took_pages_ = false;
  bool racing_ = false;
  std::uint16_t races_ = 0;
};

/// Reads ` field=value` up to the end of the line or an arrow.
bool ParseFields(Cursor& cursor, const StructToRead& to, std::vector<std::string>& seen,
                 Actors actors);

/// `FILE:LINE:COLUMN: message`.
Error ErrorAt(std::string_view file, std::size_t line, std::size_t column,
              std::string_view message);

}  // namespace shmspec::text

#endif  // SHMSPEC_HARNESS_VOCABULARY_FORM_PLAN_PARSER_H_
