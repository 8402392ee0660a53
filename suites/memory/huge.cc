// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Segments of huge pages. Where none are reserved the runner reports cases of requirements that
// need them as UNSUPPORTED.

#include <cerrno>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr std::uint64_t kHugePage = 2ull << 20;  // bytes, on x86-64
constexpr std::uint64_t kHugeSizeShift = 26;     // SHM_HUGE_SHIFT

SHMSPEC_CASE("memory.huge.pages_need_a_privilege", "HUGE.PRIVILEGE"_req) {
  const Actor user = plan.Spawn("user", User(kAlice));
  user.Do(SysvGet{PrivateKey(), {kHugePage}, kCreate | kHugetlb | 0600}).Fails(EPERM);
}

SHMSPEC_CASE("memory.huge.pages_of_an_impossible_size_are_refused", "HUGE.BAD_SIZE"_req) {
  const Actor a = plan.Spawn("a");
  for (const std::uint64_t logarithm : {1ull, 12ull, 13ull, 63ull}) {
    const std::uint64_t flags = kCreate | kHugetlb | logarithm << kHugeSizeShift | 0600;
    a.Do(SysvGet{PrivateKey(), {kHugePage}, flags}).Fails(EINVAL);
  }
}

SHMSPEC_CASE("memory.huge.pages_must_be_there", "HUGE.NO_PAGES"_req) {
  const Actor a = plan.Spawn("a");
  constexpr std::uint64_t kTooMany = 1ull << 44;  // bytes: more than any machine has reserved
  a.Do(SysvGet{PrivateKey(), {kTooMany}, kCreate | kHugetlb | 0600}).Fails(ENOMEM);
}

SHMSPEC_CASE("memory.huge.attaches_cover_whole_pages", "HUGE.ROUNDING"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {1}, .flags = kCreate | kHugetlb | 0600});
  const Attach p = a.At(s);
  a.Store(p + (kHugePage - 8), 42).Succeeds();
  a.Load(p + (kHugePage - 8)).Gives(42);
  a.Stat(s).Expects(Record().With("size", 1).With("nattch", 1));
  a.Detach(p).Gives(0);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("memory.huge.attaches_are_aligned_to_their_pages", "HUGE.ALIGNMENT"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {kHugePage}, .flags = kCreate | kHugetlb | 0600});
  const Attach p = a.At(s);
  a.Detach(p).Gives(0);
  a.Do(SysvAttach{s, p + PageOffset(1)}).Fails(EINVAL);
  a.Stat(s).Expects(Record().With("nattch", 0));
  const Attach q = a.At(s, p);
  a.Store(q, 42).Succeeds();
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("memory.huge.pages_are_locked_without_a_word", "SYSV.LOCK.HUGETLB_NOOP"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.size = {kHugePage}, .flags = kCreate | kHugetlb | 0600});
  a.Do(SysvLock{s}).Gives(0);
  a.Stat(s).Expects(Record().With("mode", 0600));
  a.Do(SysvUnlock{s}).Gives(0);
  a.Remove(s).Gives(0);
}

}  // namespace
}  // namespace shmspec
