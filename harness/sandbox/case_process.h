// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A process for one case. It ends when the runner ends, and everything below it ends with it.

#ifndef SHMSPEC_HARNESS_SANDBOX_CASE_PROCESS_H_
#define SHMSPEC_HARNESS_SANDBOX_CASE_PROCESS_H_

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>

#include "harness/vocabulary/value/result.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {

/// Runs `body` in a fork of the caller, with a process group of its own, and carries the bytes it
/// returns back through a pipe.
///
///   Result<CaseProcess> process = CaseProcess::Start([] { return std::string("done"); });
///   while (!process->Receive()) { poll(process->result_fd()) }
///   std::optional<std::string> bytes = process->Finish();
class CaseProcess {
 public:
  static Result<CaseProcess> Start(const std::function<std::string()>& body);

  CaseProcess(CaseProcess&& other) noexcept;
  CaseProcess& operator=(CaseProcess&& other) = delete;
  CaseProcess(const CaseProcess&) = delete;
  CaseProcess& operator=(const CaseProcess&) = delete;
  /// Kills what still runs.
  ~CaseProcess();

  pid_t pid() const { return pid_; }
  /// Readable when there is something to receive, and at the end.
  int result_fd() const { return result_.get(); }

  /// Takes what has arrived, without waiting; true once the process has closed its end.
  bool Receive();

  /// Ends the process group and waits for the process.
  void Kill();

  /// Waits for the process. Returns its bytes when it ended normally; otherwise nullopt, and
  /// HowEnded() describes what happened.
  std::optional<std::string> Finish();
  const std::string& HowEnded() const { return how_ended_; }

 private:
  CaseProcess(pid_t pid, UniqueFd result) : pid_(pid), result_(std::move(result)) {}

  pid_t pid_ = -1;  // -1 once it is reaped
  UniqueFd result_;
  std::string received_;
  std::string how_ended_;
  bool whole_ = false;
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_SANDBOX_CASE_PROCESS_H_
