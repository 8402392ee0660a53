// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/state/memory_object.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <tuple>
#include <vector>

namespace shmspec::model {
namespace {

constexpr std::uint64_t kBytes = 4 * kPageBytes;

using Bytes = std::array<std::uint8_t, kBytes>;

std::uint64_t Fnv(std::uint64_t hash, const std::uint8_t* bytes, std::uint64_t size) {
  for (std::uint64_t i = 0; i < size; ++i) hash = (hash ^ bytes[i]) * kHashPrime;
  return hash;
}

void CheckSame(const MemoryObject& object, const Bytes& bytes, const std::set<std::uint64_t>& pages,
               std::uint64_t offset, std::uint64_t size) {
  std::vector<std::uint8_t> seen(size, 0xaa);
  object.Read(offset, seen);
  RC_ASSERT(std::equal(seen.begin(), seen.end(), bytes.begin() + offset));
  RC_ASSERT(object.Hash(kHashBasis, offset, size) == Fnv(kHashBasis, &bytes[offset], size));
  RC_ASSERT(object.PagesTouched(kPageBytes) == pages.size());
  std::set<std::uint64_t> large;
  bool touched = true;
  for (const std::uint64_t page : pages) large.insert(page / 2);
  for (std::uint64_t at = offset; at < offset + size; ++at) {
    touched = touched && pages.contains(at / kPageBytes);
  }
  RC_ASSERT(object.PagesTouched(2 * kPageBytes) == large.size());
  RC_ASSERT(object.IsTouched(offset, size) == touched);
}

using Choice = std::tuple<std::uint8_t, std::uint16_t, std::uint16_t>;

/// Where a range begins and how long it is: often at the edge of a page, and a whole page or two.
std::pair<std::uint64_t, std::uint64_t> RangeOf(std::uint16_t where, std::uint16_t length) {
  const std::uint64_t page = where % 4 * kPageBytes;
  const std::uint64_t offset = std::min(kBytes - 1, page + (where % 3 == 0 ? 0 : where / 4 % 4096));
  const std::uint64_t size = length % 3 == 0 ? (1 + length % 2) * kPageBytes : 1 + length % 5000;
  return {offset, std::min(size, kBytes - offset)};
}

RC_GTEST_PROP(MemoryObject, IsWhatItsBytesAre, (const std::vector<Choice>& choices)) {
  MemoryObject object;
  Bytes bytes{};
  std::set<std::uint64_t> pages;
  for (const auto& [what, where, length] : choices) {
    const auto [offset, size] = RangeOf(where, length);
    const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(offset);
    switch (what % 3) {
      case 0: {
        std::vector<std::uint8_t> stored(size);
        for (std::uint64_t i = 0; i < size; ++i) stored[i] = static_cast<std::uint8_t>(what + i);
        object.Write(offset, stored);
        std::copy(stored.begin(), stored.end(), first);
        break;
      }
      case 1:
        object.Zero(offset, size);
        std::fill(first, first + static_cast<std::ptrdiff_t>(size), std::uint8_t{0});
        break;
      default:
        object.Touch(offset, size);
    }
    for (std::uint64_t page = offset / kPageBytes; page * kPageBytes < offset + size; ++page) {
      const bool whole = offset <= page * kPageBytes && (page + 1) * kPageBytes <= offset + size;
      if (what % 3 == 1) {
        if (whole) pages.erase(page);
      } else {
        pages.insert(page);
      }
    }
    CheckSame(object, bytes, pages, offset, size);
    CheckSame(object, bytes, pages, 0, kBytes);
  }
}

TEST(MemoryObject, IsCopiedByValue) {
  MemoryObject object;
  const std::array<std::uint8_t, 2> one{1, 1};
  const std::array<std::uint8_t, 2> two{2, 2};
  object.Write(0, one);
  const MemoryObject copy = object;
  EXPECT_EQ(copy, object);
  EXPECT_EQ(copy.Digest(), object.Digest());
  object.Write(0, two);
  std::array<std::uint8_t, 2> seen{};
  copy.Read(0, seen);
  EXPECT_EQ(seen, one);
  EXPECT_NE(copy, object);
  EXPECT_NE(copy.Digest(), object.Digest());
}

constexpr std::array<std::uint8_t, 8> kEight{1, 2, 3, 4, 5, 6, 7, 8};

TEST(MemoryObject, IsUnknownWhereAStoreIsUnderWay) {
  MemoryObject object;
  object.BeginWrite(8, 8, 1);
  EXPECT_TRUE(object.IsKnown(0, 8));
  EXPECT_TRUE(object.IsKnown(16, 8));
  EXPECT_FALSE(object.IsKnown(15, 1));
  EXPECT_FALSE(object.IsKnown(0, 9));
  EXPECT_TRUE(object.EndWrite(1)) << "nobody else stored there";
  EXPECT_TRUE(object.IsKnown(8, 8));
}

TEST(MemoryObject, StaysUnknownWhereTwoStoresOverlapped) {
  MemoryObject object;
  object.BeginWrite(0, 8, 1);
  object.BeginWrite(4, 8, 2);
  EXPECT_FALSE(object.EndWrite(1));
  EXPECT_FALSE(object.EndWrite(2));
  EXPECT_FALSE(object.IsKnown(0, 1));
  EXPECT_FALSE(object.IsKnown(11, 1));
  object.Write(0, kEight);
  EXPECT_TRUE(object.IsKnown(0, 4)) << "a store covers what the first wrote";
  EXPECT_FALSE(object.IsKnown(8, 4)) << "and only a part of what the second wrote";
  EXPECT_TRUE(object.IsKnown(4, 4)) << "which is known from now on";
  object.Zero(4, 8);
  EXPECT_TRUE(object.IsKnown(0, 12));
}

TEST(MemoryObject, StaysUnknownWhereAStoreFellIntoAnother) {
  MemoryObject object;
  object.BeginWrite(0, 8, 1);
  object.Write(4, std::span(kEight).first(1));
  EXPECT_FALSE(object.EndWrite(1));
  EXPECT_FALSE(object.IsKnown(0, 8));
}

TEST(MemoryObject, KnowsStoresApartThatDoNotTouch) {
  MemoryObject object;
  object.BeginWrite(0, 8, 1);
  object.BeginWrite(8, 8, 2);
  object.Write(16, kEight);
  EXPECT_TRUE(object.EndWrite(1));
  EXPECT_FALSE(object.IsKnown(8, 8)) << "that one is still under way";
  EXPECT_TRUE(object.EndWrite(2));
  EXPECT_TRUE(object.IsKnown(0, 24));
}

TEST(MemoryObject, IsUnknownWhereItIsToldUntilAStoreCoversIt) {
  MemoryObject object;
  object.MakeUnknown(0, 0, 1);
  EXPECT_TRUE(object.IsKnown(0, 8)) << "nothing is unknown";
  object.MakeUnknown(2, 4, 1);
  object.Write(2, std::span(kEight).first(3));
  EXPECT_FALSE(object.IsKnown(2, 4)) << "a byte is left";
  object.Write(0, kEight);
  EXPECT_TRUE(object.IsKnown(0, 8));
}

TEST(MemoryObject, KeepsNoPagesOfRangesThatAreTooLarge) {
  constexpr std::uint64_t kHuge = std::uint64_t{1} << 50;
  for (const auto take : {&MemoryObject::Touch, &MemoryObject::Reserve}) {
    MemoryObject object;
    object.limit = object.vouched = kHuge;
    (object.*take)(0, MemoryObject::kMostPages * kPageBytes);
    EXPECT_TRUE(object.IsKnown(0, kHuge));
    (object.*take)(kPageBytes, kHuge - kPageBytes);
    EXPECT_TRUE(object.IsKnown(0, kPageBytes));
    EXPECT_FALSE(object.IsKnown(kHuge - 8, 8));
  }
}

}  // namespace
}  // namespace shmspec::model
