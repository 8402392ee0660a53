// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// No plan reaches anything but a /dev/shm of its own by the names of POSIX objects.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "harness/host/text_file.h"
#include "harness/target/perform/perform.h"

namespace shmspec {
namespace {

constexpr const char* kNames[] = {"/..",
                                  "..",
                                  "/.",
                                  "/../null",
                                  "../../etc/passwd",
                                  "/../../etc/passwd",
                                  "/n0/../../null",
                                  "//../null",
                                  "/proc/self/root/etc/passwd",
                                  "/./..",
                                  "",
                                  "/"};
constexpr std::uint64_t kFlagSets[] = {0,
                                       kReadWrite,
                                       kTruncate,
                                       kReadWrite | kTruncate,
                                       kMakeObject | kReadWrite,
                                       kMakeObject | kOnlyNewObject | kReadWrite,
                                       kWriteOnly};

/// Whether the outcome gives the plan a file or changes a name.
bool Reaches(const Outcome& outcome) { return std::holds_alternative<Value>(outcome); }

bool IsLacking(const Outcome& outcome) {
  const auto* trouble = std::get_if<Trouble>(&outcome);
  return trouble != nullptr && trouble->lacking;
}

/// In a child with a /dev/shm of its own; the number of the first thing that is wrong, 0: nothing,
/// 99: there is no such /dev/shm here.
template <class Body>
int InPrivateShm(Body&& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    const bool own = ::unshare(CLONE_NEWNS) == 0 &&
                     ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                     ::mount("shmspec", "/dev/shm", "tmpfs", 0, "size=1m,mode=1777") == 0;
    ::_exit(own ? body() : 99);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

TEST(Objects, AreNotMadeInASharedFolder) {
  HandleTable handles;
  Context context(*FindTarget("libc"), handles);
  const std::string name = "/shmspec-objects-test-" + std::to_string(::getpid());
  EXPECT_TRUE(IsLacking(Perform(PosixOpen{name, kMakeObject | kReadWrite}, context)));
  EXPECT_TRUE(IsLacking(Perform(PosixUnlink{name}, context)));
  EXPECT_TRUE(IsLacking(Perform(PosixLink{name, name + "b"}, context)));
  EXPECT_TRUE(IsLacking(Perform(PosixPlantLink{name, "n1"}, context)));
  EXPECT_TRUE(IsLacking(Perform(SystemMountShm{}, context)));
  EXPECT_TRUE(IsLacking(Perform(SystemRemountShm{}, context)));
  EXPECT_TRUE(IsLacking(Perform(SystemUnmountShm{}, context)));
  EXPECT_TRUE(IsLacking(Perform(SystemHideShm{}, context)));
  EXPECT_NE(::access(("/dev/shm" + name).c_str(), F_OK), 0);
}

TEST(Objects, StayBelowTheirFolder) {
  const int wrong = InPrivateShm([] {
    for (const char* target : {"libc", "syscall"}) {
      HandleTable handles;
      Context context(*FindTarget(target), handles);
      context.private_shm = true;
      for (const char* name : kNames) {
        for (const std::uint64_t flags : kFlagSets) {
          if (Reaches(Perform(PosixOpen{name, flags}, context))) return 1;
        }
        if (Reaches(Perform(PosixUnlink{name}, context))) return 2;
        if (Reaches(Perform(PosixLink{"/n0", name}, context))) return 3;
        if (Reaches(Perform(PosixLink{name, "/n0"}, context))) return 4;
        if (Reaches(Perform(PosixPlantLink{name, "n1"}, context))) return 5;
        if (Reaches(Perform(PosixPlantLink{"/n0", name}, context))) return 6;
      }
      for (const int number : {O_DIRECTORY, O_PATH, O_TMPFILE, O_NONBLOCK}) {
        const auto flag = static_cast<std::uint64_t>(number);
        if (Reaches(Perform(PosixOpen{"/..", flag | kReadWrite}, context))) return 7;
        if (Reaches(Perform(PosixOpen{"/n0", flag | kMakeObject}, context))) return 8;
      }
      if (!Reaches(Perform(PosixPlantLink{"/n0", "n1"}, context))) return 9;
      if (Reaches(Perform(PosixOpen{"/n0", kMakeObject | kReadWrite}, context))) return 10;
      if (!Reaches(Perform(PosixUnlink{"/n0"}, context))) return 11;
    }
    return 0;
  });
  if (wrong == 99) GTEST_SKIP() << "no mount namespace here";
  EXPECT_EQ(wrong, 0);
}

TEST(Objects, AreNoFilesThatSomebodyLinkedThere) {
  const int wrong = InPrivateShm([] {
    HandleTable handles;
    Context context(*FindTarget("syscall"), handles);
    context.private_shm = true;
    if (::symlink("/proc/self/root/etc/passwd", "/dev/shm/n0") != 0) return 1;
    if (::mkdir("/dev/shm/n1", 0700) != 0) return 2;
    if (Reaches(Perform(PosixOpen{"/n0"}, context))) return 3;
    if (!IsLacking(Perform(PosixOpen{"/n1"}, context))) return 4;
    return 0;
  });
  if (wrong == 99) GTEST_SKIP() << "no mount namespace here";
  EXPECT_EQ(wrong, 0);
}

TEST(Mounts, AreMadeOnlyInANamespaceOfThePlan) {
  const int wrong = InPrivateShm([] {
    HandleTable handles;
    Context context(*FindTarget("libc"), handles);
    context.private_shm = true;
    context.shared_mounts = NumberOfLink("/proc/self/ns/mnt");
    if (!IsLacking(Perform(SystemMountShm{}, context))) return 1;
    if (!IsLacking(Perform(SystemHideShm{}, context))) return 2;
    if (::unshare(CLONE_NEWNS) != 0) return 3;
    // What the plan did not mount stays, however often it is asked for.
    if (!IsLacking(Perform(SystemUnmountShm{}, context))) return 4;
    if (!IsLacking(Perform(SystemRemountShm{}, context))) return 5;
    if (!Reaches(Perform(SystemMountShm{}, context))) return 6;
    if (!Reaches(Perform(SystemUnmountShm{}, context))) return 7;
    if (!IsLacking(Perform(SystemUnmountShm{}, context))) return 8;
    return 0;
  });
  if (wrong == 99) GTEST_SKIP() << "no mount namespace here";
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace shmspec
