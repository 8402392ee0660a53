// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <gtest/gtest.h>

#include <cerrno>

#include "harness/model/language/test_system.h"

namespace shmspec::model {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kNew = kMakeObject | kOnlyNewObject | kReadWrite;

class Objects : public testing::Test {
 protected:
  bool Allows(Operation operation, const Outcome& outcome) {
    return system_.Allows(std::move(operation), outcome);
  }
  /// A file system of two pages and three inodes, with an object of eight pages at 3.
  void MakeSmall() {
    system_.Make(SystemMountShm{.size = {2 * kPage}, .inodes = 3}, Value{0});
    system_.Make(PosixOpen{"/n0", kNew}, Value{3});
    system_.Make(FileTruncate{DescriptorNumber(3), {8 * kPage}}, Value{0});
    system_.Make(MapMap{.descriptor = DescriptorNumber(3), .size = {8 * kPage}}, Value{0x10000000});
  }
  Operation Store(std::uint64_t page) {
    return MemoryStore{AbsoluteAddress(static_cast<std::int64_t>(0x10000000 + page * kPage)),
                       Width::k8, 1};
  }

  TestSystem system_;
};

TEST_F(Objects, LiveWithNamesDescriptorsAndMappings) {
  system_.Make(PosixOpen{"/n0", kNew}, Value{3});
  system_.Make(PosixUnlink{"n0"}, Value{0});
  EXPECT_EQ(system_.state.nodes->size(), 1u);
  system_.Make(DescriptorClose{DescriptorNumber(3)}, Value{0});
  EXPECT_TRUE(system_.state.nodes->empty());
  EXPECT_TRUE(system_.state.objects.empty());
  system_.Make(PosixOpen{"/n0", kNew}, Value{3});
  system_.Make(DescriptorClose{DescriptorNumber(3)}, Value{0});
  EXPECT_EQ(system_.state.nodes->size(), 1u);
  system_.Make(PosixUnlink{"/n0"}, Value{0});
  EXPECT_TRUE(system_.state.nodes->empty());
}

TEST_F(Objects, TakeTheMaskOfTheirProcessIfItIsKnown) {
  system_.Make(ProcessSetUmask{{027}}, Value{022});
  system_.Make(PosixOpen{"/n0", kNew, {0666}}, Value{3});
  const FileRecord record{.mode = {0100640}, .links = 1};
  EXPECT_TRUE(Allows(FileStat{DescriptorNumber(3)}, record));
  FileRecord other = record;
  other.mode.bits = 0100666;
  EXPECT_FALSE(Allows(FileStat{DescriptorNumber(3)}, other));
}

TEST_F(Objects, MayBeRefusedByTwoErrors) {
  EXPECT_TRUE(Allows(PosixOpen{std::string(300, 'x')}, Failure{{ENAMETOOLONG}}));
  EXPECT_TRUE(Allows(PosixOpen{std::string(300, 'x')}, Failure{{EINVAL}}));
  EXPECT_FALSE(Allows(PosixOpen{std::string(256, 'x')}, Failure{{EINVAL}}));
  EXPECT_FALSE(Allows(PosixOpen{std::string(255, 'x'), kNew}, Failure{{ENAMETOOLONG}}));
}

TEST_F(Objects, HaveNoDirectoryWhereDevShmIsHidden) {
  EXPECT_FALSE(Allows(PosixOpen{"/.", kNew}, Failure{{ENOENT}}));
  system_.Make(SystemHideShm{}, Value{0});
  EXPECT_TRUE(Allows(PosixOpen{"/.", kNew}, Failure{{ENOENT}}));
  EXPECT_TRUE(Allows(PosixOpen{"/.", kNew}, Failure{{EINVAL}}));
}

TEST_F(Objects, FillTheirFileSystem) {
  MakeSmall();
  system_.Make(Store(0), Value{0});
  EXPECT_FALSE(Allows(Store(5), Fault{{7}, FaultCode::kBeyondObject, 0}));
  system_.Make(Store(5), Value{0});
  EXPECT_TRUE(Allows(Store(0), Value{0}));
  EXPECT_FALSE(Allows(Store(1), Value{0}));
  EXPECT_TRUE(Allows(Store(1), Fault{{7}, FaultCode::kBeyondObject, 0}));
  EXPECT_TRUE(Allows(FileAllocate{DescriptorNumber(3), {0}, {2 * kPage}, {}}, Failure{{ENOSPC}}));
  system_.Make(FileTruncate{DescriptorNumber(3), {kPage}}, Value{0});
  system_.Make(FileTruncate{DescriptorNumber(3), {8 * kPage}}, Value{0});
  EXPECT_TRUE(Allows(Store(1), Value{0}));
}

TEST_F(Objects, UseUpInodes) {
  MakeSmall();
  system_.Make(PosixLink{"/n0", "/n1"}, Value{0});
  EXPECT_FALSE(Allows(PosixOpen{"/n2", kNew}, Value{4}));
  EXPECT_TRUE(Allows(PosixOpen{"/n2", kNew}, Failure{{ENOSPC}}));
  system_.Make(PosixUnlink{"/n0"}, Value{0});
  EXPECT_TRUE(Allows(PosixOpen{"/n2", kNew}, Value{4}));
  EXPECT_FALSE(Allows(PosixOpen{"/n0"}, Value{4}));
}

TEST_F(Objects, AreOpenedByOthersAsTheirModeSays) {
  TestSystem system("linux", {ActorSpec{}, ActorSpec{.uid = Id::User(1), .gid = Id::User(1)}});
  system.Make(ProcessSetUmask{{0}}, Value{022});
  system.Make(PosixOpen{"/n0", kNew, {0644}}, Value{3});
  EXPECT_TRUE(system.Allows(PosixOpen{"/n0"}, Value{3}, 1));
  EXPECT_FALSE(system.Allows(PosixOpen{"/n0", kReadWrite}, Value{3}, 1));
  EXPECT_TRUE(system.Allows(PosixOpen{"/n0", kReadWrite}, Failure{{EACCES}}, 1));
  EXPECT_FALSE(system.Allows(PosixUnlink{"/n0"}, Value{0}, 1));
}

TEST_F(Objects, AreUnspecifiedWherePosixSaysNothing) {
  TestSystem system("posix");
  EXPECT_TRUE(system.Allows(PosixOpen{"n0", kNew}, Value{3}));
  EXPECT_TRUE(system.Allows(PosixOpen{"n0", kNew}, Failure{{EINVAL}}));
  EXPECT_FALSE(system.Allows(PosixOpen{"/n0"}, Value{3}));
  EXPECT_TRUE(system.Allows(PosixOpen{"/n0", kOnlyNewObject}, Value{3}));
}

}  // namespace
}  // namespace shmspec::model
