// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// memfd_create(2).

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr std::uint32_t kRegular = 0100000;  // of the mode that fstat shows

Pattern File(std::uint32_t mode, std::int64_t size, std::int64_t pages) {
  return Record<FileRecord>()
      .With("mode", kRegular | mode)
      .With("links", 0)
      .With("size", size)
      .With("blocks", pages * static_cast<std::int64_t>(Units().page / 512));
}

SHMSPEC_CASE("memfd.create.gives_an_empty_file_without_a_name", "MEMFD.BASIC"_req,
             "MEMFD.MODE_DEFAULT"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0);
  a.Do(FileStat{d}).Expects(File(0777, 0, 0));
  a.Do(FileTruncate{d, {Pages(2) + 1}}).Gives(0);
  a.Do(FileStat{d}).Expects(File(0777, PageOffset(2) + 1, 0));
}

SHMSPEC_CASE("memfd.create.gives_a_descriptor_to_read_and_write", "MEMFD.BASIC"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0);
  const Mapping m = Room(a);
  a.Store(m, 42);
  a.Do(FileWrite{d, m, {8}}).Gives(8);
  a.Do(FileSeek{d, {0}, Whence::kSet}).Gives(0);
  a.Do(FileRead{d, m + 8, {8}}).Gives(8);
  a.Load(m + 8).Gives(42);
  MapShared(a, d, 1);
}

SHMSPEC_CASE("memfd.create.gives_another_file_for_the_same_name", "MEMFD.DISTINCT"_req) {
  const Actor a = plan.Spawn("a");
  const Mapping m = MapShared(a, a.Memfd(0, Pages(1)), 1);
  const Mapping n = MapShared(a, a.Memfd(0, Pages(1)), 1);
  a.Store(m, 1).Succeeds();
  a.Load(n).Gives(0);
  a.Store(n, 2).Succeeds();
  a.Load(m).Gives(1);
}

SHMSPEC_CASE("memfd.create.refuses_unknown_flags", "MEMFD.BAD_FLAGS"_req) {
  const Actor a = plan.Spawn("a");
  for (const std::uint64_t flag :
       {0x20u, 0x40u, 0x100u, 0x8000u, 0x100000u, 0x4000000u, 0x54000000u, 0x80000000u}) {
    a.Do(MemfdCreate{.flags = flag}).Fails(EINVAL);
    a.Do(MemfdCreate{.flags = flag | kMemfdCloseOnExec | kAllowSealing}).Fails(EINVAL);
  }
  const Descriptor d = a.Memfd(0);
  a.Do(DescriptorClose{d}).Gives(0);
}

SHMSPEC_CASE("memfd.create.takes_names_of_up_to_249_bytes", "MEMFD.NAME_LIMIT"_req) {
  const Actor a = plan.Spawn("a");
  for (const std::size_t length : {0u, 1u, 248u, 249u}) {
    Descriptor d;
    a.DescriptorAs(d, MemfdCreate{.name = std::string(length, 'x')}).Succeeds();
  }
  for (const std::size_t length : {250u, 251u, 4096u}) {
    a.Do(MemfdCreate{.name = std::string(length, 'x')}).Fails(EINVAL);
  }
  Descriptor d;
  a.DescriptorAs(d, MemfdCreate{.name = "/a/../b"}).Succeeds();
}

SHMSPEC_CASE("memfd.create.refuses_names_that_cannot_be_read", "MEMFD.NAME_LIMIT"_req) {
  const Actor a = plan.Spawn("a");
  a.Do(MemfdCreate{.pointer = Buffer::kNull}).Fails(EFAULT);
  a.Do(MemfdCreate{.pointer = Buffer::kWild}).Fails(EFAULT);
  a.Do(MemfdCreate{.pointer = Buffer::kUnwritable}).Succeeds();
}

SHMSPEC_CASE("memfd.create.leaves_no_descriptor_when_it_fails", "FD.LOWEST_NUMBER"_req,
             "MEMFD.BAD_FLAGS"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0);
  a.Do(DescriptorClose{d}).Gives(0);
  a.Do(MemfdCreate{.flags = 0x20}).Fails(EINVAL);
  a.Do(MemfdCreate{.name = std::string(250, 'x')}).Fails(EINVAL);
  a.Do(MemfdCreate{.pointer = Buffer::kNull}).Fails(EFAULT);
  Descriptor e;
  a.DescriptorAs(e, MemfdCreate{}).Expects(ValueOf(d));
}

