// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What the program writes for people: colour on terminals only, one progress line, errors in one
// line.

#ifndef SHMSPEC_HARNESS_COMMAND_CONSOLE_H_
#define SHMSPEC_HARNESS_COMMAND_CONSOLE_H_

#include <csignal>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "harness/vocabulary/plan/status.h"

namespace shmspec {

/// Exit codes of every subcommand; the first three as RunResult::ExitCode().
inline constexpr int kExitAsExpected = 0;
inline constexpr int kExitUnexpected = 1;
inline constexpr int kExitIncomplete = 2;
inline constexpr int kExitHarnessTrouble = 3;
inline constexpr int kExitUsage = 4;
inline constexpr int kExitNothingSelected = 5;

/// The worse of two exit codes, with which a command ends that did several things.
int Worse(int a, int b);

/// What they mean, for the end of a help.
inline constexpr const char* kExitCodes =
    "Exit codes: 0 as expected, 1 unexpected, 2 incomplete (stopped, a case could not be decided, "
    "or\n"
    "none can run here), 3 trouble in the harness itself, 4 mistake in options or "
    "input,\n"
    "5 nothing selected.\n";

enum class Style { kPlain, kGood, kBad, kDoubtful, kDim, kStrong };

/// The style a status is shown in.
Style StyleOf(Status status);

/// `text` in a style, when standard output is a terminal and NO_COLOR is not set.
std::string Paint(Style style, std::string_view text);

/// Writes `shmspec: MESSAGE` as one line to standard error and returns the exit code.
int Complain(int exit_code, std::string_view message);

/// Opens standard input, output and error, where they are closed, on something like /dev/null, so
/// that a file opened later does not get their numbers.
void OpenStandardStreams();

/// A reader of standard output that may leave before the end, as a pager does: the rest of the
/// output is dropped, and the work goes on. While this object lives SIGPIPE is ignored.
///
///   LeavingReader reader;
///   reader.Show([&] { PrintHeading(run); });
class LeavingReader {
 public:
  LeavingReader();
  LeavingReader(const LeavingReader&) = delete;
  LeavingReader& operator=(const LeavingReader&) = delete;
  ~LeavingReader();

  /// Calls print() and passes on its output. Throws other errors than that of a closed pipe.
  void Show(const std::function<void()>& print);

 private:
  struct sigaction before_ {};
};

/// Columns of the terminal at standard output, at most 120; 80 when it is not a terminal.
std::size_t OutputWidth();

/// Text wrapped to the width of the terminal (80 when there is none), every line indented.
std::string Wrap(std::string_view text, std::size_t indent);

/// One line that is rewritten as work goes on; silent when standard error is not a terminal.
class ProgressLine {
 public:
  ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine() { Clear(); }

  void Show(std::size_t done, std::size_t total, std::string_view what);
  /// Removes the line, so that other output can follow.
  void Clear();

 private:
  bool terminal_;
  bool shown_ = false;
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_CONSOLE_H_
