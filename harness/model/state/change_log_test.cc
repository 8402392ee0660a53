// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/state/change_log.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <optional>

#include "harness/model/state/memory_object.h"

namespace shmspec::model {
namespace {

using Bytes = std::array<std::uint8_t, 4>;

std::optional<Bytes> Before(const MemoryObject& object, std::uint64_t offset, std::uint64_t since) {
  Bytes bytes{};
  object.Read(offset, bytes);
  if (!object.changes.GetBefore(offset, bytes, since)) return std::nullopt;
  return bytes;
}

TEST(ChangeLog, NotesWhatChangesAfterItBegan) {
  MemoryObject object;
  object.Write(0, Bytes{1, 1, 1, 1});
  EXPECT_FALSE(object.changes.HasChanged(0, 4, 0)) << "nobody has asked";
  const std::uint64_t since = object.changes.Begin();
  object.Write(0, Bytes{1, 1, 1, 1});
  object.Zero(100, MemoryObject::kEnd - 100);
  EXPECT_FALSE(object.changes.HasChanged(0, MemoryObject::kEnd, since)) << "the bytes are the same";
  object.Write(2, Bytes{2, 2, 2, 2});
  EXPECT_TRUE(object.changes.HasChanged(5, 1, since));
  EXPECT_FALSE(object.changes.HasChanged(6, 100, since));
  EXPECT_FALSE(object.changes.HasChanged(0, 2, since));
  EXPECT_FALSE(object.changes.HasChanged(0, 8, object.changes.Begin()));
}

TEST(ChangeLog, KnowsWhatBytesWereThatChangedOnce) {
  MemoryObject object;
  object.Write(0, Bytes{1, 2, 3, 4});
  const std::uint64_t since = object.changes.Begin();
  object.Write(2, Bytes{9, 9, 9, 9});
  EXPECT_EQ(Before(object, 0, since), (Bytes{1, 2, 3, 4}));
  EXPECT_EQ(Before(object, 4, since), (Bytes{0, 0, 0, 0}));
  EXPECT_EQ(Before(object, 6, since), std::nullopt) << "these have not changed";
  const std::uint64_t later = object.changes.Begin();
  object.Write(0, Bytes{5, 5, 5, 5});
  EXPECT_EQ(Before(object, 0, since), std::nullopt) << "some have changed twice";
  EXPECT_EQ(Before(object, 0, later), (Bytes{1, 2, 9, 9}));
  object.Zero(0, 4096);
  EXPECT_EQ(Before(object, 0, later), std::nullopt);
  EXPECT_TRUE(object.changes.HasChanged(0, 4, later));
}

TEST(ChangeLog, RemembersThatTheSameBytesChangedTwice) {
  MemoryObject object;
  const std::uint64_t since = object.changes.Begin();
  object.Write(0, Bytes{1, 1, 1, 1});
  const std::uint64_t later = object.changes.Begin();
  object.Write(0, Bytes{2, 2, 2, 2});
  EXPECT_EQ(Before(object, 0, since), std::nullopt);
  EXPECT_EQ(Before(object, 0, later), (Bytes{1, 1, 1, 1}));
}

TEST(ShownSince, IsWhatWasSetLast) {
  ShownSince since;
  since.Set(0, 100, 1);
  since.Set(10, 10, 2);
  EXPECT_EQ(since.At(9), 1u);
  EXPECT_EQ(since.At(10), 2u);
  EXPECT_EQ(since.At(20), 1u);
  since.Set(0, 50, 3);
  EXPECT_EQ(since.At(15), 3u);
  EXPECT_EQ(since.At(50), 1u);
}

}  // namespace
}  // namespace shmspec::model
