// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Names of POSIX shared memory objects.

#include <cerrno>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

std::string Long(std::size_t bytes, char last = 'x') {
  return "/" + std::string(bytes - 1, 'x') + last;
}

SHMSPEC_CASE("posix.name.reaches_one_object_from_every_process", "POSIX.NAME.LEADING_SLASH"_req,
             "SEED.POSIX_OBJECTS_IN_DEV_SHM"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Mapping m = MapShared(a, NewObject(a, "/n0", Pages(2)), 2);
  const Descriptor d = b.Open({"/n0", kReadWrite});
  b.Do(FileStat{d}).Expects(OfSize(PageOffset(2)));
  const Mapping n = MapShared(b, d, 2);
  a.Store(m, 1);
  b.Load(n).Gives(1);
  b.Store(n + PageOffset(2) - 8, 2);
  a.Load(m + PageOffset(2) - 8).Gives(2);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.name.reaches_it_after_fork_and_exec", "POSIX.NAME.LEADING_SLASH"_req) {
  const Actor a = plan.Spawn("a");
  const Actor c = plan.Forked("c");
  const Mapping m = MapShared(a, NewObject(a, "/n0", Pages(1)), 1);
  a.Fork(c);
  a.Store(m + 8, 7);
  c.Load(MapShared(c, c.Open({"/n0", kReadWrite}), 1) + 8).Gives(7);
  c.Do(ProcessExec{}).Gives(0);
  const Mapping again = MapShared(c, c.Open({"/n0", kReadWrite}), 1);
  c.Load(again + 8).Gives(7);
  c.Store(again + 8, 8);
  a.Load(m + 8).Gives(8);
  c.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.name.that_differs_is_another_object", "POSIX.NAME.LEADING_SLASH"_req,
             "POSIX.NAME.ANY_BYTES"_req) {
  const Actor a = plan.Spawn("a");
  const std::string names[] = {"/n0", "/n", "/n00", "/N0", "/n0 ", "/n1"};
  std::int64_t value = 0;
  for (const std::string& name : names) {
    const Mapping m = MapShared(a, NewObject(a, name, Pages(1)), 1);
    a.Load(m).Gives(0);
    a.Store(m, static_cast<std::uint64_t>(++value));
  }
  value = 0;
  for (const std::string& name : names) {
    a.Load(MapShared(a, a.Open({name, kReadWrite}), 1)).Gives(++value);
  }
  for (const std::string& name : names) a.Do(PosixUnlink{name}).Gives(0);
}

SHMSPEC_CASE("posix.name.without_a_slash_is_the_same_as_with_one",
             "POSIX.NAME.NO_LEADING_SLASH"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  a.Store(MapShared(a, NewObject(a, "n0", Pages(1)), 1), 5);
  b.Load(MapShared(b, b.Open({"/n0", kReadWrite}), 1)).Gives(5);
  b.Do(PosixOpen{"n0", kNewObject}).Fails(EEXIST);
  b.Do(PosixUnlink{"n0"}).Gives(0);
  a.Do(PosixOpen{"/n0"}).Fails(ENOENT);
}

SHMSPEC_CASE("posix.name.may_begin_with_many_slashes", "POSIX.NAME.EXTRA_LEADING_SLASHES"_req) {
  const Actor a = plan.Spawn("a");
  NewObject(a, "//n0", 100);
  for (const std::size_t slashes : {1u, 2u, 3u, 255u, 4096u}) {
    const std::string name = std::string(slashes, '/') + "n0";
    a.Do(FileStat{a.Open({name})}).Expects(OfSize(100));
    a.Do(PosixOpen{name, kNewObject}).Fails(EEXIST);
  }
  a.Do(PosixUnlink{"////n0"}).Gives(0);
  a.Do(PosixOpen{"/n0"}).Fails(ENOENT);
}

