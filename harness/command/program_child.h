// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// For the tests of this folder: the built program as a child process, with what it wrote and how it
// ended.
//
//   const Finished run = RunProgram({"run", "no.such.case"});
//   EXPECT_EQ(run.exit_code, 4) << run;

#ifndef SHMSPEC_HARNESS_COMMAND_PROGRAM_CHILD_H_
#define SHMSPEC_HARNESS_COMMAND_PROGRAM_CHILD_H_

#include <sys/types.h>

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "harness/residue/inventory.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {

/// How a run of the program ended.
struct Finished {
  int exit_code = -1;  // -1 when a signal ended it
  int signal = 0;
  std::string out;
  std::string err;
  bool in_time = true;  // false when it had to be killed
  /// Why its environment is unavailable here; the program was not started then.
  std::string no_place;
};
std::ostream& operator<<(std::ostream& out, const Finished& run);

struct ChildOptions {
  std::string input;                     // what it reads from standard input
  std::vector<std::string> environment;  // `NAME=value`, on top of a bare PATH and TERM
  /// Called in the child before the program starts; the reason when the environment is unavailable.
  std::function<std::optional<std::string>()> preparation;
  /// The command that starts the program: `{"/usr/bin/proot", "-0"}`; empty: by itself.
  std::vector<std::string> launcher;
  bool terminal = false;  // standard output and error are a terminal; both end up in `out`
};

/// A running child that leads a process group of its own. The caller, which the constructor makes a
/// subreaper, adopts orphans below it; see AwaitSilence().
class ProgramChild {
 public:
  ProgramChild(const std::vector<std::string>& arguments, const ChildOptions& options);
  ProgramChild(const ProgramChild&) = delete;
  ProgramChild& operator=(const ProgramChild&) = delete;
  /// Kills what still runs.
  ~ProgramChild();

  pid_t pid() const { return pid_; }
  /// Waits until standard output contains `text`; false when it ends or takes too long before.
  bool AwaitOutput(std::string_view text);
  /// Waits for the end.
  Finished Finish();

 private:
  void Receive(int timeout_ms);

  pid_t pid_ = -1;  // -1 once it is reaped
  UniqueFd out_;
  UniqueFd err_;
  UniqueFd place_;  // why the environment is unavailable; ends empty when the program starts
  Finished finished_;
};

Finished RunProgram(const std::vector<std::string>& arguments, const ChildOptions& options = {});

/// Processes below the caller, at any depth.
std::vector<pid_t> Descendants();
/// Reaps every process below the caller; false when one is still there after ten seconds.
bool AwaitSilence();

/// Finds what a test leaves: processes below it, segments, objects. A member of a fixture, made
/// before anything is started. The tests of this process get an IPC namespace of their own where
/// the caller may make one; in the host's, new objects of other processes do not count.
class Leftovers {
 public:
  Leftovers();
  /// A line for each thing that is new since the beginning and stays for ten seconds; and the
  /// number of processes.
  std::vector<std::string> Remaining() const;

 private:
  Inventory before_;
};

/// A folder that vanishes with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }
  /// Names in the folder.
  std::vector<std::string> Names() const;

 private:
  std::string path_;
};

std::string ReadWhole(const std::string& file);
void WriteWhole(const std::string& file, const std::string& text);
std::vector<std::string> LinesOf(const std::string& text);

/// `2026-09-01`: the day that number of days from now, UTC.
std::string DayFromNow(int days);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_PROGRAM_CHILD_H_
