// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <gtest/gtest.h>

#include <cerrno>

#include "harness/model/language/test_system.h"

namespace shmspec::model {
namespace {

constexpr std::uint64_t kPage = 4096;

class Files : public testing::Test {
 protected:
  /// A file of that size with the descriptor 3.
  void MakeFile(std::uint64_t size, std::uint64_t flags = kAllowSealing) {
    system_.Make(MemfdCreate{"m", flags}, Value{3});
    system_.Make(FileTruncate{DescriptorNumber(3), {size}}, Value{0});
  }
  bool Allows(Operation operation, const Outcome& outcome) {
    return system_.Allows(std::move(operation), outcome);
  }

  TestSystem system_;
};

TEST_F(Files, GiveTheLowestNumberThatWasClosed) {
  for (const std::int64_t number : {3, 4, 5}) system_.Make(MemfdCreate{}, Value{number});
  EXPECT_FALSE(Allows(MemfdCreate{}, Value{4})) << "it is open";
  system_.Make(DescriptorClose{DescriptorNumber(4)}, Value{0});
  EXPECT_TRUE(Allows(MemfdCreate{}, Value{4}));
  EXPECT_FALSE(Allows(MemfdCreate{}, Value{6}));
}

TEST_F(Files, GiveAnyNumberWhereNothingWasClosed) {
  EXPECT_TRUE(Allows(MemfdCreate{}, Value{17}));
  EXPECT_FALSE(Allows(MemfdCreate{}, Value{-2}));
}

TEST_F(Files, EndWithTheirLastReference) {
  MakeFile(kPage);
  EXPECT_EQ(system_.state.nodes->size(), 1u);
  system_.Make(MapMap{.descriptor = DescriptorNumber(3)}, Value{0x10000000});
  system_.Make(DescriptorClose{DescriptorNumber(3)}, Value{0});
  EXPECT_EQ(system_.state.nodes->size(), 1u);
  system_.Make(MapUnmap{AbsoluteAddress(0x10000000), {kPage}}, Value{0});
  EXPECT_TRUE(system_.state.nodes->empty());
  EXPECT_TRUE(system_.state.files->empty());
  EXPECT_TRUE(system_.state.objects.empty());
}

TEST_F(Files, EndWithTheLastSharedAnonymousMapping) {
  system_.Make(MapMap{.flags = kMapShared | kMapAnonymous}, Value{0x10000000});
  EXPECT_EQ(system_.state.nodes->size(), 1u);
  system_.Make(MapUnmap{AbsoluteAddress(0x10000000), {kPage}}, Value{0});
  EXPECT_TRUE(system_.state.nodes->empty());
  EXPECT_TRUE(system_.state.objects.empty());
}

TEST_F(Files, AreMappedOverTheLastMappingOfAnother) {
  constexpr std::int64_t kPlace = 0x10000000;
  MakeFile(kPage);
  system_.Make(MapMap{.descriptor = DescriptorNumber(3), .size = {kPage}}, Value{kPlace});
  system_.Make(DescriptorClose{DescriptorNumber(3)}, Value{0});
  MakeFile(kPage);
  system_.Make(MemfdCreate{}, Value{4});  // which is empty
  system_.Make(MapMap{.descriptor = DescriptorNumber(3),
                      .size = {kPage},
                      .flags = kMapShared | kMapFixed,
                      .at = AbsoluteAddress(kPlace)},
               Value{kPlace});
  EXPECT_TRUE(Allows(MemoryLoad{AbsoluteAddress(kPlace), Width::k8}, Value{0}));
}

TEST_F(Files, MayNotBeWrittenFromAddressZero) {
  MakeFile(kPage);
  system_.Make(MapMap{.size = {kPage},
                      .flags = kMapShared | kMapAnonymous | kMapFixed,
                      .at = AbsoluteAddress(0)},
               Value{0});
  const auto write = [](std::int64_t at) {
    return FilePwrite{DescriptorNumber(3), AbsoluteAddress(at), {8}, {0}};
  };
  EXPECT_TRUE(Allows(write(0), Value{8}));
  EXPECT_TRUE(Allows(write(0), Failure{{EFAULT}}));
  EXPECT_FALSE(Allows(write(8), Failure{{EFAULT}}));
}

TEST_F(Files, ShowDataWhereItIs) {
  MakeFile(4 * kPage);
  system_.Make(MapPrivate{{kPage}, {}}, Value{0x20000000});
  system_.Make(FilePwrite{DescriptorNumber(3), AbsoluteAddress(0x20000000), {1}, {2 * kPage + 9}},
               Value{1});
  const auto seek = [](std::uint64_t offset, Whence whence) {
    return FileSeek{DescriptorNumber(3), {offset}, whence};
  };
  EXPECT_TRUE(Allows(seek(0, Whence::kData), Value{2 * kPage}));
  EXPECT_FALSE(Allows(seek(0, Whence::kData), Value{0}));
  EXPECT_TRUE(Allows(seek(2 * kPage, Whence::kHole), Value{3 * kPage}));
  EXPECT_FALSE(Allows(seek(3 * kPage, Whence::kData), Value{3 * kPage}));
  EXPECT_TRUE(Allows(seek(3 * kPage, Whence::kData), Failure{{ENXIO}}));
}

TEST_F(Files, MayShowReservedPagesAsEither) {
  MakeFile(4 * kPage);
  system_.Make(FileAllocate{DescriptorNumber(3), {kPage}, {kPage}, kKeepSize}, Value{0});
  const FileSeek data{DescriptorNumber(3), {0}, Whence::kData};
  EXPECT_TRUE(Allows(data, Value{kPage}));
  EXPECT_TRUE(Allows(data, Failure{{ENXIO}}));
  EXPECT_FALSE(Allows(data, Value{0}));
  const FileSeek hole{DescriptorNumber(3), {kPage}, Whence::kHole};
  EXPECT_TRUE(Allows(hole, Value{kPage}));
  EXPECT_TRUE(Allows(hole, Value{2 * kPage}));
  EXPECT_FALSE(Allows(hole, Value{3 * kPage}));
}

TEST_F(Files, KeepAPageOfWhichAPartIsPunched) {
  MakeFile(2 * kPage);
  system_.Make(MapPrivate{{2 * kPage}, {}}, Value{0x20000000});
  system_.Make(FilePwrite{DescriptorNumber(3), AbsoluteAddress(0x20000000), {2 * kPage}, {0}},
               Value{2 * kPage});
  const auto stat = [&](std::int64_t pages) {
    const FileRecord record{.mode = {0100777}, .size = 2 * kPage, .blocks = 8 * pages};
    return Allows(FileStat{DescriptorNumber(3)}, record);
  };
  EXPECT_TRUE(stat(2));
  system_.Make(FileAllocate{DescriptorNumber(3), {100}, {kPage}, kKeepSize | kPunchHole}, Value{0});
  EXPECT_TRUE(stat(2));
  system_.Make(FileAllocate{DescriptorNumber(3), {100}, {2 * kPage}, kKeepSize | kPunchHole},
               Value{0});
  EXPECT_TRUE(stat(1));
}

TEST_F(Files, KeepALargePageOfWhichAllThatWasWrittenIsPunched) {
  constexpr std::uint64_t kLargePage = 4 * kPage;
  system_.setting.system.page_size = kLargePage;
  MakeFile(kLargePage);
  system_.Make(MapPrivate{{kLargePage}, {}}, Value{0x20000000});
  system_.Make(FilePwrite{DescriptorNumber(3), AbsoluteAddress(0x20000000), {1}, {0}}, Value{1});
  system_.Make(FileAllocate{DescriptorNumber(3), {0}, {kPage}, kKeepSize | kPunchHole}, Value{0});
  const FileRecord record{.mode = {0100777}, .size = kLargePage, .blocks = 32};
  EXPECT_TRUE(Allows(FileStat{DescriptorNumber(3)}, record));
}

TEST_F(Files, ReadOnlyMapsOfSealedOnesDependOnTheVersion) {
  MakeFile(kPage);
  system_.Make(MemfdAddSeals{DescriptorNumber(3), kSealWrite}, Value{0});
  const MapMap reading{.descriptor = DescriptorNumber(3), .protection = 1};
  EXPECT_TRUE(Allows(reading, Value{0x10000000}));
  EXPECT_TRUE(Allows(reading, Failure{{EPERM}}));
  const MapMap writing{.descriptor = DescriptorNumber(3), .protection = 3};
  EXPECT_FALSE(Allows(writing, Value{0x10000000}));
}

TEST_F(Files, OfAnAccessControlListShowItsMaskAsGroup) {
  MakeFile(kPage);
  const FileSetAcl list{.descriptor = DescriptorNumber(3),
                        .user = Id::User(1),
                        .user_bits = 6,
                        .group = 2,
                        .mask = 4};
  EXPECT_TRUE(Allows(list, Value{0}));
  EXPECT_FALSE(Allows(FileGetAcl{DescriptorNumber(3)}, AclRecord{}));
  EXPECT_TRUE(Allows(FileGetAcl{DescriptorNumber(3)}, Failure{{ENODATA}}));
  system_.Make(list, Value{0});
  const AclRecord record{.owner = 6,
                         .user = static_cast<std::int64_t>(Id::User(1).number),
                         .user_bits = 6,
                         .group = 2,
                         .mask = 4};
  EXPECT_TRUE(Allows(FileGetAcl{DescriptorNumber(3)}, record));
  EXPECT_TRUE(Allows(FileStat{DescriptorNumber(3)}, FileRecord{.mode = {0100640}, .size = kPage}));
  system_.Make(FileChmod{DescriptorNumber(3), {0666}}, Value{0});
  AclRecord changed = record;
  changed.mask = changed.other = 6;
  EXPECT_TRUE(Allows(FileGetAcl{DescriptorNumber(3)}, changed));
  system_.state.tasks[0].credentials.Own().unmapped = true;
  EXPECT_FALSE(Allows(FileGetAcl{DescriptorNumber(3)}, changed));
  changed.user = kNoEntry;
  EXPECT_TRUE(Allows(FileGetAcl{DescriptorNumber(3)}, changed)) << "the user has no name here";
  FileSetAcl nameless = list;
  nameless.mask = -1;
  EXPECT_FALSE(Allows(nameless, Value{0})) << "a name needs a mask";
}

TEST_F(Files, ShowOldOrNewBytesInPrivateMappings) {
  const auto load = [](std::uint64_t offset) {
    return MemoryLoad{AbsoluteAddress(static_cast<std::int64_t>(0x20000000 + offset))};
  };
  const auto store = [&](std::int64_t at, std::uint64_t value) {
    system_.Make(MemoryStore{AbsoluteAddress(at), Width::k8, value}, Value{0});
  };
  MakeFile(2 * kPage);
  system_.Make(MapMap{.descriptor = DescriptorNumber(3), .size = {2 * kPage}}, Value{0x10000000});
  store(0x10000000, 5);
  system_.Make(MapMap{.descriptor = DescriptorNumber(3), .size = {2 * kPage}, .flags = kMapPrivate},
               Value{0x20000000});
  EXPECT_FALSE(Allows(load(0), Value{0})) << "it was stored before";
  store(0x10000000, 6);
  EXPECT_TRUE(Allows(load(0), Value{5}));
  EXPECT_TRUE(Allows(load(0), Value{6}));
  EXPECT_FALSE(Allows(load(0), Value{7}));
  EXPECT_FALSE(Allows(load(8), Value{6})) << "these bytes are the same";
  store(0x20000008, 9);
  EXPECT_TRUE(Allows(load(0), Value{5})) << "the copy is of the page before or after";
  EXPECT_FALSE(Allows(load(16), Value{1}));
  system_.Make(MapAdvise{AbsoluteAddress(0x20000000), {kPage}, Advice::kDontNeed}, Value{0});
  EXPECT_FALSE(Allows(load(0), Value{5}));
  EXPECT_TRUE(Allows(load(0), Value{6}));
}

TEST_F(Files, KeepTheirSealsWhenNothingElseIsKnownOfThem) {
  MakeFile(kPage);
  system_.Make(MemfdAddSeals{DescriptorNumber(3), kSealShrink}, Value{0});
  const Address nowhere = AbsoluteAddress(0);
  system_.Make(FilePwrite{DescriptorNumber(3), nowhere, {8}, {3 * kPage}}, Failure{{EFAULT}});
  EXPECT_TRUE(Allows(FileTruncate{DescriptorNumber(3), {2 * kPage}}, Value{0}));
  EXPECT_TRUE(Allows(FileTruncate{DescriptorNumber(3), {2 * kPage}}, Failure{{EPERM}}));
  EXPECT_FALSE(Allows(MemfdGetSeals{DescriptorNumber(3)}, Value{0}));
  EXPECT_TRUE(Allows(MemfdGetSeals{DescriptorNumber(3)}, Value{kSealShrink}));
  EXPECT_FALSE(Allows(MemfdGetSeals{DescriptorNumber(3)}, Failure{{EINVAL}}));
}

}  // namespace
}  // namespace shmspec::model
