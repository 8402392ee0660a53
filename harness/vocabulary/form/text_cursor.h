// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Reads one line of text from left to right and remembers where and why it stopped.

#ifndef SHMSPEC_HARNESS_VOCABULARY_FORM_TEXT_CURSOR_H_
#define SHMSPEC_HARNESS_VOCABULARY_FORM_TEXT_CURSOR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/vocabulary/value/page.h"

namespace shmspec::text {

/// A whole number as written: decimal, 0x hexadecimal or 0 octal, with an optional minus; or pages,
/// `2p`, with or without a number of bytes behind them, `2p+1`, `2p-8`.
struct Number {
  bool negative = false;
  std::uint64_t magnitude = 0;
};

/// Once something failed, the first failure stays and everything after it fails too, so that
/// callers may check only at the end.
class Cursor {
 public:
  /// `page`: what `1p` is, in bytes.
  explicit Cursor(std::string_view line, std::uint64_t page = Units().page)
      : line_(line), page_(page) {}

  bool ok() const { return !message_; }
  const std::string& message() const { return *message_; }
  /// Column of the failure, from 1.
  std::size_t column() const { return failed_at_ + 1; }

  std::size_t position() const { return at_; }
  bool AtEnd() const { return at_ == line_.size(); }
  char Peek() const { return AtEnd() ? '\0' : line_[at_]; }
  std::string_view Rest() const { return line_.substr(at_); }

  void SkipSpaces();
  /// Takes `text` if it comes next.
  bool Accept(std::string_view text);
  /// Takes `text` or fails.
  bool Demand(std::string_view text);
  /// Takes a run of letters, digits and any of "_.:-/"; empty when there is none. Stops before
  /// "..", which is a range.
  std::string_view Word();
  /// Takes a run of letters, digits and underscores.
  std::string_view Name();
  std::optional<Number> TakeNumber();
  /// Whether a number was taken that is given in pages.
  bool took_pages() const { return took_pages_; }
  /// Takes a quoted text: \" \\ \n and \xNN are escapes.
  bool TakeQuoted(std::string& out);

  /// Records a failure at the present position, or at `position`; returns false.
  bool Fail(std::string message) { return FailAt(at_, std::move(message)); }
  bool FailAt(std::size_t position, std::string message);
  /// What stands at the position, for messages: `"abc"` or `the end of the line`.
  std::string Found() const;

 private:
  /// Adds what stands behind a number of pages.
  std::optional<Number> TakePages(const Number& count, std::size_t start);

  std::string_view line_;
  std::uint64_t page_;
  bool took_pages_ = false;
  std::size_t at_ = 0;
  std::size_t failed_at_ = 0;
  std::optional<std::string> message_;
};

/// The text in quotes, so that TakeQuoted gives it back.
std::string Quote(std::string_view text);

}  // namespace shmspec::text

#endif  // SHMSPEC_HARNESS_VOCABULARY_FORM_TEXT_CURSOR_H_
