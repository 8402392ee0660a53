// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Calls on ranges of addresses: holes, protections, and the fragments that are left of an attach.

#include "harness/model/space/mapping.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <utility>
#include <vector>

#include "harness/model/language/test_system.h"

namespace shmspec::model {
namespace {

constexpr std::int64_t kPage = 4096;
constexpr std::int64_t kAt = 0x7f0000000000;
constexpr std::int64_t kId = 7;

Address At(std::int64_t page) { return AbsoluteAddress(kAt + page * kPage); }
Size Pages(std::uint64_t count) { return {count * kPage}; }
Failure Error(int number) { return {{number}}; }

/// A segment of six pages, attached once.
class MappingTest : public testing::Test {
 protected:
  explicit MappingTest(const char* profile = "linux") : system_(profile) {
    system_.Make(SysvGet{.key = PrivateKey(), .size = Pages(6), .flags = kCreate | 0600},
                 Value{kId});
    system_.Make(SysvAttach{SegmentId(kId), At(0)}, Value{kAt});
  }

  std::int32_t Attached() const {
    const Segment* segment = FindById(*system_.state.namespaces[0], kId);
    return segment == nullptr ? -1 : segment->nattch;
  }
  /// Every mapping: its first page, its pages, its page of the segment, its protection.
  std::vector<std::array<std::int64_t, 4>> Layout() const {
    std::vector<std::array<std::int64_t, 4>> layout;
    for (const Mapping& mapping : system_.state.processes[0].space->mappings()) {
      layout.push_back({(static_cast<std::int64_t>(mapping.start) - kAt) / kPage,
                        static_cast<std::int64_t>(mapping.size()) / kPage,
                        static_cast<std::int64_t>(mapping.offset) / kPage, mapping.protection});
    }
    return layout;
  }
  using Rows = std::vector<std::array<std::int64_t, 4>>;

  void Protect(std::int64_t page, std::uint64_t pages, std::uint64_t protection) {
    system_.Make(MapProtect{At(page), Pages(pages), Protection(protection)}, Value{0});
  }
  void Unmap(std::int64_t page, std::uint64_t pages) {
    system_.Make(MapUnmap{At(page), Pages(pages)}, Value{0});
  }
  std::vector<Refusal> Holes(std::int64_t page, std::uint64_t pages) {
    const Scene scene = system_.Call(SysvDetach{});
    Clauses clauses;
    const auto start = static_cast<std::uint64_t>(kAt + page * kPage);
    DescribeHoles(scene, start, start + pages * kPage, ENOMEM, clauses);
    return {clauses.refusals().begin(), clauses.refusals().end()};
  }

