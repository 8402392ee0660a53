// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "reports/text/chapters.h"

namespace shmspec::reports {
namespace {

constexpr Chapter kChapters[] = {
    {"capacity", "Room in /dev/shm",
     "Chromium, PyTorch and databases in containers, whose /dev/shm has 64 MiB: they end with "
     "SIGBUS "
     "when it is full, or run out of files."},
    {"compatibility", "32-bit programs and emulation",
     "32-bit programs on 64-bit kernels and QEMU in user mode, which see sizes and identifiers cut "
     "off or attaches refused."},
    {"general", "Promises about sharing itself",
     "Every program that shares memory: a database, a browser or a training job computes with data "
     "that its partner never wrote."},
    {"limits", "Limits and what happens at them",
     "Operators of PostgreSQL, AFL++ and anything in a small container, whose programs end with "
     "SIGBUS or a misleading error instead of one that names the limit."},
    {"map", "Addresses and mappings",
     "CRIU, which rebuilds processes address by address, QEMU in user mode and the JVM, which "
     "place "
     "attaches themselves and lose memory that was there."},
    {"memfd", "Anonymous files and seals",
     "Wayland compositors and Chromium, which take memory from clients they do not trust: only "
     "seals keep a client from pulling it away under them."},
    {"memory", "The bytes",
     "PyTorch data loaders, databases and all who read what another process wrote, up to "
     "secrets of a removed segment that turn up in a new one."},
    {"namespaces", "Namespaces",
     "Docker, Podman, Kubernetes and CRIU: segments of one container show up in another, or vanish "
     "between containers that were told to share."},
    {"ordering", "Order of memory accesses",
     "Lock-free queues between processes, as in iceoryx2, Fast DDS and cpp-ipc, which deliver "
     "messages that are half old and half new."},
    {"performance", "Speed", "All programs that chose shared memory because it is fast."},
    {"permissions", "Permissions and ownership",
     "Hosts and sandboxes with several users: PostgreSQL and the X server trust the owner of a "
     "segment to be the only one who can remove, resize or read it."},
    {"posix", "POSIX shared memory objects",
     "Chromium, PyTorch and NCCL, Python's multiprocessing.shared_memory, Boost.Interprocess and "
     "Fast DDS, which keep everything they share below /dev/shm."},
    {"process", "Fork, exec and exit",
     "PostgreSQL, which counts attaches to tell whether a server of before still lives: a count "
     "that "
     "is off keeps the database down after a crash, or lets two servers write one folder."},
    {"races", "Calls at the same time",
     "Multi-process servers such as PostgreSQL, and kernels and sandboxes such as gVisor "
     "themselves, "
     "where such races were crashes and holes before."},
    {"regressions", "Defects that systems had",
     "The programs that each case names beside the report of the defect: they broke before, and "
     "break again."},
    {"sync", "Locks in shared memory",
     "Boost.Interprocess, iceoryx and Fast DDS, which hang for ever when the holder of a lock is "
     "killed and nobody is told."},
    {"sysv", "System V segments",
     "PostgreSQL, Open MPI, AFL++, Qt and PHP, which find, attach and remove segments by key and "
     "identifier: they do not start, or leave segments behind until none can be made."},
    {"tools", "Command-line tools",
     "Administrators and clean-up scripts, which rely on ipcs, ipcrm and lsipc to show and remove "
     "what is really there."},
};

}  // namespace

Chapter ChapterOf(std::string_view name) {
  for (const Chapter& chapter : kChapters) {
    if (chapter.name == name) return chapter;
  }
  return {name, name, ""};
}

}  // namespace shmspec::reports
