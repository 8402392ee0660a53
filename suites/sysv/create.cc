// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// shmget(2): creating segments and finding them by key.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("sysv.create.gives_a_usable_identifier_even_if_it_is_zero",
             "SYSV.SHMGET.CREATE_RETURNS_NONNEG"_req) {
  const Actor a = plan.Spawn("a", Alone());
  Segment s;
  a.GetAs(s, {.flags = kCreate | 0600}).Expects(Identifier());
  const Attach p = a.At(s);
  a.Store(p, 42);
  a.Load(p).Gives(42);
  a.Detach(p).Gives(0);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.create.fills_in_the_record_of_a_new_segment", "SYSV.SHMGET.INITIAL_FIELDS"_req,
             "SEED.CONTROL_STRUCT_PER_SEGMENT"_req) {
  const Actor a = plan.Spawn("a", {.uid = kAlice, .gid = kBob});
  const Segment s = a.Get({.size = {5000}, .flags = kCreate | 0640});
  a.Stat(s).Expects(Record()
                        .With("mode", 0640)
                        .With("uid", kAlice)
                        .With("gid", kBob)
                        .With("cuid", kAlice)
                        .With("cgid", kBob)
                        .With("size", 5000)
                        .With("lpid", 0)
                        .With("nattch", 0)
                        .With("atime", 0)
                        .With("dtime", 0));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.create.takes_the_owner_from_the_effective_user",
             "SYSV.SHMGET.INITIAL_FIELDS"_req) {
  const Actor a = plan.Spawn("a");
  const Actor alice = plan.Spawn("alice", User(kAlice));
  a.Do(ProcessSetIdentity{.euid = kAlice}).Gives(0);
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Stat(s).Expects(Record().With("uid", kAlice).With("cuid", kAlice));
  alice.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.create.stamps_the_time_of_creation", "SYSV.SHMGET.CTIME_NOW"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0600});
  a.Stat(s).Expects(Record().With("ctime", 1, kMost));  // the oracle knows the second
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.create.names_the_creating_process", "SYSV.STAT.CPID"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  b.Stat(s).Expects(Record().With("cpid", a));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.create.names_the_process_of_a_creating_thread", "SYSV.STAT.CPID"_req) {
  const Actor a = plan.Spawn("a");
  const Actor t = plan.Threaded("t");
  a.Thread(t);
  const Segment s = t.Get({.flags = kCreate | 0600});
  a.Stat(s).Expects(Record().With("cpid", a));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.create.ignores_the_umask", "SYSV.SHMGET.UMASK_IGNORED"_req) {
  const Actor a = plan.Spawn("a");
  a.Do(ProcessSetUmask{{0077}}).Succeeds();
  const Segment s = a.Get({.flags = kCreate | 0666});
  a.Stat(s).Expects(Record().With("mode", 0666));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.create.ignores_flag_bits_without_a_meaning",
             "SYSV.SHMGET.UNKNOWN_FLAGS_IGNORED"_req) {
  const Actor a = plan.Spawn("a");
  const Segment s = a.Get({.flags = kCreate | 0x100000 | 0x200000 | 0600});
  a.Stat(s).Expects(Record().With("mode", 0600));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.create.keeps_the_exact_size", "SYSV.SHMGET.SEGSZ_EXACT"_req) {
  const Actor a = plan.Spawn("a");
  for (const std::uint64_t bytes :
       {std::uint64_t{1}, Pages(1) - 1, Pages(1), Pages(1) + 1, std::uint64_t{1048577}}) {
    const Segment s = a.Get({.size = {bytes}, .flags = kCreate | 0600});
    a.Stat(s).Expects(Record().With("size", static_cast<std::int64_t>(bytes)));
    a.Remove(s).Gives(0);
  }
}

SHMSPEC_CASE("sysv.create.refuses_a_new_segment_of_no_bytes", "SYSV.SHMGET.SIZE_ZERO_NEW"_req) {
  const Actor a = plan.Spawn("a");
  a.Do(SysvGet{PrivateKey(), {0}, kCreate | 0600}).Fails(EINVAL);
  a.Do(SysvGet{plan.NewKey(), {0}, kCreate | 0600}).Fails(EINVAL);
}

SHMSPEC_CASE("sysv.create.refuses_more_bytes_than_can_be_counted", "SYSV.SHMGET.SIZE_MAX"_req) {
  const Actor a = plan.Spawn("a");
  a.Do(SysvGet{PrivateKey(), {~0ull}, kCreate | 0600}).Fails(EINVAL);
}

