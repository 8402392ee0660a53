// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// One thing of every kind is made, found, told apart from those of others, and removed; each test
// in a process of its own, with namespaces of its own where the caller may have them.

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/host/own_process.h"
#include "harness/residue/inventory.h"
#include "harness/residue/ipc_objects.h"
#include "harness/residue/kind.h"
#include "harness/residue/segments.h"
#include "harness/sandbox/case_process.h"
#include "harness/sandbox/isolation.h"

namespace shmspec {
namespace {

using residue::Entry;
using residue::Kind;
using residue::Removal;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

/// Expectations in `body` hold in a process of its own; it returns what is lacking for them.
void InOwnPlace(const std::function<std::string()>& body) {
  const Isolation isolation = ProbeIsolation();
  Result<CaseProcess> process = CaseProcess::Start([&]() -> std::string {
    if (const auto entered = EnterIsolation(isolation); !entered.ok()) {
      return entered.error().message;
    }
    const std::string why_not = body();
    return testing::Test::HasFailure() ? "failed" : why_not;
  });
  ASSERT_TRUE(process.ok());
  pollfd waiting{process->result_fd(), POLLIN, 0};
  while (!process->Receive()) ::poll(&waiting, 1, 5000);
  const std::optional<std::string> end = process->Finish();
  ASSERT_TRUE(end) << process->HowEnded();
  ASSERT_NE(*end, "failed");
  if (!end->empty()) GTEST_SKIP() << *end;
}

/// A kind, and how one of it is made: its description.
struct Thing {
  const char* name;
  const Kind* kind;
  std::string (*make)();
  const char* command;  // and the id or the path
  bool is_of_system_v = true;
};

std::string MakeSegment() {
  return fmt::format("segment {} (key 0x0, 8192 bytes)", ::shmget(IPC_PRIVATE, 8192, 0600));
}
std::string MakeQueue() {
  return fmt::format("message queue {} (key 0x0)", ::msgget(IPC_PRIVATE, 0600));
}
std::string MakeSet() {
  return fmt::format("semaphore set {} (key 0x0)", ::semget(IPC_PRIVATE, 2, 0600));
}

std::string MakeName() {
  static int count = 0;
  const std::string name = fmt::format("/shmspec-residue-{}-{}", ::getpid(), ++count);
  const UniqueFd fd(::shm_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600));
  return fd ? "/dev/shm" + name : "no object";
}

std::string MakeProcess() {
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!ParentIs(parent)) ::_exit(0);  // it ended before that
    for (;;) ::pause();
  }
  return fmt::format("process {}", child);
}

const Thing kThings[] = {
    {"Segment", &residue::kSegments, MakeSegment, "ipcrm -m "},
    {"Queue", &residue::kQueues, MakeQueue, "ipcrm -q "},
    {"SemaphoreSet", &residue::kSemaphoreSets, MakeSet, "ipcrm -s "},
    {"SharedName", &residue::kSharedNames, MakeName, "rm ", false},
    {"Process", &residue::kProcesses, MakeProcess, "kill -KILL ", false},
};

TEST(Kinds, AreAllTestedHere) {
  std::vector<const Kind*> tested;
  for (const Thing& thing : kThings) tested.push_back(thing.kind);
  EXPECT_THAT(tested, testing::ElementsAreArray(residue::kKinds));
}

/// The entry of that description.
Entry Find(const Kind& kind, const Inventory& inventory, const std::string& description) {
  for (const Entry& entry : inventory.Of(kind)) {
    if (kind.describe(entry) == description) return entry;
  }
  ADD_FAILURE() << description << " is not there";
  return {};
}

/// Refuses the calls with EPERM from here on; false where there are no filters.
bool Refuse(const std::vector<long>& calls) {
  std::vector<sock_filter> code{{BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)}};
  for (const long call : calls) {
    code.push_back({BPF_JMP | BPF_JEQ | BPF_K, 0, 1, static_cast<std::uint32_t>(call)});
    code.push_back({BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM});
  }
  code.push_back({BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW});
  const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/// Expectations in `act` hold in a process of its own, in the name of a user; whether that could
