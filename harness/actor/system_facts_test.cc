// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/system_facts.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "harness/actor/script.h"
#include "harness/host/text_file.h"
#include "harness/vocabulary/plan/plan.h"

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

TEST(NumberSharedNamespaces, GivesActorsThatShareOneTheNumberThatAnotherRead) {
  Plan plan;
  plan.actors.resize(3);
  plan.actors[2].namespaces = Namespaces(kNamespaceIpc);
  std::vector<ActorFacts> actors(3);
  actors[1].ipc_namespace = 7;
  actors[1].pid_namespace = 8;
  NumberSharedNamespaces(plan, actors);
  EXPECT_EQ(actors[0].ipc_namespace, 7u);
  EXPECT_EQ(actors[2].ipc_namespace, 0u) << "it has one of its own";
  EXPECT_EQ(actors[2].pid_namespace, 8u);
  EXPECT_EQ(actors[0].user_namespace, 0u) << "nobody knows it";
}

TEST(NumberSharedNamespaces, TakesNoNumberOfAnActorThatWasForked) {
  Plan plan;
  plan.actors.resize(2);
  plan.actors[1].start = Start::kFork;
  std::vector<ActorFacts> actors(2);
  actors[1].ipc_namespace = 7;
  NumberSharedNamespaces(plan, actors);
  EXPECT_EQ(actors[0].ipc_namespace, 0u) << "its parent may have made that one later";
}

}  // namespace
}  // namespace shmspec