SHMSPEC_CASE("sysv.create.reserves_no_memory_if_told_so", "SYSV.SHMGET.NORESERVE"_req) {
  const Actor a = plan.Spawn("a");
  constexpr Size kHuge{std::uint64_t{1} << 46};
  const Segment s = a.Get({.size = kHuge, .flags = kCreate | kNoReserve | 0600});
  a.Stat(s).Expects(Record().With("size", static_cast<std::int64_t>(kHuge.bytes)));
  a.Remove(s).Gives(0);
  // Without the flag it depends on the overcommit policy, which the oracle knows.
  Segment reserved;
  a.GetAs(reserved, {.size = kHuge, .flags = kCreate | 0600}).Expects(Fails(ENOMEM) | Identifier());
  a.Remove(reserved).Expects(Exactly(0) | Fails(EINVAL));
}

SHMSPEC_CASE("sysv.create.gives_zeros_whatever_memory_is_used_again", "SYSV.SHMGET.ZERO_FILL"_req) {
  const Actor a = plan.Spawn("a");
  for (int i = 0; i < 4; ++i) {
    const Segment s = a.Get({.size = {Pages(4)}, .flags = kCreate | 0600});
    const Attach p = a.At(s);
    a.Do(MemoryChecksum{p, {Pages(4)}}).Gives(ChecksumOfZeros(Pages(4)));
    a.Do(MemoryFill{p, {Pages(4)}, 0xa5}).Gives(0);
    a.Detach(p).Gives(0);
    a.Remove(s).Gives(0);
  }
}

SHMSPEC_CASE("sysv.create.maps_whole_pages_and_nothing_after_them",
             "SYSV.SHMGET.PAGE_ROUNDING"_req) {
  const Actor a = plan.Spawn("a");
  const Mapping m = a.Reserve(Boundaries(4));
  const Segment s = a.Get({.size = {Boundaries(2) - 3000}, .flags = kCreate | 0600});
  const Attach p = InGap(a, s, m, Boundaries(2));
  a.Load(p + (BoundaryOffset(2) - 1), Width::k1).Gives(0);
  a.Store(p + (BoundaryOffset(2) - 1), 7, Width::k1).Succeeds();
  a.Load(p + (BoundaryOffset(2) - 1), Width::k1).Gives(7);
  a.Load(p + BoundaryOffset(2), Width::k1).Faults(SIGSEGV, FaultCode::kAccess);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.private.gives_a_new_segment_at_every_call",
             "SYSV.SHMGET.PRIVATE_ALWAYS_NEW"_req) {
  const Actor a = plan.Spawn("a");
  Segment without_create, again;
  const Segment first = a.Get({.flags = kCreate | 0600});
  a.GetAs(without_create, {.flags = 0600}).Expects(NotValueOf(first));
  a.GetAs(again, {.flags = kCreate | kExclusive | 0600}).Expects(NotValueOf(without_create));
  for (const Segment& s : {first, without_create, again}) {
    a.Stat(s).Expects(Record().With("size", 4096).With("nattch", 0));
    a.Remove(s).Gives(0);
  }
}

SHMSPEC_CASE("sysv.private.is_found_by_its_identifier_only",
             "SYSV.SHMGET.PRIVATE_NOT_FINDABLE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42);
  a.Stat(s).Expects(Record().With("key", 0));
  Segment other;
  b.GetAs(other, {.flags = 0600}).Expects(NotValueOf(s));
  b.Remove(other).Gives(0);
  const Attach q = b.At(s);
  b.Load(q).Gives(42);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.key.finds_no_segment_but_its_own", "SYSV.SHMGET.KEY_LOOKUP"_req) {
  const Actor a = plan.Spawn("a");
  const Key k = plan.NewKey();
  const Key l = plan.NewKey();
  const Segment s = a.Get({.key = k, .flags = kCreate | 0600});
  const Segment t = a.Get({.key = l, .flags = kCreate | 0600});
  a.Do(SysvGet{l, {0}, 0600}).Expects(ValueOf(t));
  a.Do(SysvGet{k, {0}, 0600}).Expects(ValueOf(s));
  a.Remove(s).Gives(0);
  a.Do(SysvGet{k, {0}, 0600}).Fails(ENOENT);
  a.Remove(t).Gives(0);
}

