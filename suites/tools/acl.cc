// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// setfacl(1) and getfacl(1) on files in memory, against the attribute itself.

#include <cerrno>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

Pattern Mode(std::int64_t owner, std::int64_t group, std::int64_t other) {
  return Record<AclRecord>()
      .With("owner", owner)
      .With("user", kNoEntry)
      .With("group", group)
      .With("named_group", kNoEntry)
      .With("mask", -1)
      .With("other", other);
}

RecordPattern<AclRecord> List(std::int64_t group, std::int64_t mask, std::int64_t other) {
  return Record<AclRecord>().With("group", group).With("mask", mask).With("other", other);
}

SHMSPEC_CASE("tools.getfacl.shows_the_list_as_it_was_set", "TOOL.GETFACL.SHOWS"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(1));
  a.Do(FileChmod{d, {0640}}).Gives(0);
  a.Do(SystemGetfacl{d}).Expects(Mode(6, 4, 0));
  a.Do(FileSetAcl{d, 6, Id(kBob), 6, 5, Id(kCarol), 7, 4, 1}).Gives(0);
  const auto shows = [&](std::int64_t mask, std::int64_t other) {
    a.Do(SystemGetfacl{d})
        .Expects(List(5, mask, other)
                     .With("owner", 6)
                     .With("user", kBob)
                     .With("user_bits", 6)
                     .With("named_group", kCarol)
                     .With("named_group_bits", 7));
  };
  shows(4, 1);
  a.Do(FileChmod{d, {0626}}).Gives(0);
  shows(2, 6);
  a.Do(FileSetAcl{.descriptor = d, .owner = 4, .group = 2, .other = 1}).Gives(0);
  a.Do(SystemGetfacl{d}).Expects(Mode(4, 2, 1));
}

SHMSPEC_CASE("tools.setfacl.sets_the_list_that_it_is_told", "TOOL.SETFACL.SETS"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, Pages(1));
  const Pattern done = Exactly(Outcome(ToolResult{0, ""}));
  a.Do(SystemSetfacl{d, 6, Id(kBob), 6, 4, Id(kCarol), 4, 2, 1}).Expects(done);
  a.Do(FileGetAcl{d})
      .Expects(List(4, 2, 1)
                   .With("owner", 6)
                   .With("user", kBob)
                   .With("user_bits", 6)
                   .With("named_group", kCarol)
                   .With("named_group_bits", 4));
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("mode", 0100621));
  a.Do(SystemSetfacl{.descriptor = d, .user = Id(kBob), .user_bits = 6, .group = 1}).Expects(done);
  a.Do(FileGetAcl{d})
      .Expects(List(1, 7, 0).With("user", kBob).With("user_bits", 6).With("named_group", kNoEntry));
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("mode", 0100670));
  a.Do(SystemSetfacl{.descriptor = d, .owner = 7, .group = 4, .other = 4}).Expects(done);
  a.Do(FileGetAcl{d}).Fails(ENODATA);
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("mode", 0100744));
}

SHMSPEC_CASE("tools.setfacl.leaves_files_of_others", "TOOL.SETFACL.SETS"_req) {
  const Actor alice = plan.Spawn("alice", User(kAlice));
  const Actor bob = plan.Spawn("bob", User(kBob));
  const Descriptor d = NewObject(alice, "/n0", Pages(1));
  alice.Do(FileChmod{d, {0606}}).Gives(0);  // whatever the umask
  const Descriptor e = bob.Open({"/n0", kReadWrite});
  const Pattern failed = Record<ToolResult>().With("status", 1, 255);
  bob.Do(SystemSetfacl{.descriptor = e, .user = Id(kBob), .user_bits = 6}).Expects(failed);
  alice.Do(SystemGetfacl{d}).Expects(Mode(6, 0, 6));
  alice.Do(SystemSetfacl{.descriptor = d, .user = Id(kBob), .user_bits = 4, .other = 6})
      .Expects(Exactly(Outcome(ToolResult{0, ""})));
  bob.Do(PosixOpen{"/n0", kReadWrite}).Fails(EACCES);
  bob.Do(PosixOpen{"/n0"}).Succeeds();
  bob.Do(SystemGetfacl{e}).Expects(List(0, 4, 6).With("user", kBob).With("user_bits", 4));
  alice.Do(SystemSetfacl{.descriptor = d, .owner = 8}).Expects(failed);
  alice.Do(PosixUnlink{"/n0"}).Gives(0);
}

}  // namespace
}  // namespace shmspec
