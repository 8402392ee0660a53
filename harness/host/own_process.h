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

/// Closes every file but the standard streams and those given, which will be closed on exec; what
/// is read from standard input is its end.
void CloseFilesBut(std::vector<int> kept);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_HOST_OWN_PROCESS_H_
