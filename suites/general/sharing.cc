// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Claims of the seed document that no other chapter tests.

#include <cerrno>
#include <csignal>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

/// Two actors take turns at counting in one segment.
void PlayPingPong(const Actor& a, const Actor& b) {
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Attach q = b.At(s);
  for (std::int64_t value = 0; value < 10; value += 2) {
    a.Do(MemoryFetchAdd{p}).Gives(value);
    b.Load(q).Gives(value + 1);
    b.Do(MemoryFetchAdd{q}).Gives(value + 1);
    a.Load(p).Gives(value + 2);
  }
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("general.sharing.holds_between_two_processors", "SEED.MULTIPROCESSOR"_req) {
  PlayPingPong(plan.Spawn("a", {.cpu = 0}), plan.Spawn("b", {.cpu = 1}));
}

SHMSPEC_CASE("general.sharing.holds_on_one_processor", "SEED.UNIPROCESSOR"_req) {
  PlayPingPong(plan.Spawn("a", {.cpu = 0}), plan.Spawn("b", {.cpu = 0}));
}

SHMSPEC_CASE("general.sharing.needs_no_kinship", "SEED.UNRELATED_PROCESSES_SHARE"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Key k = plan.NewKey();
  const Segment s = a.Get({.key = k, .flags = kCreate | kExclusive | 0600});
  Segment found;
  b.GetAs(found, {.key = k, .flags = 0600}).Expects(ValueOf(s));
  const Attach p = a.At(s);
  const Attach q = b.At(found);
  a.Store(p, 1);
  b.Load(q).Gives(1);
  b.Store(q, 2);
  a.Load(p).Gives(2);
  a.Remove(s).Gives(0);
}

SHMSPEC_CASE("general.sharing.goes_on_when_both_move_to_one_processor", "SEED.UNIPROCESSOR"_req) {
  const Actor a = plan.Spawn("a");
  const Actor b = plan.Spawn("b");
  const Segment s = a.Get({.flags = kCreate | 0600});
  const Attach p = a.At(s);
  const Attach q = b.At(s);
  for (const Actor& actor : {a, b}) {
    actor.Do(ProcessPin{0}).Expects(Exactly(0) | Fails(EINVAL));
  }
  a.Store(p, 1);
  b.Load(q).Gives(1);
  b.Store(q, 2);
  a.Load(p).Gives(2);
  a.Remove(s).Gives(0);
}

// A client hands data to a server, which changes them where they are; the client reads the result.
// Both find the segment by its key, and each detaches when it is done.
SHMSPEC_CASE("general.flow.passes_data_to_a_server_and_back", "SEED.FLOW_SYSV"_req,
             "SEED.UNRELATED_PROCESSES_SHARE"_req) {
  const Actor server = plan.Spawn("server", {.uid = kAlice, .gid = kAlice});
  const Actor client = plan.Spawn("client", {.uid = kBob, .gid = kBob});
  constexpr std::uint64_t kRequest = 5000;  // bytes, behind a counter
  const Key k = plan.NewKey();
  const Segment s = server.Get({.key = k, .size = {8192}, .flags = kCreate | kExclusive | 0666});
  const Attach at_server = server.At(s);
  Segment found;
  client.GetAs(found, {.key = k, .size = {8192}, .flags = 0666}).Expects(ValueOf(s));
  const Attach at_client = client.At(found);
  client.Do(MemoryFill{at_client + 8, {kRequest}, 3}).Gives(0);
  client.Store(at_client, 1).Succeeds();
  server.Load(at_server).Gives(1);
  server.Do(MemoryChecksum{at_server + 8, {kRequest}}).Gives(ChecksumOfFill(kRequest, 3));
  server.Do(MemoryFill{at_server + 8, {kRequest}, 77}).Gives(0);
  server.Do(MemoryFetchAdd{at_server}).Gives(1);
  client.Load(at_client).Gives(2);
  client.Do(MemoryChecksum{at_client + 8, {kRequest}}).Gives(ChecksumOfFill(kRequest, 77));
  client.Detach(at_client).Gives(0);
  server.Stat(s).Expects(Record().With("nattch", 1).With("lpid", client).With("cpid", server));
  client.Remove(found).Fails(EPERM);
  server.Detach(at_server).Gives(0);
  server.Remove(s).Gives(0);
  client.Do(SysvGet{k, {0}, 0}).Fails(ENOENT);
}

}  // namespace
}  // namespace shmspec
