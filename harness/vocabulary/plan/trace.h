// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What happened when a plan was performed: for every step when it was called, when it returned and
// with what outcome, and who the actors really were.

#ifndef SHMSPEC_HARNESS_VOCABULARY_PLAN_TRACE_H_
#define SHMSPEC_HARNESS_VOCABULARY_PLAN_TRACE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/vocabulary/outcome/outcome.h"
#include "harness/vocabulary/plan/ability.h"
#include "harness/vocabulary/plan/actor_facts.h"
#include "harness/vocabulary/plan/halt.h"
#include "harness/vocabulary/plan/plan.h"

namespace shmspec {

/// What is known of the system before the first step; the model starts from it.
struct SystemFacts {
  static constexpr std::string_view kName = "system";
  std::uint64_t page_size = 4096;
  std::uint64_t shmlba = 4096;
  std::uint64_t long_bits = 64;                    // the kernel's `unsigned long`
  bool narrow = false;                             // the program has fewer of them
  std::uint64_t shmmax = 18446744073692774399ull;  // bytes
  std::uint64_t shmall = 18446744073692774399ull;  // pages
  std::uint64_t shmmni = 4096;
  bool big_endian = false;
  std::uint64_t first_address = 0;  // below it no process maps anything, whatever its rights
  std::uint64_t mmap_min_addr = 65536;
  std::int64_t overcommit = 0;
  std::uint64_t huge_page_size = 0;     // bytes; 0: there are none
  std::uint64_t huge_pages_free = 0;    // of that size
  std::uint32_t huge_group = 0;         // vm.hugetlb_shm_group
  std::int64_t memfd_noexec = 0;        // vm.memfd_noexec
  bool private_shm = true;              // nobody else has names in the /dev/shm of the plan
  std::int64_t protected_regular = -1;  // fs.protected_regular; -1: unknown
  bool private_ipc = true;              // nobody else acts in the IPC namespace of the plan
  std::uint64_t user_namespace_of_ipc = 0;
  Abilities abilities = kEveryAbility;
  bool detaches = true;   // shmdt(2) is there
  bool filtered = false;  // a filter of system calls is in force, or it is not known that none is
  static constexpr auto kFields = Fields(
      Field{"page_size", &SystemFacts::page_size}, Field{"shmlba", &SystemFacts::shmlba},
      Field{"big_endian", &SystemFacts::big_endian}, Field{"long_bits", &SystemFacts::long_bits},
      Field{"narrow", &SystemFacts::narrow}, Field{"shmmax", &SystemFacts::shmmax},
      Field{"shmall", &SystemFacts::shmall}, Field{"shmmni", &SystemFacts::shmmni},
      Field{"first_address", &SystemFacts::first_address},
      Field{"mmap_min_addr", &SystemFacts::mmap_min_addr},
      Field{"overcommit", &SystemFacts::overcommit},
      Field{"huge_page_size", &SystemFacts::huge_page_size},
      Field{"huge_pages_free", &SystemFacts::huge_pages_free},
      Field{"huge_group", &SystemFacts::huge_group},
      Field{"memfd_noexec", &SystemFacts::memfd_noexec},
      Field{"private_shm", &SystemFacts::private_shm},
      Field{"protected_regular", &SystemFacts::protected_regular},
      Field{"private_ipc", &SystemFacts::private_ipc},
      Field{"user_namespace_of_ipc", &SystemFacts::user_namespace_of_ipc},
      Field{"abilities", &SystemFacts::abilities}, Field{"detaches", &SystemFacts::detaches},
      Field{"filtered", &SystemFacts::filtered});
  friend bool operator==(const SystemFacts& a, const SystemFacts& b);

  /// shmmax and shmall of a new IPC namespace: ULONG_MAX - 2^24 of the kernel. shmget(2).
  std::uint64_t FreshLimit() const {
    return (~std::uint64_t{0} >> (64 - long_bits)) - (std::uint64_t{1} << 24);
  }
};

/// One performed step. Instants order the calls of a race (monotonic clock, nanoseconds; 0 in steps
/// that the plan orders anyway); seconds bound the time stamps a system may have stored meanwhile.
struct Performed {
  static constexpr std::string_view kName = "performed";
  bool called = false;
  bool returned = false;  // false with `called`: still in flight when its actor ended
  Outcome outcome;        // meaningful when returned
  std::uint64_t call_ns = 0;
  std::uint64_t return_ns = 0;
  std::int64_t not_before_s = 0;
  std::int64_t not_after_s = 0;

  static constexpr auto kFields = Fields(
      Field{"called", &Performed::called}, Field{"returned", &Performed::returned},
      Field{"outcome", &Performed::outcome}, Field{"call_ns", &Performed::call_ns},
      Field{"return_ns", &Performed::return_ns}, Field{"not_before_s", &Performed::not_before_s},
      Field{"not_after_s", &Performed::not_after_s});
  friend bool operator==(const Performed& a, const Performed& b);
};

/// A plan and the events of its run. Steps after the one at which it was halted were not called.
/// steps[i] belongs to plan.steps[i], actors[i] to plan.actors[i].
struct Trace {
  static constexpr std::string_view kName = "trace";
  Plan plan;
  SystemFacts system;
  std::vector<ActorFacts> actors;
  std::vector<Performed> steps;
  std::array<std::int64_t, Handle::kLimit> keys{};  // what k0, k1, ... stand for
  Halt halt = Halt::kNone;
  /// With kOverdue the step that had not returned, with kRefused the one that failed.
  std::optional<std::uint32_t> halted_at;
  std::string trouble;   // why the experiment failed; empty when it did not
  bool lacking = false;  // with trouble: this system cannot offer what the plan needs

  static constexpr auto kFields = Fields(
      Field{"plan", &Trace::plan}, Field{"system", &Trace::system}, Field{"actors", &Trace::actors},
      Field{"steps", &Trace::steps}, Field{"keys", &Trace::keys}, Field{"halt", &Trace::halt},
      Field{"halted_at", &Trace::halted_at}, Field{"trouble", &Trace::trouble},
      Field{"lacking", &Trace::lacking});
  friend bool operator==(const Trace& a, const Trace& b);
};

/// Whether the later steps rest on the success of this one: it is not about shared memory itself,
/// and its author expects it not to fail.
bool IsFoundation(const Step& step);

/// Whether the plan ends with this outcome of the step: it could not be carried out, or it failed
/// and later steps rest on it.
bool EndsPlan(const Step& step, const Outcome& outcome);

/// A call or a return, in the order in which they happened, as far as that is known. A call whose
/// actor ended has no return but an end: after that the call can no longer take effect.
struct Event {
  enum class Kind : std::uint8_t { kCall, kReturn, kEnd };
  Kind kind = Kind::kCall;
  std::uint32_t step = 0;
};

/// The events of a trace: plan order where the plan orders, instants inside races and between a
/// started step and its join. Ties count as overlap: calls come before returns.
std::vector<Event> EventsOf(const Trace& trace);

/// What handles and actors of a trace stand for, to match patterns against its outcomes. A handle
/// that several steps assign has the value it had just before `step` was performed.
Bindings BindingsAt(const Trace& trace, std::size_t step);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_PLAN_TRACE_H_
