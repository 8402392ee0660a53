// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/system_facts.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "harness/host/text_file.h"

namespace shmspec {
namespace {

TEST(SystemFacts, FindTheLowestAddressThatTheSystemNames) {
  const auto named = ReadNumberFile("/proc/sys/vm/mmap_min_addr");
  if (!named) GTEST_SKIP() << "this system does not show vm.mmap_min_addr";
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const auto tried = TryLowestAddress(page);
  ASSERT_TRUE(tried.has_value());
  EXPECT_EQ(*tried, static_cast<std::uint64_t>(*named));
}

}  // namespace
}  // namespace shmspec