SHMSPEC_CASE("posix.name.has_no_slash_inside", "POSIX.NAME.EMBEDDED_SLASH"_req,
             "SEED.POSIX_OBJECTS_IN_DEV_SHM"_req) {
  const Actor a = plan.Spawn("a");
  NewObject(a, "/n0", 100);
  for (const char* name : {"/n0/", "/n0/b", "n0/b", "/./n0", "/../n0", "/a//b", "/n0/../n1",
                           "../shm/n0", "/../../proc/self/root/dev/shm/n0"}) {
    a.Do(PosixOpen{name, kMakeObject | kReadWrite}).Fails(EINVAL);
    a.Do(PosixOpen{name}).Fails(EINVAL);
    a.Do(PosixUnlink{name}).FailsWithOneOf({ENOENT, EINVAL});
  }
  a.Do(FileStat{a.Open({"/n0"})}).Expects(OfSize(100));
  a.Do(PosixOpen{"/n1"}).Fails(ENOENT);
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

SHMSPEC_CASE("posix.name.is_not_empty", "POSIX.NAME.EMPTY"_req) {
  const Actor a = plan.Spawn("a");
  for (const char* name : {"", "/", "///"}) {
    a.Do(PosixOpen{name, kMakeObject | kReadWrite}).Fails(EINVAL);
    a.Do(PosixOpen{name}).Fails(EINVAL);
    a.Do(PosixUnlink{name}).FailsWithOneOf({ENOENT, EINVAL});
  }
}

SHMSPEC_CASE("posix.name.is_no_directory", "POSIX.NAME.DOT_NAMES"_req) {
  const Actor a = plan.Spawn("a");
  for (const char* name : {"/.", "/..", ".", "..", "//."}) {
    a.Do(PosixOpen{name, kMakeObject | kReadWrite}).FailsWithOneOf({EINVAL, EISDIR});
    a.Do(PosixOpen{name, kNewObject}).FailsWithOneOf({EINVAL, EISDIR, EEXIST});
    a.Do(PosixUnlink{name}).FailsWithOneOf({EISDIR, EINVAL});
  }
}

SHMSPEC_CASE("posix.name.of_more_dots_is_one_as_others", "POSIX.NAME.ANY_BYTES"_req) {
  const Actor a = plan.Spawn("a");
  for (const char* name : {"/...", "/.n0", "/..n0", "/n0.", "/n0.."}) NewObject(a, name, 10);
  for (const char* name : {"/...", "/.n0", "/..n0", "/n0.", "/n0.."}) {
    a.Do(FileStat{a.Open({name})}).Expects(OfSize(10));
    a.Do(PosixUnlink{name}).Gives(0);
    a.Do(PosixOpen{name}).Fails(ENOENT);
  }
}

SHMSPEC_CASE("posix.name.has_up_to_255_bytes", "POSIX.NAME.NAME_MAX"_req) {
  const Actor a = plan.Spawn("a");
  for (const std::size_t bytes : {1u, 2u, 14u, 30u, 31u, 32u, 128u, 254u, 255u}) {
    NewObject(a, Long(bytes), bytes);
    a.Do(FileStat{a.Open({Long(bytes)})}).Expects(OfSize(static_cast<std::int64_t>(bytes)));
    a.Do(PosixUnlink{Long(bytes)}).Gives(0);
    a.Do(PosixOpen{Long(bytes)}).Fails(ENOENT);
  }
  a.Do(PosixOpen{Long(256), kNewObject}).Fails(ENAMETOOLONG);
  a.Do(PosixOpen{Long(256)}).Fails(ENAMETOOLONG);
  a.Do(PosixUnlink{Long(256)}).Fails(ENAMETOOLONG);
}

SHMSPEC_CASE("posix.name.counts_to_its_last_byte", "POSIX.NAME.NAME_MAX"_req,
             "POSIX.NAME.EXTRA_LEADING_SLASHES"_req) {
  const Actor a = plan.Spawn("a");
  NewObject(a, Long(255, 'a'), 1);
  NewObject(a, "//" + Long(255, 'b'), 2);
  a.Do(FileStat{a.Open({Long(255, 'a')})}).Expects(OfSize(1));
  a.Do(FileStat{a.Open({Long(255, 'b')})}).Expects(OfSize(2));
  a.Do(PosixOpen{Long(254)}).Fails(ENOENT);
  a.Do(PosixUnlink{Long(255, 'a')}).Gives(0);
  a.Do(FileStat{a.Open({Long(255, 'b')})}).Expects(OfSize(2));
  a.Do(PosixUnlink{Long(255, 'b')}).Gives(0);
}

SHMSPEC_CASE("posix.name.that_is_far_too_long_is_refused", "POSIX.NAME.VERY_LONG"_req) {
  const Actor a = plan.Spawn("a");
  for (const std::size_t bytes : {257u, 260u, 1000u, 4085u, 4096u, 5000u}) {
    a.Do(PosixOpen{Long(bytes), kNewObject}).FailsWithOneOf({ENAMETOOLONG, EINVAL});
    a.Do(PosixOpen{Long(bytes)}).FailsWithOneOf({ENAMETOOLONG, EINVAL});
    a.Do(PosixUnlink{Long(bytes)}).FailsWithOneOf({ENAMETOOLONG, ENOENT});
  }
  a.Do(PosixOpen{Long(255)}).Fails(ENOENT);
}

SHMSPEC_CASE("posix.name.is_bytes_and_nothing_else", "POSIX.NAME.ANY_BYTES"_req) {
  const Actor a = plan.Spawn("a");
  const std::string names[] = {"/\x01",  "/\x7f", "/\xff\xfe", "/a b",       "/\n",
                               "/*?[x]", "/\\",   "/%s%n",     "/e\xcc\x81", "/\xc3\xa9",
                               "/-rf",   "/n0:",  "/\"'",      "/A",         "/\xc1"};
  std::uint64_t size = 0;
  for (const std::string& name : names) NewObject(a, name, ++size);
  size = 0;
  for (const std::string& name : names) {
    a.Do(FileStat{a.Open({name})}).Expects(OfSize(static_cast<std::int64_t>(++size)));
    a.Do(PosixUnlink{name}).Gives(0);
    a.Do(PosixOpen{name}).Fails(ENOENT);
  }
}

SHMSPEC_CASE("posix.name.that_was_refused_leaves_no_descriptor",
             "POSIX.OPEN.FAILURE_LEAVES_NOTHING"_req, "POSIX.NAME.NAME_MAX"_req) {
  const Actor a = plan.Spawn("a");
  const Descriptor d = NewObject(a, "/n0");
  a.Do(DescriptorClose{d}).Gives(0);
  for (int i = 0; i < 3; ++i) {
    a.Do(PosixOpen{Long(256), kNewObject}).Fails(ENAMETOOLONG);
    a.Do(PosixOpen{"/n0", kNewObject}).Fails(EEXIST);
    a.Do(PosixOpen{"/n1"}).Fails(ENOENT);
  }
  a.Open({"/n0"});  // the number that was closed
  a.Do(PosixUnlink{"/n0"}).Gives(0);
}

}  // namespace
}  // namespace shmspec
