// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// vm.memfd_noexec, in pid namespaces of the plan's own.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

Pattern WithMode(std::uint32_t mode) {
  return Record<FileRecord>().With("mode", std::uint32_t{0100000} | mode);
}

/// A child in a pid namespace of its own.
void ForkInside(const Actor& parent, const Actor& child) {
  parent.Do(ProcessUnshare{kNamespacePid}).Gives(0);
  parent.Fork(child);
}

SHMSPEC_CASE("memfd.noexec.one_makes_files_without_execution", "MEMFD.NOEXEC_SYSCTL"_req,
             "MEMFD.NOEXEC_SEAL"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  ForkInside(a, c);
  c.Do(MemfdGetNoexec{}).Gives(0);
  c.Do(FileStat{c.Memfd(0)}).Expects(WithMode(0777));
  c.Do(MemfdSetNoexec{1}).Gives(0);
  c.Do(MemfdGetNoexec{}).Gives(1);
  for (const std::uint64_t flags : {std::uint64_t{0}, kAllowSealing, kMemfdCloseOnExec}) {
    const Descriptor d = c.Memfd(flags);
    c.Do(FileStat{d}).Expects(WithMode(0666));
    c.Do(MemfdGetSeals{d}).Gives(kSealExec);
    c.Do(FileChmod{d, {0700}}).Fails(EPERM);
  }
  const Descriptor e = c.Memfd(kMemfdExec | kAllowSealing);
  c.Do(FileStat{e}).Expects(WithMode(0777));
  c.Do(MemfdGetSeals{e}).Gives(0);
}

SHMSPEC_CASE("memfd.noexec.two_refuses_files_with_execution", "MEMFD.NOEXEC_SYSCTL"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  ForkInside(a, c);
  c.Do(MemfdSetNoexec{2}).Gives(0);
  c.Do(MemfdCreate{.flags = kMemfdExec}).Fails(EACCES);
  c.Do(MemfdCreate{.flags = kMemfdExec | kAllowSealing}).Fails(EACCES);
  c.Do(FileStat{c.Memfd(0)}).Expects(WithMode(0666));
  c.Do(FileStat{c.Memfd(kNoexecSeal)}).Expects(WithMode(0666));
  c.Do(MemfdSetNoexec{0}).Gives(0);
  c.Do(FileStat{c.Memfd(kMemfdExec)}).Expects(WithMode(0777));
}

SHMSPEC_CASE("memfd.noexec.is_of_one_pid_namespace", "MEMFD.NOEXEC_SYSCTL"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  ForkInside(a, c);
  const Descriptor older = c.Memfd(0);
  c.Do(MemfdSetNoexec{2}).Gives(0);
  a.Do(MemfdGetNoexec{}).Gives(0);
  a.Do(FileStat{a.Memfd(0)}).Expects(WithMode(0777));
  a.Do(FileStat{a.Memfd(kMemfdExec)}).Expects(WithMode(0777));
  c.Do(FileStat{older}).Expects(WithMode(0777));
}

SHMSPEC_CASE("memfd.noexec.is_never_looser_than_around", "MEMFD.NOEXEC_SYSCTL"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Actor e = plan.Forked("e");
  ForkInside(a, c);
  c.Do(MemfdSetNoexec{1}).Gives(0);
  ForkInside(c, e);
  e.Do(MemfdGetNoexec{}).Gives(1);
  e.Do(MemfdSetNoexec{0}).Fails(EINVAL);
  e.Do(FileStat{e.Memfd(0)}).Expects(WithMode(0666));
  c.Do(MemfdSetNoexec{2}).Gives(0);
  e.Do(MemfdGetNoexec{}).Gives(2);
  e.Do(MemfdCreate{.flags = kMemfdExec}).Fails(EACCES);
  e.Do(MemfdSetNoexec{1}).Fails(EINVAL);
}

SHMSPEC_CASE("memfd.noexec.has_three_values", "MEMFD.NOEXEC_SYSCTL"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  ForkInside(a, c);
  for (const std::int64_t value : {3, -1, 100}) c.Do(MemfdSetNoexec{value}).Fails(EINVAL);
  c.Do(MemfdGetNoexec{}).Gives(0);
}

}  // namespace
}  // namespace shmspec
