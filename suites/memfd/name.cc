// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What the system shows of files without a name, and how far they are from getting one.

#include <cerrno>
#include <csignal>
#include <string>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("memfd.name.shows_in_the_descriptors_of_a_process", "MEMFD.PROC_NAME"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  for (const std::string& name : {std::string("m"), std::string(), std::string("two words"),
                                  std::string("/a/../b"), std::string(249, 'x')}) {
    Descriptor d;
    a.DescriptorAs(d, MemfdCreate{.name = name}).Succeeds();
    a.Do(MemfdShowsName{d, name}).Gives(1);
    a.Do(MemfdShowsName{d, name + "y"}).Gives(0);
    a.Do(DescriptorClose{d}).Gives(0);
    a.Do(MemfdShowsName{d, name}).Fails(ENOENT);
  }
  Descriptor d;
  a.DescriptorAs(d, MemfdCreate{.name = "stays"}).Succeeds();
  const Descriptor again = Reopen(a, d);
  a.Do(FileTruncate{d, {Pages(1)}}).Gives(0);
  a.Do(FileChmod{d, {0600}}).Gives(0);
  a.Fork(c);
  for (const Actor& one : {a, c}) {
    one.Do(MemfdShowsName{d, "stays"}).Gives(1);
    one.Do(MemfdShowsName{again, "stays"}).Gives(1);
  }
  c.Do(ProcessExec{}).Gives(0);
  c.Do(MemfdShowsName{d, "stays"}).Gives(1);
}

// The oracle compares the lines of the mappings.
SHMSPEC_CASE("memfd.name.shows_in_the_mappings_of_a_process", "MEMFD.PROC_NAME"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  Descriptor d;
  a.DescriptorAs(d, MemfdCreate{.name = "two words"}).Succeeds();
  a.Do(FileTruncate{d, {Pages(3)}}).Gives(0);
  const Mapping shared = MapShared(a, d, 2, 1 | 2, 1);
  const Mapping own = MapPrivately(a, d, 3, 1);
  a.Do(MapShow{shared + PageOffset(1)}).Succeeds();
  a.Do(MapShow{own + PageOffset(2)}).Succeeds();
  a.Do(DescriptorClose{d}).Gives(0);
  a.Fork(c);
  for (const Actor& one : {a, c}) one.Do(MapShow{shared}).Succeeds();
  a.Do(MapUnmap{shared, {Pages(1)}}).Gives(0);
  a.Do(MapShow{shared + PageOffset(1)}).Succeeds();
  a.Do(MapProtect{own, {Pages(3)}, 0}).Gives(0);
  a.Do(MapShow{own}).Succeeds();
}

SHMSPEC_CASE("memfd.name.is_no_name_to_link_to", "MEMFD.NO_LINK"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = a.Memfd(0, 100);
  a.Do(MemfdLink{d}).FailsWithOneOf({EXDEV, ENOENT});
  a.Do(MemfdLink{Reopen(a, d)}).FailsWithOneOf({EXDEV, ENOENT});
  a.Do(FileStat{d}).Expects(Record<FileRecord>().With("links", 0).With("size", 100));
}

}  // namespace
}  // namespace shmspec
