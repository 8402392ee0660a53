// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Objects that are larger than memory, and than 32 bits.

#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("posix.size.is_up_to_2_to_the_50", "POSIX.SIZE.LARGE_OFFSETS"_req,
             "TMPFS.SPARSE"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = NewObject(a, "/n0", 1ull << 50);
  const std::int64_t far = std::int64_t{1} << 42;
  a.Do(FileStat{d})
      .Expects(Record<FileRecord>().With("size", std::int64_t{1} << 50).With("blocks", 0));
  const Mapping m = a.Map({.descriptor = d,
                           .size = {Pages(1)},
                           .offset = {static_cast<std::uint64_t>(far)},
                           .flags = kMapShared});
  a.Store(m + 16, 77);
  const Descriptor again = a.Open({"/n0", kReadWrite});
  const Mapping buffer = Room(a);
  a.Do(FilePread{again, buffer, {8}, {static_cast<std::uint64_t>(far) + 16}}).Gives(8);
  a.Load(buffer).Gives(77);
  a.Do(FilePread{again, buffer, {8}, {16}}).Gives(8);
  a.Load(buffer).Gives(0);
  a.Do(FileTruncate{again, {Pages(1)}}).Gives(0);
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("size", PageOffset(1)).With("blocks", 0));
  a.Load(m + 16).Faults(SIGBUS, FaultCode::kBeyondObject);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.size.offsets_above_4_gib_are_not_cut", "POSIX.SIZE.LARGE_OFFSETS"_req) {
  const Actor a = plan.Spawn("a");
  const std::uint64_t far = 1ull << 32;
  const Descriptor d = NewObject(a, "/n0", far + Pages(2));
  const Mapping low = MapShared(a, d, 2);
  const Mapping high =
      a.Map({.descriptor = d, .size = {Pages(2)}, .offset = {far}, .flags = kMapShared});
  a.Store(low, 1);
  a.Store(high, 2);
  a.Store(high + PageOffset(2) - 8, 3);
  a.Load(low).Gives(1);
  a.Load(low + PageOffset(2) - 8).Gives(0);
  a.Do(FileSeek{d, {1}, Whence::kData}).Gives(1);
  a.Do(FileSeek{d, {far}, Whence::kData}).Gives(static_cast<std::int64_t>(far));
  a.Do(FileTruncate{d, {far + 8}}).Gives(0);
  a.Load(high).Gives(2);
  a.Load(low).Gives(1);
  a.Do(FileTruncate{d, {Pages(1)}}).Gives(0);
  a.Load(high).Faults(SIGBUS, FaultCode::kBeyondObject);
  a.Load(low).Gives(1);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

}  // namespace
}  // namespace shmspec