  TestSystem system_;
};

TEST_F(MappingTest, AnUnmappedMiddleLeavesTwoFragmentsThatCount) {
  EXPECT_EQ(Layout(), (Rows{{0, 6, 0, 3}}));
  EXPECT_EQ(Attached(), 1);
  Unmap(2, 1);
  EXPECT_EQ(Layout(), (Rows{{0, 2, 0, 3}, {3, 3, 3, 3}}));
  EXPECT_EQ(Attached(), 2);
  Unmap(5, 4);
  EXPECT_EQ(Layout(), (Rows{{0, 2, 0, 3}, {3, 2, 3, 3}}));
  EXPECT_EQ(Attached(), 2);
  Unmap(0, 6);
  EXPECT_EQ(Layout(), Rows{});
  EXPECT_EQ(Attached(), 0);
}

TEST_F(MappingTest, AChangedProtectionCutsOnlyWhereItDiffers) {
  Protect(1, 2, kProtectRead);
  EXPECT_EQ(Layout(), (Rows{{0, 1, 0, 3}, {1, 2, 1, 1}, {3, 3, 3, 3}}));
  EXPECT_EQ(Attached(), 3);
  Protect(1, 2, kProtectRead);
  EXPECT_EQ(Layout().size(), 3u) << "it has that protection already";
  Protect(0, 6, kProtectRead | kProtectWrite);
  EXPECT_EQ(Layout(), (Rows{{0, 1, 0, 3}, {1, 2, 1, 3}, {3, 3, 3, 3}}));
  EXPECT_EQ(Attached(), 3) << "the fragments count until the system merges them";
}

TEST_F(MappingTest, APartlyUnmappedRangeIsChangedUpToTheHole) {
  Unmap(2, 1);
  EXPECT_FALSE(system_.Allows(MapProtect{At(0), Pages(6), Protection(1)}, Value{0}));
  system_.Make(MapProtect{At(0), Pages(6), Protection(1)}, Error(ENOMEM));
  EXPECT_EQ(Layout(), (Rows{{0, 2, 0, 1}, {3, 3, 3, 3}}));
}

TEST_F(MappingTest, AHoleIsCertainOnlyWhereThePlanMadeIt) {
  EXPECT_TRUE(Holes(0, 6).empty());
  Unmap(2, 2);
  ASSERT_EQ(Holes(0, 6).size(), 1u);
  EXPECT_EQ(Holes(0, 6)[0].force, Force::kMust);
  ASSERT_EQ(Holes(4, 3).size(), 1u) << "behind the attach";
  EXPECT_EQ(Holes(4, 3)[0].force, Force::kMay) << "the process itself may have something there";
  EXPECT_EQ(Holes(0, 8).size(), 2u);
}

TEST_F(MappingTest, AReadOnlyAttachIsNeverMadeWritable) {
  system_.Make(SysvAttach{SegmentId(kId), At(10), kReadOnly}, Value{kAt + 10 * kPage});
  const MapProtect writable{At(10), Pages(1), Protection(kProtectRead | kProtectWrite)};
  EXPECT_FALSE(system_.Allows(writable, Value{0}));
  EXPECT_TRUE(system_.Allows(writable, Error(EACCES)));
  EXPECT_TRUE(system_.Allows(MapProtect{At(10), Pages(1), {}}, Value{0}));
}

TEST_F(MappingTest, ADeniedAccessShowsWhatDeniesIt) {
  const auto denied_by = [&](const Operation& access) -> std::string_view {
    const auto refusals = system_.Describe(access).refusals();
    return refusals.size() == 1 ? refusals[0].requirements[0].id() : "";
  };
  const Address attach = AbsoluteAddress(kAt + 10 * kPage);
  system_.Make(SysvAttach{SegmentId(kId), attach, kReadOnly}, Value{kAt + 10 * kPage});
  EXPECT_EQ(denied_by(MemoryStore{attach}), "SYSV.SHMAT.RDONLY_FAULTS");
  system_.Make(MapProtect{attach, Pages(1), {}}, Value{0});
  EXPECT_EQ(denied_by(MemoryStore{attach}), "MMAP.MPROTECT_ENFORCED");
  EXPECT_EQ(denied_by(MemoryLoad{attach}), "MMAP.MPROTECT_ENFORCED");
  Protect(0, 1, kProtectRead);
  EXPECT_EQ(denied_by(MemoryStore{At(0)}), "MMAP.MPROTECT_ENFORCED");
}

TEST_F(MappingTest, AFaultIsReportedAtItsAddressOrAtItsPage) {
  Protect(2, 1, kProtectRead);
  const auto faults = [&](std::int64_t offset) {
    const MemoryStore store{.at = AbsoluteAddress(kAt + 2 * kPage + 16), .value = 1};
    return system_.Allows(store, Fault{{SIGSEGV}, FaultCode::kAccess, offset});
  };
  EXPECT_TRUE(faults(0));
  EXPECT_TRUE(faults(-16));
  EXPECT_FALSE(faults(8));
  EXPECT_FALSE(faults(-8));
  EXPECT_FALSE(faults(-16 - kPage));
}

TEST_F(MappingTest, ASealedRangeIsNeitherUnmappedNorProtected) {
  system_.Make(MapSeal{At(1), Pages(1)}, Value{0});
  EXPECT_EQ(Layout().size(), 3u);
  EXPECT_FALSE(system_.Allows(MapUnmap{At(0), Pages(6)}, Value{0}));
  EXPECT_TRUE(system_.Allows(MapUnmap{At(0), Pages(6)}, Error(EPERM)));
  EXPECT_FALSE(system_.Allows(MapProtect{At(1), Pages(1), {}}, Value{0}));
  EXPECT_TRUE(system_.Allows(MapUnmap{At(2), Pages(4)}, Value{0}));
}

TEST_F(MappingTest, AMovedFragmentKeepsItsPlaceInTheSegment) {
  system_.Make(MapRemap{At(2), Pages(2), Pages(2), At(20)}, Value{kAt + 20 * kPage});
  EXPECT_EQ(Layout(), (Rows{{0, 2, 0, 3}, {4, 2, 4, 3}, {20, 2, 2, 3}}));
  EXPECT_EQ(Attached(), 3);
}

TEST_F(MappingTest, PrivateMemoryReplacesWhatWasThere) {
  system_.Make(MapPrivate{Pages(2), At(1)}, Value{kAt + kPage});
  EXPECT_EQ(Layout(), (Rows{{0, 1, 0, 3}, {1, 2, 0, 3}, {3, 3, 3, 3}}));
  EXPECT_EQ(Attached(), 2);
}

TEST_F(MappingTest, ASegmentIsGoneWithItsLastFragment) {
  Unmap(2, 1);
  system_.Make(SysvRemove{SegmentId(kId)}, Value{0});
  Unmap(0, 2);
  EXPECT_EQ(Attached(), 1);
  Unmap(3, 2);
  EXPECT_EQ(Attached(), 1) << "a page is left";
  Unmap(5, 1);
  EXPECT_EQ(Attached(), -1);
  EXPECT_TRUE(system_.state.objects.empty());
}

TEST_F(MappingTest, ALockOfARangeThatWrapsMayBeRefusedByTheLimitFirst) {
  const MapLock wraps{AbsoluteAddress(-1), Pages(1)};
  EXPECT_TRUE(system_.Allows(wraps, Error(EINVAL)));
  EXPECT_FALSE(system_.Allows(wraps, Error(EPERM)));
  system_.state.tasks[0].credentials.Own().caps = 0;
  system_.state.processes[0].memlock = 0;
  EXPECT_TRUE(system_.Allows(wraps, Error(EINVAL)));
  EXPECT_TRUE(system_.Allows(wraps, Error(EPERM)));
}

}  // namespace
}  // namespace shmspec::model
