// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What a process does to itself alone.

#include <fmt/format.h>
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <sys/fsuid.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/host/capability.h"
#include "harness/host/process_limit.h"
#include "harness/host/text_file.h"
#include "harness/target/perform/families.h"
#include "harness/vocabulary/value/names.h"

namespace shmspec::perform {

namespace {

constexpr std::uint32_t kUnchanged = ~std::uint32_t{0};

/// The calls for one kind of ids.
struct IdCalls {
  int (*set_three)(id_t real, id_t effective, id_t saved);
  int (*set_file)(id_t id);
  id_t (*effective)();
};
constexpr IdCalls kUserCalls{::setresuid, ::setfsuid, ::geteuid};
constexpr IdCalls kGroupCalls{::setresgid, ::setfsgid, ::getegid};

/// 0, or -1 with errno.
int SetIds(const IdCalls& calls, const std::optional<Id>& real, const std::optional<Id>& effective,
           const std::optional<Id>& saved, const std::optional<Id>& file) {
  const auto number = [](const std::optional<Id>& id) { return id ? id->number : kUnchanged; };
  const std::uint32_t ids[] = {number(real), number(effective), number(saved)};
  const bool three = std::any_of(std::begin(ids), std::end(ids),
                                 [](std::uint32_t id) { return id != kUnchanged; });
  if (three && calls.set_three(ids[0], ids[1], ids[2]) != 0) return -1;
  if (!three && !file) return 0;
  const bool named = effective && effective->number != kUnchanged;
  const std::uint32_t now = named ? effective->number : calls.effective();
  const std::uint32_t wanted = file ? file->number : now;
  calls.set_file(wanted);
  // It reports no failure: a second call, which changes nothing, shows whether the first succeeded.
  if (calls.set_file(kUnchanged) == static_cast<int>(wanted)) return 0;
  errno = EPERM;
  return -1;
}

}  // namespace

Outcome Do(const ProcessSetIdentity& op, Context&) {
  // In this order each change leaves the right to make the next.
  if (op.groups) {
    std::vector<gid_t> groups;
    for (const Id group : *op.groups) groups.push_back(group.number);
    if (::setgroups(groups.size(), groups.data()) != 0) return Returned(-1);
  }
  if (SetIds(kGroupCalls, op.rgid, op.egid, op.sgid, op.fsgid) != 0) return Returned(-1);
  return Returned(SetIds(kUserCalls, op.ruid, op.euid, op.suid, op.fsuid));
}

Outcome Do(const ProcessDropCapability& op, Context&) {
  const std::optional<CapabilitySets> now = ReadCapabilities();
  if (!now) return Returned(-1);
  const std::uint64_t kept = ~op.capabilities.bits;
  return Returned(
      WriteCapabilities({now->effective & kept, now->permitted & kept, now->inheritable & kept})
          ? 0
          : -1);
}

Outcome Do(const ProcessUnshare& op, Context&) {
  return Returned(::unshare(CloneFlags(op.namespaces)));
}

Outcome Do(const ProcessSetLimit& op, Context&) {
  if (!SetLimit(op.limit, op.value)) return Returned(-1);
  if (IsHeeded(op.limit, op.value)) return Value{0};
  return Trouble{true, fmt::format("this system does not heed the limit {}", NameOf(op.limit))};
}

Outcome Do(const ProcessSetUmask& op, Context&) {
  // umask(2) never fails, so the C library returns the error of a system without it as a mask.
  const mode_t before = ::umask(op.mask.bits);
  if (before > 0777) return Failure{ErrorCode{-static_cast<int>(before)}};
  return Value{static_cast<std::int64_t>(before)};
}

Outcome Do(const ProcessPin& op, Context&) { return Returned(PinToCpu(op.cpu) ? 0 : -1); }

Outcome Do(const ProcessResident&, Context&) {
  constexpr std::string_view kWord = "RssShmem:";
  constexpr std::int64_t kUnit = 1024;
  const Result<std::string> text = ReadTextFile("/proc/self/status");
  if (!text.ok()) return Trouble{text.error().lacking, text.error().message};
  const std::size_t at = text->find(kWord);
  if (at == std::string::npos) return Failure{ErrorCode{ENOENT}};
  return Value{std::strtoll(text->c_str() + at + kWord.size(), nullptr, 10) * kUnit};
}

namespace {

/// The real-time priority that this thread runs at.
Outcome PriorityNow() {
  // proc(5): the name of the program in parentheses, and 15 words between it and the priority.
  constexpr int kBetween = 15;
  const Result<std::string> text = ReadTextFile("/proc/thread-self/stat");
  if (!text.ok()) return Trouble{text.error().lacking, text.error().message};
  std::size_t at = text->rfind(')');
  for (int i = 0; i <= kBetween && at != std::string::npos; ++i) at = text->find(' ', at + 1);
  if (at == std::string::npos) return Failure{ErrorCode{ENOENT}};
  const long shown = std::strtol(text->c_str() + at, nullptr, 10);
  return Value{shown < 0 ? -1 - shown : 0};
}

}  // namespace

Outcome Do(const ProcessSetRealtime& op, Context&) {
  sched_param wanted{};
  wanted.sched_priority = op.priority;
  // The C library remembers what it has set.
  const int error = ::pthread_setschedparam(::pthread_self(),
                                            op.priority != 0 ? SCHED_FIFO : SCHED_OTHER, &wanted);
  if (error != 0) return Failure{ErrorCode{error}};
  // It may have more for the mutexes that it has.
  const Outcome now = PriorityNow();
  const auto* shown = std::get_if<Value>(&now);
  if (shown != nullptr && shown->number >= op.priority) return Value{0};
  return Trouble{true, "this system does not heed priorities of real time"};
}

Outcome Do(const ProcessPriority&, Context&) { return PriorityNow(); }

}  // namespace shmspec::perform
