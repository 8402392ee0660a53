// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/segment/lifetime.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "harness/model/language/test_system.h"

namespace shmspec::model {
namespace {

constexpr std::int64_t kId = 7;
constexpr std::int64_t kPlace = 0x10000000;

/// A segment that is attached once.
class Lifetime : public testing::Test {
 protected:
  Lifetime() {
    system_.Make(SysvGet{.key = PrivateKey(), .size = {4096}, .flags = kCreate | 0600}, Value{kId});
    system_.Make(SysvAttach{SegmentId(kId)}, Value{kPlace});
  }
  void Detach() { system_.Make(SysvDetach{AbsoluteAddress(kPlace)}, Value{0}); }
  bool RemovalMayGive(const Outcome& outcome) {
    return system_.Allows(SysvRemove{SegmentId(kId)}, outcome);
  }

  TestSystem system_;
};

TEST_F(Lifetime, EndsWithTheLastDetachAfterARemoval) {
  system_.Make(SysvRemove{SegmentId(kId)}, Value{0});
  Detach();
  EXPECT_FALSE(RemovalMayGive(Value{0}));
  EXPECT_TRUE(RemovalMayGive(Failure{{EINVAL}}));
}

TEST_F(Lifetime, MayGoOnAfterTheLastDetachWhenARemovalIsInDoubt) {
  DoubtSegment(system_.state, {0, system_.state.namespaces[0]->segments[0].serial});
  Detach();
  EXPECT_TRUE(RemovalMayGive(Value{0}));
  EXPECT_TRUE(RemovalMayGive(Failure{{EINVAL}}));
}

}  // namespace
}  // namespace shmspec::model
