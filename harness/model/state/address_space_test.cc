// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/state/address_space.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cstdint>
#include <tuple>
#include <vector>

namespace shmspec::model {
namespace {

constexpr std::uint64_t kPages = 24;

/// The same page by page: what is mapped where, and what is known to be free.
class Pages {
 public:
  struct Page {
    std::uint64_t piece = 0;  // the mapping or fragment that has it; 0: none
    std::uint64_t object = 0;
    std::uint64_t offset = 0;
    bool free = false;
  };

  bool Holds(std::uint64_t start, std::uint64_t end, bool (*holds)(const Page&)) const {
    bool all = true;
    for (std::uint64_t at = start; at < end; ++at) all = all && holds(pages_[at]);
    return all;
  }
  bool IsUnmapped(std::uint64_t start, std::uint64_t end) const {
    return Holds(start, end, [](const Page& page) { return page.piece == 0; });
  }
  bool IsFree(std::uint64_t start, std::uint64_t end) const {
    return Holds(start, end, [](const Page& page) { return page.free; });
  }
  const Page& operator[](std::uint64_t at) const { return pages_[at]; }

  void Insert(const Mapping& mapping) {
    ++pieces_;
    for (std::uint64_t at = mapping.start; at < mapping.end; ++at) {
      pages_[at] = {pieces_, mapping.object, mapping.offset + (at - mapping.start), false};
    }
  }
  void Free(std::uint64_t start, std::uint64_t end) {
    for (std::uint64_t at = start; at < end; ++at) pages_[at] = {0, 0, 0, true};
  }
  bool SplitAt(std::uint64_t at) {
    const bool straddled =
        at > 0 && pages_[at].piece != 0 && pages_[at].piece == pages_[at - 1].piece;
    const std::uint64_t old = pages_[at].piece;
    ++pieces_;
    for (; straddled && at < kPages && pages_[at].piece == old; ++at) pages_[at].piece = pieces_;
    return straddled;
  }

 private:
  std::array<Page, kPages> pages_{};
  std::uint64_t pieces_ = 0;
};

std::uint64_t MappingsEndingBy(const AddressSpace& space, std::uint64_t at) {
  std::uint64_t count = 0;
  for (const Mapping& mapping : space.mappings()) count += mapping.end <= at ? 1 : 0;
  return count;
}

void CheckSame(const AddressSpace& space, const Pages& pages) {
  std::uint64_t end = 0;
  for (const Mapping& mapping : space.mappings()) {
    RC_ASSERT(end <= mapping.start);
    RC_ASSERT(mapping.start < mapping.end);
    end = mapping.end;
  }
  for (std::uint64_t at = 0; at < kPages; ++at) {
    const Mapping* mapping = space.Find(at);
    RC_ASSERT((mapping != nullptr) == (pages[at].piece != 0));
    RC_ASSERT(space.FirstAfter(at) == MappingsEndingBy(space, at));
    if (mapping == nullptr) continue;
    RC_ASSERT(mapping->object == pages[at].object);
    RC_ASSERT(mapping->offset + (at - mapping->start) == pages[at].offset);
    RC_ASSERT((mapping->start == at) == (at == 0 || pages[at - 1].piece != pages[at].piece));
  }
  for (std::uint64_t start = 0; start < kPages; ++start) {
    for (std::uint64_t stop = start + 1; stop <= kPages; ++stop) {
      RC_ASSERT(space.Overlaps(start, stop) == !pages.IsUnmapped(start, stop));
      RC_ASSERT(space.IsKnownFree(start, stop) == pages.IsFree(start, stop));
    }
  }
}

using Choice = std::tuple<std::uint8_t, std::uint8_t, std::uint8_t>;

RC_GTEST_PROP(AddressSpace, IsWhatItsPagesAre, (const std::vector<Choice>& choices)) {
  AddressSpace space;
  Pages pages;
  for (const auto& [what, where, size] : choices) {
    const std::uint64_t start = where % kPages;
    const std::uint64_t end = std::min(kPages, start + 1 + size % 8);
    const std::size_t count = space.mappings().size();
    switch (what % 4) {
      case 0: {
        if (!pages.IsUnmapped(start, end)) break;
        Mapping mapping;
        mapping.start = start;
        mapping.end = end;
        mapping.object = 1 + where;
        mapping.offset = size;
        space.Insert(mapping);
        pages.Insert(mapping);
        break;
      }
      case 1: {
        if (count == 0) break;
        const Mapping removed = space.Remove(where % count);
        pages.Free(removed.start, removed.end);
        break;
      }
      case 2:
        RC_ASSERT(space.SplitAt(start) == pages.SplitAt(start));
        break;
      default:
        if (!pages.IsUnmapped(start, end)) break;
        space.NoteFree(start, end);
        pages.Free(start, end);
    }
    CheckSame(space, pages);
  }
}

/// A piece of an attach at its place in the segment.
Mapping Piece(std::uint64_t start, std::uint64_t end, std::uint32_t attach = 1) {
  Mapping mapping;
  mapping.start = start;
  mapping.end = end;
  mapping.offset = start;
  mapping.protection = kProtectRead;
  mapping.backing = AttachBacking{{0, 5}, attach, 0};
  return mapping;
}

std::int32_t Mergeable(const std::vector<Mapping>& mappings, std::uint32_t segment = 5) {
  AddressSpace space;
  for (const Mapping& mapping : mappings) space.Insert(mapping);
  return space.MergeablePairs(segment);
}

TEST(AddressSpace, CountsNeighboursThatASystemCouldMerge) {
  EXPECT_EQ(Mergeable({Piece(0, 1), Piece(1, 2), Piece(2, 3)}), 2);
  EXPECT_EQ(Mergeable({Piece(0, 1), Piece(2, 3)}), 0) << "there is a hole between them";
  EXPECT_EQ(Mergeable({Piece(0, 1), Piece(1, 2, 2)}), 0) << "they are two attaches";
  EXPECT_EQ(Mergeable({Piece(0, 1), Piece(1, 2)}, 6), 0) << "they are of another segment";
  const auto differing = [](auto change) {
    Mapping other = Piece(1, 2);
    change(other);
    return Mergeable({Piece(0, 1), other});
  };
  EXPECT_EQ(differing([](Mapping&) {}), 1);
  EXPECT_EQ(differing([](Mapping& m) { m.offset = 4; }), 0);
  EXPECT_EQ(differing([](Mapping& m) { m.protection |= kProtectWrite; }), 0);
  EXPECT_EQ(differing([](Mapping& m) { m.skipped_by_fork = true; }), 0);
  EXPECT_EQ(differing([](Mapping& m) { m.sealed = true; }), 0);
}

TEST(AddressSpace, KeepsAllThatAFragmentHasInCommonWithItsMapping) {
  AddressSpace space;
  Mapping whole = Piece(2, 6);
  whole.sealed = true;
  space.Insert(whole);
  ASSERT_TRUE(space.SplitAt(3));
  ASSERT_EQ(space.mappings().size(), 2u);
  Mapping lower = whole;
  lower.end = 3;
  Mapping upper = whole;
  upper.start = 3;
  upper.offset = 3;
  EXPECT_EQ(space.mappings()[0], lower);
  EXPECT_EQ(space.mappings()[1], upper);
  EXPECT_EQ(space.MergeablePairs(5), 1);
}

}  // namespace
}  // namespace shmspec::model
