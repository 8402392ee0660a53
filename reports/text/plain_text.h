// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Text that came from a system under test made fit to be shown: it may hold anything.

#ifndef SHMSPEC_REPORTS_TEXT_PLAIN_TEXT_H_
#define SHMSPEC_REPORTS_TEXT_PLAIN_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace shmspec::reports {

/// The text with U+FFFD for every byte that is not part of valid UTF-8.
std::string ValidUtf8(std::string_view text);

/// Valid UTF-8 in which everything that would control the reader's screen is spelt out: controls as
/// `\x1b`, marks that turn the direction of writing as `\u202e`, and what XML 1.0 does not allow as
/// U+FFFD. Newlines and tabs stay.
std::string Printable(std::string_view text);

/// Printable, on one line: newlines become spaces.
std::string OneLine(std::string_view text);

/// As much of a text of valid UTF-8 as `letters` allow, from its beginning or before its end, and a
/// sign that there is more.
std::string BeginningOf(std::string_view text, std::size_t letters);
std::string EndOf(std::string_view text, std::size_t letters);

/// `1.234`, `12340`: four digits that count, or all of a large number's.
std::string FigureText(double value);

/// `1 case`, `2 cases`.
std::string Counted(std::uint64_t count, std::string_view one, std::string_view many);

/// `20 %`, `0.38 %`, of a share from 0 to 1.
std::string PercentText(double share);

}  // namespace shmspec::reports

#endif  // SHMSPEC_REPORTS_TEXT_PLAIN_TEXT_H_
