// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Facts of the calling process.

#ifndef SHMSPEC_HARNESS_HOST_OWN_PROCESS_H_
#define SHMSPEC_HARNESS_HOST_OWN_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace shmspec {

/// Whether there is a /proc that shows this process under its own number. In a pid namespace that
/// still shows the /proc of its parent, numbers there belong to other processes.
bool ProcIsOwn();

/// Whether the parent is that process, and has not ended; true where nobody may ask.
bool ParentIs(pid_t process);

/// Whether there is a file or a folder of that name, by stat(2): no program starts without that
/// call, and without access(2) many do.
bool IsThere(const std::string& path);

/// A path from which this program can be executed again: /proc/self/exe, or the one it was started
/// by; empty when neither is there.
std::string OwnProgram();

/// An open file that is still open after an exec: the same number, or a copy where close-on-exec
/// cannot be taken back. -1 with errno.
int KeepOverExec(int fd);

/// The least number of the files that the harness has open in the process of an actor, where that
/// is possible: those below are for the plan, which finds them free.
inline constexpr int kOwnFilesFrom = 200;

/// Moves an open file to a number from kOwnFilesFrom on, where it is closed on exec. The number
/// that it has then; the same one where the limit of files is too low.
int Raised(int fd);

/// Closes every file but the standard streams and those given, which will be closed on exec; what
/// is read from standard input is its end.
void CloseFilesBut(std::vector<int> kept);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_HOST_OWN_PROCESS_H_
