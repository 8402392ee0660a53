// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/merge.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>

#include "harness/runner/selection.h"
#include "harness/runner/summary.h"
#include "harness/vocabulary/record/print_record.h"
#include "harness/vocabulary/value/instant.h"

namespace shmspec {
namespace {

using record::Record;
using testing::AllOf;
using testing::HasSubstr;
using enum Status;

constexpr std::int64_t kStart_s = 1'788'265'805;

record::Test TestOf(const std::string& id, Status status, const std::string& requirement) {
  record::Test test{.id = id,
                    .requirements = {{"MEM.CITED", kUntested}, {requirement, status}},
                    .status = status,
                    .file = "suites/mem.cc",
                    .line = 1};
  if (IsTrouble(status)) test.judgement = Judgement::kUnexpected;
  if (status == kUntested) return test;
  test.attempts = {{.n = 1, .status = status, .started_s = 1.5, .rounds = 3, .steps = 7}};
  return test;
}

/// The record of a whole run: results of every kind, a waiver in every state.
Record Whole() {
  Record record;
  record.suite = {"1.0", "abc", std::string(64, '1'), "gcc", "static"};
  record.run = {.id = "00000000-0000-4000-8000-00000000000f",
                .argv = {"shmspec", "run", "--seed", "7"},
                .seed = "7",
                .started = PrintInstant(kStart_s),
                .duration_s = 12,
                .profile = "linux",
                .isolation = "private",
                .timeout_ms = 10000,
                .max_rounds = 100};
  record.facts = {{"page_size", "4096", "sysconf(3)"},
                  {"dev_shm.bytes", "1000", "statvfs(3)"},
                  {"ability.intel", "no (other maker)", "tried"},
                  {"users.ids", "70000 to 70031", "chosen", false}};
  record.fingerprint = FingerprintOf(record.facts);
  record.restrictions = {{"isolation", "private: all can be tested"}};
  record.subject = {.kind = "kernel", .name = "Linux", .version = "6.1", .target = "libc"};
  record.excluded = 2;
  record.waivers_file = "w.toml";
  record.waivers_sha256 = std::string(64, '2');
  record.waivers = {{.id = "W-1", .reason = "known"},
                    {.id = "W-2", .reason = "mended"},
                    {.id = "W-3", .reason = "rare"},
                    {.id = "W-4", .state = record::WaiverState::kElsewhere}};
  record.areas = {{"MEM", "Memory", "mem"}};
  for (const char* id : {"MEM.A", "MEM.B", "MEM.C", "MEM.CITED", "MEM.OF_INTEL", "MEM.UNCITED"}) {
    record.requirements.push_back({.id = id, .area = "MEM", .cases = 1});
  }
  record.requirements[2].level = Level::kShould;
  record.requirements[4].needs = {"intel"};
  record.requirements[0].touched = record.requirements[5].touched = true;
  record.tests = {TestOf("mem.a.one", kPass, "MEM.A"),
                  TestOf("mem.a.two", kUnsupported, "MEM.A"),
                  TestOf("mem.b.one", kFail, "MEM.B"),
                  TestOf("mem.b.two", kObserved, "MEM.CITED"),
                  TestOf("mem.c.one", kFail, "MEM.C"),
                  TestOf("mem.c.two", kUnresolved, "MEM.C"),
                  TestOf("mem.d.one", kUnsupported, "MEM.OF_INTEL")};
  record.tests[2].judgement = Judgement::kWaived;
  record.tests[2].waiver = "W-1";
  record.tests[0].judgement = Judgement::kStale;
  record.tests[0].waiver = "W-2";
  record.tests[3].flakiness = record::Flakiness{.flaky = true, .attempts = 2, .passed = 1};
  Summarise(record);
  return record;
}

/// The record that a shard of that run leaves, as `INDEX.json`.
Record ShardOf(const Record& whole, const Shard& shard) {
  Record record = whole;
  record.file = std::to_string(shard.index) + ".json";
  record.run.id.back() = static_cast<char>('0' + shard.index);
  record.run.argv.insert(record.run.argv.begin() + 2,
                         {"--shard", fmt::format("{}/{}", shard.index, shard.count)});
  record.run.shard_index = shard.index;
  record.run.shard_count = shard.count;
  record.run.shard_cases = whole.tests.size();
  record.tests.clear();
  for (std::size_t i = 0; i < SizeOf(shard, whole.tests.size()); ++i) {
    record.tests.push_back(whole.tests[PlaceInAll(shard, i)]);
  }
  record.excluded += whole.tests.size() - record.tests.size();
  for (auto& entry : record.requirements) entry.touched = false;
  record.requirements[shard.index == 1 ? 5 : 0].touched = true;
  Summarise(record);
  return record;
}

std::vector<Record> Shards(const Record& whole, std::uint32_t count) {
  std::vector<Record> shards;
  for (std::uint32_t i = 1; i <= count; ++i) shards.push_back(ShardOf(whole, {i, count}));
  return shards;
}

/// Without what tells one run from another.
std::string Comparable(Record record) {
  record.run.id.clear();
  record.run.merged_from.clear();
  return record::PrintRecord(record);
}

std::string Refusal(std::vector<Record> shards) {
  const Result<Record> merged = MergeShards(std::move(shards));
  return merged.ok() ? "accepted" : merged.error().message;
}

TEST(Summary, FollowsFromTheTests) {
  const Record record = Whole();
  EXPECT_EQ(record.planned, 7u);
  EXPECT_EQ(record.totals, (record::Totals{1, 3, 3}));
  EXPECT_EQ(record.counts,
            (std::map<Status, std::uint64_t>{
                {kPass, 1}, {kFail, 2}, {kUnresolved, 1}, {kUnsupported, 2}, {kObserved, 1}}));
  EXPECT_EQ(record.judgement_counts.at(Judgement::kWaived), 1u);
  EXPECT_EQ(record.flaky, 1u);
  EXPECT_EQ(record.rounds, 21u);
  EXPECT_EQ(record.steps, 49u);
  EXPECT_EQ(record.FindEntry("MEM.A")->status, kPass) << "outweighs a case that could not run";
  EXPECT_EQ(record.FindEntry("MEM.C")->status, kFail);
  EXPECT_EQ(record.FindEntry("MEM.CITED")->status, kObserved);
  EXPECT_EQ(record.FindEntry("MEM.UNCITED")->status, kUntested);
  EXPECT_EQ(record.conformant, "no");
  EXPECT_EQ(record.apart_from_waivers, "yes") << "what another maker promises does not count";
  std::vector<record::WaiverState> states;
  for (const record::Waiver& waiver : record.waivers) states.push_back(waiver.state);
  using enum record::WaiverState;
  EXPECT_THAT(states, testing::ElementsAre(kUsed, kStale, kUnused, kElsewhere));
  EXPECT_THAT(record.waivers[0].cases, testing::ElementsAre("mem.b.one"));
}

TEST(Merge, MakesTheRecordOfTheWholeRun) {
  const Record whole = Whole();
  for (std::uint32_t count = 2; count <= whole.tests.size(); ++count) {
    const Result<Record> merged = MergeShards(Shards(whole, count));
    ASSERT_TRUE(merged.ok()) << merged.error().message;
    EXPECT_EQ(Comparable(*merged), Comparable(whole)) << count;
    EXPECT_EQ(merged->run.merged_from.size(), count);
    EXPECT_EQ(merged->run.merged_from.front(), "00000000-0000-4000-8000-000000000001");
  }
}

TEST(Merge, GivesTheSameInAnyOrder) {
  std::vector<Record> shards = Shards(Whole(), 3);
  shards[1].left_behind = {"a segment"};
  shards[2].left_behind = {"a process"};
  const Record merged = *MergeShards(shards);
  EXPECT_THAT(merged.left_behind, testing::ElementsAre("a segment", "a process"));
  const std::string first = record::PrintRecord(merged);
  const auto by_file = [](const Record& a, const Record& b) { return a.file < b.file; };
  int orders = 0;
  while (std::next_permutation(shards.begin(), shards.end(), by_file)) {
    EXPECT_EQ(record::PrintRecord(*MergeShards(shards)), first);
    ++orders;
  }
  EXPECT_EQ(orders, 5);
}

TEST(Merge, NeedsNoRecordOfAShardWithoutCases) {
  Record whole = Whole();
  whole.tests.resize(2);
  Summarise(whole);
  const Result<Record> merged = MergeShards({ShardOf(whole, {2, 4}), ShardOf(whole, {1, 4})});
  ASSERT_TRUE(merged.ok()) << merged.error().message;
  EXPECT_EQ(Comparable(*merged), Comparable(whole));
}

TEST(Merge, CountsTimeFromTheFirstStartToTheLastEnd) {
  std::vector<Record> shards = Shards(Whole(), 3);
  shards[0].run.started = PrintInstant(kStart_s + 60);
  shards[2].run.started = PrintInstant(kStart_s + 100);
  shards[1].run.duration_s = 130.5;
  Result<Record> merged = MergeShards(shards);
  EXPECT_EQ(merged->run.started, PrintInstant(kStart_s));
  EXPECT_EQ(merged->run.duration_s, 130.5);
  EXPECT_EQ(merged->tests[0].attempts[0].started_s, 61.5);
  EXPECT_EQ(merged->tests[1].attempts[0].started_s, 1.5);
  EXPECT_EQ(merged->tests[2].attempts[0].started_s, 101.5);
  shards[1].run.duration_s = 1;
  EXPECT_EQ(MergeShards(shards)->run.duration_s, 112);
}

TEST(Merge, IsIncompleteWhenAShardIs) {
  std::vector<Record> shards = Shards(Whole(), 3);
  for (const std::size_t i : {std::size_t{1}, std::size_t{2}}) {
    shards[i].run.complete = false;
    shards[i].run.stop_reason = "stopped by SIGINT";
  }
  const Result<Record> merged = MergeShards(shards);
  EXPECT_FALSE(merged->run.complete);
  EXPECT_EQ(merged->run.stop_reason,
            "shard 2 of 3: stopped by SIGINT; shard 3 of 3: stopped by SIGINT");
}

TEST(Merge, TellsWhatMachinesOfOneKindDifferIn) {
  std::vector<Record> shards = Shards(Whole(), 3);
  shards[1].facts[1].value = "1001";
  shards[2].facts[3].value = "80000 to 80031";
  shards[2].restrictions.push_back({"cpus", "there is only one"});
  const Result<Record> merged = MergeShards(shards);
  ASSERT_TRUE(merged.ok()) << merged.error().message;
  EXPECT_EQ(merged->facts[0].value, "4096");
  EXPECT_EQ(merged->facts[1].value, "1000; 1001");
  EXPECT_EQ(merged->facts[3].value, "70000 to 70031; 80000 to 80031");
  EXPECT_EQ(merged->fingerprint, FingerprintOf(merged->facts));
  EXPECT_EQ(merged->restrictions.size(), 2u);
}

TEST(Merge, TakesFiguresFromTheShardThatHasThem) {
  std::vector<Record> shards = Shards(Whole(), 3);
  shards[1].measurements = {{.name = "attach", .unit = "ns", .n = 3}};
  shards[2].controls = record::Controls{.by = "suites", .seed = "7", .faults = {}};
  shards[0].fuzzing = shards[1].fuzzing = {{.target = "plan", .executions = 9}};
  const Result<Record> merged = MergeShards(shards);
  ASSERT_TRUE(merged.ok()) << merged.error().message;
  EXPECT_EQ(merged->measurements.size(), 1u);
  EXPECT_EQ(merged->controls->by, "suites");
  EXPECT_EQ(merged->fuzzing.size(), 1u);
  shards[2].measurements = shards[1].measurements;
  shards[2].measurements[0].n = 4;
  EXPECT_EQ(Refusal(shards),
            "2.json and 3.json: are no shards of one run: the measurements differ; give them to "
            "one shard");
}

TEST(Merge, KeepsTheIdOfARunOnlyWhereThereAreIds) {
  std::vector<Record> shards = Shards(Whole(), 2);
  EXPECT_THAT(
      MergeShards(shards)->run.id,
      testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}"));
  shards[1].run.id = "00000000-0000-0000-0000-000000000000";
  EXPECT_EQ(MergeShards(shards)->run.id, shards[1].run.id);
}

/// A change to the second of three shards, and what the refusal says of it.
struct Change {
  std::function<void(Record&)> make;
  std::string says;
};
void PrintTo(const Change& change, std::ostream* out) { *out << change.says; }

class OtherRun : public testing::TestWithParam<Change> {};

TEST_P(OtherRun, IsRefusedInOneLineThatNamesBothFiles) {
  std::vector<Record> shards = Shards(Whole(), 3);
  GetParam().make(shards[1]);
  EXPECT_THAT(Refusal(shards), AllOf(testing::StartsWith("1.json and 2.json: "),
                                     HasSubstr(GetParam().says), HasSubstr("; ")));
}

INSTANTIATE_TEST_SUITE_P(
    Merge, OtherRun,
    testing::Values(
        Change{[](Record& r) { r.suite.version = "1.1"; },
               "the version of the suite is 1.0 in the first and 1.1 in the second; run all shards "
               "with the same shmspec"},
        Change{[](Record& r) { r.suite.source_id = "abd"; }, "commit of the suite is abc"},
        Change{[](Record& r) { r.suite.catalogue_sha256[0] = '3'; }, "the catalogue is 111"},
        Change{[](Record& r) { r.suite.compiler = "clang"; }, "the compiler of the suite is gcc"},
        Change{[](Record& r) { r.suite.linkage = "dynamic"; }, "linkage of the suite is static"},
        Change{[](Record& r) { r.run.seed = "8"; },
               "are no shards of one run: --seed is 7 in the first and 8 in the second; give all "
               "shards the same options"},
        Change{[](Record& r) { r.run.shard_count = 4; }, "the number of shards is 3"},
        Change{[](Record& r) { r.run.shard_scheme = "hash"; }, "the scheme of shards is slice"},
        Change{[](Record& r) { r.run.shard_cases = 6; }, "the number of cases of all shards is 7"},
        Change{[](Record& r) { r.excluded += 1; }, "the number of cases of the suite is 9"},
        Change{[](Record& r) { r.run.profile = "posix"; }, "--profile is linux"},
        Change{[](Record& r) { r.run.jobs = 2; }, "--jobs is 1"},
        Change{[](Record& r) { r.run.repeat = 2; }, "--repeat is 1"},
        Change{[](Record& r) { r.run.retries = 2; }, "--retries is 0"},
        Change{[](Record& r) { r.run.timeout_ms = 2; }, "--timeout is 10000ms"},
        Change{[](Record& r) { r.run.max_rounds = 2; }, "the number of rounds at most is 100"},
        Change{[](Record& r) { r.selection = "mem"; },
               "the filter is nothing in the first and mem in the second"},
        Change{[](Record& r) { r.selected_level = Level::kShould; },
               "--level is nothing in the first and should"},
        Change{[](Record& r) { r.quick = true; }, "--quick is not given in the first and given"},
        Change{[](Record& r) { r.shuffled = true; }, "--shuffle is not given"},
        Change{[](Record& r) { r.waivers_sha256[0] = '3'; }, "the SHA-256 of --waivers is 222"},
        Change{[](Record& r) { r.waivers[1].state = record::WaiverState::kElsewhere; },
               "the waivers that hold is W-1 W-2 W-3 in the first and W-1 W-3 in the second"},
        Change{[](Record& r) { r.baseline = record::BaselineEntry{.sha256 = "55"}; },
               "the SHA-256 of --baseline is nothing in the first and 55"},
        Change{[](Record& r) { r.subject.target = "syscall"; }, "--target is libc"},
        Change{[](Record& r) { r.subject.kind = "simulated"; }, "the kind of system is kernel"},
        Change{[](Record& r) { r.subject.name = "gVisor"; }, "the system is Linux"},
        Change{[](Record& r) { r.subject.version = "6.12"; },
               "the version of the system is 6.1 in the first and 6.12 in the second; run all "
               "shards on systems of one kind, with the same rights"},
        Change{[](Record& r) { r.subject.build_id = "0a"; }, "the build id of the system is"},
        Change{[](Record& r) { r.subject.machine = "s390x"; }, "the machine is nothing"},
        Change{[](Record& r) { r.subject.libc = "musl"; }, "the C library is nothing"},
        Change{[](Record& r) { r.subject.container = "docker"; }, "the container is nothing"},
        Change{[](Record& r) {
                 r.subject.library = record::Library{"boost", "1.81", "0a"};
               },
               "the library is nothing in the first and boost 1.81 0a"},
        Change{[](Record& r) { r.run.isolation = "shared"; }, "the isolation is private"},
        Change{[](Record& r) { r.facts[0].value = "65536"; },
               "page_size is 4096 in the first and 65536 in the second"},
        Change{[](Record& r) { r.facts.erase(r.facts.begin()); },
               "page_size is 4096 in the first and not recorded in the second"},
        Change{[](Record& r) {
                 r.facts.push_back({"cpus", "1", "x"});
               },
               "cpus is not recorded in the first and 1 in the second"}));

TEST(Merge, RefusesWhatIsNoShard) {
  const auto refused = [](const std::function<void(Record&)>& change) {
    std::vector<Record> shards = Shards(Whole(), 3);
    change(shards[1]);
    return Refusal(shards);
  };
  EXPECT_EQ(refused([](Record& r) { r.run.shard_count = r.run.shard_index = 1; }),
            "2.json: is no shard of a run: it is of a whole one; run --shard i/n makes shards");
  EXPECT_EQ(refused([](Record& r) { r.run.merged_from = {"x"}; }),
            "2.json: is no shard of a run: it was merged from shards already");
  EXPECT_EQ(refused([](Record& r) { r.run.shard_index = 4; }),
            "2.json: is no shard of a run: it calls itself shard 4 of 3");
  EXPECT_THAT(refused([](Record& r) { r.run.shard_count = std::uint64_t{1} << 40; }),
              HasSubstr("it calls itself shard 2 of 1099511627776"));
  EXPECT_THAT(refused([](Record& r) { r.run.shard_cases = 0; }),
              HasSubstr("it does not say how many cases all have; run them with this shmspec"));
  EXPECT_THAT(refused([](Record& r) { r.run.shard_cases = 10; }),
              HasSubstr("all shards have 10 cases and the suite has 9"));
  EXPECT_THAT(refused([](Record& r) { r.run.started = "today"; }),
              HasSubstr("2.json: is no shard of a run: it does not say when it began"));
}

TEST(Merge, RefusesWhenAShardIsMissingOrThereTwice) {
  std::vector<Record> shards = Shards(Whole(), 3);
  EXPECT_EQ(Refusal({shards[2], shards[0]}),
            "1.json is shard 1, 3.json is shard 3 of 3; missing: shard 2; name the record of every "
            "shard");
  EXPECT_THAT(Refusal({shards[1]}), HasSubstr("2.json is shard 2 of 3; missing: shard 1, 3; "));
  Record again = shards[1];
  again.file = "again.json";
  EXPECT_EQ(Refusal({shards[0], again, shards[1], shards[2]}),
            "2.json and again.json: both are shard 2 of 3; name each shard once");
  EXPECT_THAT(Refusal({shards[0], shards[0]}), HasSubstr("1.json and 1.json: both are shard 1"));
}

TEST(Merge, NamesAFewOfManyMissingShards) {
  Record whole = Whole();
  whole.excluded = 5000;
  Record shard = ShardOf(whole, {1, 4000});
  shard.run.shard_cases = 4000;
  EXPECT_EQ(Refusal({shard}),
            "1.json is shard 1 of 4000; missing: shard 2, 3, 4, 5, 6 and more; name the record of "
            "every shard");
}

TEST(Merge, RefusesShardsWithOtherCasesThanTheirs) {
  std::vector<Record> shards = Shards(Whole(), 3);
  shards[2].tests[1].id = shards[0].tests[2].id;
  EXPECT_EQ(Refusal(shards),
            "1.json and 3.json: both have case mem.d.one; shards of one run have none in common");
  shards[2].tests.pop_back();
  ++shards[2].excluded;
  --shards[2].planned;
  EXPECT_EQ(Refusal(shards), "3.json: has 1 cases; shard 3 of 3 has 2 of the 7");
}

}  // namespace
}  // namespace shmspec
