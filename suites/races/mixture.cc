// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Calls of all families by one process, and calls with hostile arguments beside others.

#include "suites/races/racing.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

// No step says what it expects: the oracle holds each against the model.
SHMSPEC_CASE("races.sequence.of_all_families_goes_as_the_model_says",
             "RACE.MODEL_EQUIVALENCE"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor child = plan.Forked("child");
  const Segment s = a.Get({.size = {Pages(3)}, .flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Descriptor d = a.Memfd(kAllowSealing, Pages(2) + 9);
  const Descriptor n = NewObject(a, "/n0", Pages(1));
  const Mapping m = MapShared(a, d, 3);
  const Mapping q = MapPrivately(a, d, 2);
  a.Store(p + 8, 1);
  a.Store(m + PageOffset(1), 2);
  a.Store(q, 3);
  a.Do(MapProtect{p + PageOffset(1), {Pages(1)}, 1});
  a.Do(SysvStat{s});
  a.Do(FilePwrite{d, p + 8, {8}, {Pages(2)}});
  a.Load(m + PageOffset(2));
  a.Do(PosixLink{"/n0", "/n1"});
  a.Do(FileStat{n});
  a.Do(ProcessFork{child});
  child.Do(MapUnmap{p, {Pages(2)}});
  child.Do(FileTruncate{d, {Pages(1)}});
  child.Load(m + PageOffset(1));
  child.Load(q);
  child.Do(PosixUnlink{"/n0"});
  a.Do(SysvStat{s});
  a.Do(MemfdAddSeals{d, kSealGrow});
  a.Do(FileTruncate{d, {Pages(2)}});
  a.Do(FileRead{d, p + 8, {16}});
  a.Load(p + 16);
  child.Exit();
  a.Do(SysvRemove{s});
  a.Do(SysvDetach{p});
  a.Do(MapUnmap{p + PageOffset(1), {Pages(2)}});
  a.Do(SysvStat{s});
  a.Do(PosixUnlink{"/n1"});
  a.Do(FileStat{n});
  a.Do(SysvShmInfo{SegmentId(0)});
}

SHMSPEC_RACE("races.hostile.arguments_leave_others_alone", 4, "RACE.SYSCALL_FUZZ"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment canary = a.Get({.size = {Pages(1)}, .flags = kCreate | 0600});
  const Attach p = a.At(canary);
  a.Do(MemoryFill{p, {Pages(1)}, 7}).Succeeds();
  const Descriptor d = b.Memfd(0, Pages(1));
  const Mapping m = b.Reserve(Boundaries(2));
  constexpr std::int64_t kOdd = 0x7fff'ffff'ffff'f001;
  plan.Race([&] {
    for (int i = 0; i < 4; ++i) {
      a.Do(MemoryChecksum{p, {Pages(1)}}).Gives(ChecksumOfFill(Pages(1), 7));
    }
    b.Do(SysvAttach{SegmentId(-1)}).FailsWithOneOf({EINVAL, EIDRM});
    b.Do(SysvAttach{canary, AbsoluteAddress(kOdd)}).FailsWithOneOf({EINVAL, ENOMEM});
    b.Do(SysvDetach{AbsoluteAddress(kOdd)}).Fails(EINVAL);
    b.Do(FileTruncate{d, {~std::uint64_t{0}}}).Fails(EINVAL);
    b.Do(FilePread{d, AbsoluteAddress(kOdd), {8}, {0}}).Fails(EFAULT);
    b.Do(FileAllocate{d, {~std::uint64_t{0}}, {1}, 0}).FailsWithOneOf({EINVAL, EFBIG});
    b.Do(MapProtect{m + 1, {Pages(1)}, 1}).Fails(EINVAL);
    b.Do(MapUnmap{m, {0}}).Fails(EINVAL);
    b.Do(MemfdAddSeals{d, std::uint64_t{1} << 31}).FailsWithOneOf({EINVAL, EPERM});
    b.Do(DescriptorClose{DescriptorNumber(-1)}).Fails(EBADF);
  });
  a.Do(MemoryChecksum{p, {Pages(1)}}).Gives(ChecksumOfFill(Pages(1), 7));
  a.Stat(canary).Expects(Record().With("nattch", 1));
  a.Remove(canary).Gives(0);
}

}  // namespace
}  // namespace shmspec