SHMSPEC_CASE("memfd.create.sets_close_on_exec_when_asked", "MEMFD.CLOEXEC"_req) {
  const Actor a = plan.Spawn("a");
  a.Do(DescriptorGetCloseOnExec{a.Memfd(0)}).Gives(0);
  a.Do(DescriptorGetCloseOnExec{a.Memfd(kAllowSealing)}).Gives(0);
  a.Do(DescriptorGetCloseOnExec{a.Memfd(kMemfdCloseOnExec)}).Gives(1);
  a.Do(DescriptorGetCloseOnExec{a.Memfd(kMemfdCloseOnExec | kAllowSealing)}).Gives(1);
}

SHMSPEC_CASE("memfd.create.keeps_the_file_over_exec_unless_asked", "MEMFD.CLOEXEC"_req,
             "FD.CLOSE_ON_EXEC"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor kept = a.Memfd(0, 100);
  const Descriptor closed = a.Memfd(kMemfdCloseOnExec, 200);
  a.Do(ProcessExec{}).Gives(0);
  a.Do(FileStat{kept}).Expects(Record<FileRecord>().With("size", 100));
  a.Do(FileStat{closed}).Fails(EBADF);
}

SHMSPEC_CASE("memfd.create.gives_a_file_that_lives_on_in_a_mapping", "MEMFD.BASIC"_req,
             "MMAP.CLOSE_KEEPS"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(2));
  const Mapping m = MapShared(a, d, 2);
  a.Store(m + PageOffset(1), 42).Succeeds();
  a.Do(DescriptorClose{d}).Gives(0);
  a.Load(m + PageOffset(1)).Gives(42);
  a.Store(m, 43).Succeeds();
  a.Load(m).Gives(43);
  a.Load(m + 8).Gives(0);
}

SHMSPEC_CASE("memfd.create.of_huge_pages_can_be_asked_for", "MEMFD.BASIC"_req) {
  const Actor a = plan.Spawn("a");
  Descriptor d;
  a.DescriptorAs(d, MemfdCreate{.flags = kMemfdHugetlb}).Succeeds();
  a.Do(DescriptorClose{d}).Gives(0);
}

SHMSPEC_CASE("memfd.create.noexec_makes_a_file_that_cannot_become_executable",
             "MEMFD.NOEXEC_SEAL"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kNoexecSeal);
  a.Do(FileStat{d}).Expects(File(0666, 0, 0));
  a.Do(MemfdGetSeals{d}).Gives(kSealExec);
  for (const std::uint32_t mode : {0777u, 0766u, 0667u, 0676u, 0700u}) {
    a.Do(FileChmod{d, {mode}}).Fails(EPERM);
  }
  a.Do(FileChmod{d, {0600}}).Gives(0);
  a.Do(FileStat{d}).Expects(File(0600, 0, 0));
  a.Do(MemfdAddSeals{d, kSealGrow}).Gives(0);
  a.Do(MemfdGetSeals{d}).Gives(kSealExec | kSealGrow);
}

SHMSPEC_CASE("memfd.create.noexec_and_exec_exclude_each_other", "MEMFD.NOEXEC_SEAL"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(kMemfdExec);
  a.Do(FileStat{d}).Expects(File(0777, 0, 0));
  a.Do(MemfdGetSeals{d}).Gives(kSealSeal);
  a.Do(MemfdCreate{.flags = kMemfdExec | kNoexecSeal}).Fails(EINVAL);
  a.Do(MemfdCreate{.flags = kMemfdExec | kNoexecSeal | kAllowSealing}).Fails(EINVAL);
}

SHMSPEC_CASE("memfd.create.gives_the_file_to_its_maker", "FILE.OWNER"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Descriptor d = a.Memfd(0);
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("uid", kAlice).With("gid", kAlice));
}

}  // namespace
}  // namespace shmspec