SHMSPEC_CASE("sysv.key.finds_its_segment_in_every_process", "SYSV.SHMGET.KEY_LOOKUP"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .flags = kCreate | 0600});
  b.Do(SysvGet{k, {4096}, 0}).Expects(ValueOf(s));
  a.Do(SysvGet{k, {4096}, 0600}).Expects(ValueOf(s));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.key.without_a_segment_is_not_found", "SYSV.SHMGET.NOENT"_req) {
  const Actor a = plan.Spawn("a");
  const Key k = plan.NewKey();
  a.Do(SysvGet{k, {0}, 0}).Fails(ENOENT);
  a.Do(SysvGet{k, {4096}, 0600}).Fails(ENOENT);
}

SHMSPEC_CASE("sysv.key.opens_the_segment_unchanged_when_asked_to_create",
             "SYSV.SHMGET.CREAT_EXISTING_OPENS"_req) {
  const Actor a = plan.Spawn("a");
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .size = {8192}, .flags = kCreate | 0600});
  a.Do(SysvGet{k, {4096}, kCreate | 0666}).Expects(ValueOf(s));
  a.Stat(s).Expects(Record().With("mode", 0600).With("size", 8192).With("key", k));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.key.refuses_a_second_exclusive_creation", "SYSV.SHMGET.EXCL_EXISTS"_req) {
  const Actor a = plan.Spawn("a");
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .flags = kCreate | kExclusive | 0600});
  a.Do(SysvGet{k, {8192}, kCreate | kExclusive | 0666}).Fails(EEXIST);
  a.Stat(s).Expects(Record().With("mode", 0600).With("size", 4096));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.key.lookup_ignores_exclusive_without_create",
             "SYSV.SHMGET.EXCL_ALONE_IGNORED"_req) {
  const Actor a = plan.Spawn("a");
  const Key k = plan.NewKey();
  a.Do(SysvGet{k, {0}, kExclusive}).Fails(ENOENT);
  const Segment s = a.Get({.key = k, .flags = kCreate | 0600});
  a.Do(SysvGet{k, {0}, kExclusive}).Expects(ValueOf(s));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.key.lookup_accepts_any_size_up_to_that_of_the_segment",
             "SYSV.SHMGET.SIZE_TOO_BIG_EXISTING"_req) {
  const Actor a = plan.Spawn("a");
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .size = {5000}, .flags = kCreate | 0600});
  a.Do(SysvGet{k, {1}, 0600}).Expects(ValueOf(s));
  a.Do(SysvGet{k, {5000}, 0600}).Expects(ValueOf(s));
  a.Do(SysvGet{k, {5001}, 0600}).Fails(EINVAL);
  a.Do(SysvGet{k, {5001}, kCreate | 0600}).Fails(EINVAL);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.key.lookup_accepts_size_zero", "SYSV.SHMGET.SIZE_ZERO_EXISTING"_req) {
  const Actor a = plan.Spawn("a");
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .flags = kCreate | 0600});
  a.Do(SysvGet{k, {0}, 0}).Expects(ValueOf(s));
  a.Do(SysvGet{k, {0}, kCreate | 0600}).Expects(ValueOf(s));
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.key.lookup_tests_existence_then_size_then_permission",
             "SYSV.SHMGET.ORDER_OF_CHECKS"_req) {
  const Actor a = plan.Spawn("a", User(kAlice));
  const Actor b = plan.Spawn("b", User(kBob));
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .flags = kCreate | 0600});
  b.Do(SysvGet{k, {8192}, kCreate | kExclusive | 0600}).Fails(EEXIST);
  b.Do(SysvGet{k, {8192}, 0600}).Fails(EINVAL);
  b.Do(SysvGet{k, {4096}, 0600}).Fails(EACCES);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("sysv.key.may_be_any_number_but_zero", "SYSV.SHMGET.KEY_SIGNED"_req) {
  const Actor a = plan.Spawn("a", Alone());
  for (const std::int64_t number : {-1, 1, -2147483647 - 1, 2147483647}) {
    const KeyRef key = KeyNumber(number);
    const Segment s = a.Get({.key = key, .flags = kCreate | kExclusive | 0600});
    a.Do(SysvGet{key, {0}, 0}).Expects(ValueOf(s));
    a.Stat(s).Expects(Record().With("key", number));
    a.Remove(s).Gives(0);
    a.Do(SysvGet{key, {0}, 0}).Fails(ENOENT);
  }
}

}  // namespace
}  // namespace shmspec