/// be.
bool As(uid_t uid, const std::function<void()>& act) {
  constexpr int kFailed = 1;
  constexpr int kNotAllowed = 2;
  const pid_t child = ::fork();
  if (child == 0) {
    if (uid != ::getuid() && ::setresuid(uid, uid, uid) != 0) ::_exit(kNotAllowed);
    act();
    ::_exit(testing::Test::HasFailure() ? kFailed : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNotAllowed) return false;
  EXPECT_EQ(status, 0);
  return true;
}

class EachKind : public testing::TestWithParam<Thing> {
 protected:
  const Thing& thing_ = GetParam();
  const Kind& kind_ = *GetParam().kind;
};

TEST_P(EachKind, IsFoundAndRemoved) {
  InOwnPlace([this] {
    const Inventory before = TakeInventory();
    const std::string made = thing_.make();
    const Inventory after = TakeInventory();
    EXPECT_THAT(Residue(before, after), ElementsAre(made + " is left"));
    EXPECT_EQ(after.Of(kind_).size(), before.Of(kind_).size() + 1);
    EXPECT_EQ(CountLasting(before, after), &kind_ == &residue::kProcesses ? 0u : 1u);
    EXPECT_EQ(CountLasting(after, after), 0u);
    const Entry entry = Find(kind_, after, made);
    EXPECT_EQ(kind_.remove(entry), Removal::kDone);
    EXPECT_THAT(Residue(before, TakeInventory()), IsEmpty());
    EXPECT_EQ(kind_.remove(entry), Removal::kGone);
    return "";
  });
}

TEST_P(EachKind, IsLeftAloneIfItWasThereBefore) {
  InOwnPlace([this] {
    const Inventory at_first = TakeInventory();
    const std::string foreign = thing_.make();
    const Inventory before = TakeInventory();
    const std::string made = thing_.make();
    Inventory after = TakeInventory();
    EXPECT_THAT(RemoveResidue(before, after), IsEmpty());
    const bool stays = kind_.made == nullptr;
    const std::string end = stays ? " is left" : " was left, and is removed";
    EXPECT_THAT(Residue(before, after), ElementsAre(made + end));
    std::vector<std::string> left{foreign + " is left"};
    if (stays) left.push_back(made + " is left");
    EXPECT_THAT(Residue(at_first, TakeInventory()), UnorderedElementsAreArray(left));
    EXPECT_EQ(kind_.remove(Find(kind_, before, foreign)), Removal::kDone);
    return "";
  });
}

TEST_P(EachKind, IsForgottenIfOthersMayHaveMadeIt) {
  if (kind_.made == nullptr) GTEST_SKIP() << "others have theirs in another place";
  InOwnPlace([this] {
    const Inventory before = TakeInventory();
    const std::string ours = thing_.make();
    const int id = Find(kind_, TakeInventory(), ours).id;
    EXPECT_TRUE(As(::getuid(), [this] { thing_.make(); }));
    Inventory after = TakeInventory();
    EXPECT_EQ(Residue(before, after).size(), 2u);
    KeepMade(after, {{::getpid()}, {id}, {id}});
    EXPECT_THAT(RemoveResidue(before, after), IsEmpty());
    const bool known = &kind_ != &residue::kSharedNames;  // nothing says who made a name
    EXPECT_EQ(Residue(before, after),
              std::vector<std::string>(known ? 1 : 0, ours + " was left, and is removed"));
    Inventory rest = TakeInventory();
    EXPECT_EQ(Residue(before, rest).size(), known ? 1u : 2u);
    EXPECT_THAT(RemoveResidue(before, rest), IsEmpty());
    EXPECT_THAT(Residue(before, TakeInventory()), IsEmpty());
    return "";
  });
}

TEST_P(EachKind, IsRemovedAsItsOwnerIfRootMayNot) {
  if (!thing_.is_of_system_v) GTEST_SKIP() << "needs no CAP_SYS_ADMIN";
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  InOwnPlace([this] {
    const Inventory before = TakeInventory();
    if (!As(1000, [this] { thing_.make(); })) return "no other user";
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {};
    ::syscall(SYS_capget, &header, sets);
    sets[0].effective &= ~(1u << CAP_SYS_ADMIN);
    if (::syscall(SYS_capset, &header, sets) != 0) return "no capability to lose";
    Inventory after = TakeInventory();
    EXPECT_EQ(Residue(before, after).size(), 1u);
    EXPECT_THAT(RemoveResidue(before, after), IsEmpty());
    EXPECT_THAT(Residue(before, after), ElementsAre(EndsWith(" was left, and is removed")));
    EXPECT_THAT(Residue(before, TakeInventory()), IsEmpty());
    return "";
  });
}

TEST_P(EachKind, IsToldWithTheCommandIfItMayNotBeRemoved) {
  if (kind_.made == nullptr) GTEST_SKIP() << "is not removed";
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to become somebody else";
  InOwnPlace([this] {
    const Inventory before = TakeInventory();
    const std::string made = thing_.make();
    const Entry entry = Find(kind_, TakeInventory(), made);
    const std::string what =
        thing_.is_of_system_v ? std::to_string(entry.id) : fmt::format("'{}'", made);
    const bool other = As(65534, [&] {
      Inventory after = TakeInventory();
      EXPECT_THAT(RemoveResidue(before, after),
                  ElementsAre(made + "; remove with: " + thing_.command + what));
      EXPECT_THAT(Residue(before, after), Contains(made + " is left"));
    });
    EXPECT_EQ(kind_.remove(entry), Removal::kDone);
    return other ? "" : "nobody to become";
  });
}

TEST_P(EachKind, IsListedByCallsWhereThereIsNoProc) {
  if (!thing_.is_of_system_v) GTEST_SKIP() << "has no other listing";
  InOwnPlace([this] {
    const std::string made = thing_.make();
    const Entry by_table = Find(kind_, TakeInventory(), made);
    if (!Refuse({SYS_openat})) return "no filter";
    const Entry by_calls = Find(kind_, TakeInventory(), made);
    EXPECT_EQ(by_calls.maker, by_table.maker);
    EXPECT_EQ(by_calls.owner, by_table.owner);
    EXPECT_EQ(kind_.remove(by_calls), Removal::kDone);
    EXPECT_THAT(kind_.list(), IsEmpty());
    return "";
  });
}

TEST_P(EachKind, IsNotListedWhereThatIsRefused) {
  InOwnPlace([this] {
    const std::string made = thing_.make();
    const Entry entry = Find(kind_, TakeInventory(), made);
    const pid_t child = ::fork();  // the filter is not to be in the way of removal
    if (child == 0) {
      const bool refused = Refuse({SYS_openat, SYS_shmctl, SYS_msgctl, SYS_semctl});
      ::_exit(!refused || TakeInventory().Of(kind_).empty() ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(kind_.remove(entry), Removal::kDone);
    return "";
  });
}

INSTANTIATE_TEST_SUITE_P(Residue, EachKind, testing::ValuesIn(kThings),
                         [](const auto& one) { return one.param.name; });

TEST(Segments, AreNobodysIfTheirMakerIsNotShown) {
  EXPECT_FALSE(residue::kSegments.made({.id = 7, .maker = 0}, {.by = {0}}));  // 0: never started
  EXPECT_TRUE(residue::kSegments.made({.id = 7, .maker = 2}, {.by = {0, 2}}));
}

TEST(Segments, AreRemovedByTheirMakers) {
  InOwnPlace([] {
    const Inventory before = TakeInventory();
    const int first = ::shmget(IPC_PRIVATE, 4096, 0600);
    const int second = ::shmget(IPC_PRIVATE, 4096, 0600);
    EXPECT_TRUE(As(::getuid(), [] { ::shmget(IPC_PRIVATE, 4096, 0600); }));
    const auto left = [&] { return Residue(before, TakeInventory()).size(); };
    RemoveSegmentMadeBy({0, 1}, first);
    EXPECT_EQ(left(), 3u);
    RemoveSegmentMadeBy({0, ::getpid()}, first);
    EXPECT_EQ(left(), 2u);
    RemoveSegmentsMadeBy({0, 1});
    EXPECT_EQ(left(), 2u);
    RemoveSegmentsMadeBy({0, ::getpid()});
    EXPECT_EQ(left(), 1u);
    EXPECT_EQ(::shmctl(second, IPC_RMID, nullptr), -1);
    Inventory rest = TakeInventory();
    EXPECT_THAT(RemoveResidue(before, rest), IsEmpty());
    return "";
  });
}

TEST(Everything, IsRemovedFromANamespaceOfOnesOwn) {
  if (ProbeIsolation() == Isolation::kShared) GTEST_SKIP() << "no namespace of one's own";
  InOwnPlace([] {
    for (int i = 0; i < 3; ++i) {
      for (const auto make : {MakeSegment, MakeQueue, MakeSet}) make();
    }
    RemoveEverySegment();
    const Inventory others = TakeInventory();
    EXPECT_THAT(others.Of(residue::kSegments), IsEmpty());
    EXPECT_EQ(others.Of(residue::kQueues).size(), 3u);
    RemoveEveryIpcObject();
    const Inventory none = TakeInventory();
    EXPECT_THAT(none.Of(residue::kQueues), IsEmpty());
    EXPECT_THAT(none.Of(residue::kSemaphoreSets), IsEmpty());
    return "";
  });
}

}  // namespace
}  // namespace shmspec
