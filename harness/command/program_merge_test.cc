// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Runs in shards, and the record that shmspec merge makes of theirs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <set>

#include "harness/command/program_child.h"
#include "harness/vocabulary/value/sha256.h"

namespace shmspec {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Arguments = std::vector<std::string>;

constexpr const char* kFault = "faulty:removal_destroys_at_once";
constexpr int kShards = 3;

/// A run as a whole and in shards, with one seed, and the record that its shards become.
class RunInShards {
 public:
  explicit RunInShards(const Arguments& options) {
    Run(options, whole());
    for (int i = 1; i <= kShards; ++i) {
      Arguments words = options;
      words.insert(words.end(), {"--shard", std::to_string(i) + "/" + std::to_string(kShards)});
      Run(words, shard(i));
    }
    const Finished merge = RunProgram({"merge", shard(2), shard(3), shard(1), "-o", merged()});
    EXPECT_EQ(merge.exit_code, 0) << merge;
    EXPECT_EQ(merge.out + merge.err, "");
  }

  std::string whole() const { return folder_ / "whole.json"; }
  std::string merged() const { return folder_ / "merged.json"; }
  std::string shard(int index) const { return folder_ / (std::to_string(index) + ".json"); }
  const TemporaryFolder& folder() const { return folder_; }

 private:
  static void Run(Arguments words, const std::string& record) {
    words.insert(words.begin(), {"run", "--seed", "7", "--brief"});
    words.insert(words.end(), {"-o", record});
    const Finished run = RunProgram(words);
    EXPECT_THAT(run.exit_code, testing::Le(2)) << run;
  }

  TemporaryFolder folder_;
};

json Parsed(const std::string& file) { return json::parse(ReadWhole(file)); }

/// Without the times in records of segments.
std::string WithoutTimes(const std::string& text) {
  static const std::regex stamp("time=[0-9]+");
  return std::regex_replace(text, stamp, "time=T");
}

/// A record without what differs from run to run: its id, its command and when things happened.
json Lasting(const std::string& file) {
  json record = json::parse(WithoutTimes(ReadWhole(file)));
  for (const char* name : {"id", "argv", "started", "duration_s", "merged_from"}) {
    record["run"].erase(name);
  }
  for (json& test : record["tests"]) {
    for (json& attempt : test["attempts"]) {
      attempt.erase("started_s");
      attempt.erase("duration_s");
      attempt.erase("rate");
    }
  }
  return record;
}

/// On a system on which the same seed has the same result.
class Merge : public testing::Test {
 protected:
  static void SetUpTestSuite() { run_.emplace(Arguments{"--target", kFault}); }
  static void TearDownTestSuite() { run_.reset(); }

  static std::optional<RunInShards> run_;
};
std::optional<RunInShards> Merge::run_;

TEST_F(Merge, MakesTheRecordOfTheWholeRun) {
  const json whole = Lasting(run_->whole());
  EXPECT_GT(whole["tests"].size(), 300u);
  EXPECT_EQ(whole["summary"]["conformant"], "no");
  EXPECT_EQ(json::diff(whole, Lasting(run_->merged())), json::array());
  const Finished diff = RunProgram({"diff", run_->whole(), run_->merged()});
  EXPECT_EQ(diff.exit_code, 0) << diff;
  EXPECT_EQ(diff.out, "every requirement and every case has the same result\n");
}

TEST_F(Merge, SaysFromWhichShards) {
  const json run = Parsed(run_->merged())["run"];
  json ids = json::array();
  for (int i = 1; i <= kShards; ++i) ids.push_back(Parsed(run_->shard(i))["run"]["id"]);
  EXPECT_EQ(run["merged_from"], ids);
  EXPECT_EQ(run["shard"], json({{"index", 1}, {"count", 1}, {"scheme", "slice"}}));
  EXPECT_EQ(std::count(run["argv"].begin(), run["argv"].end(), "--shard"), 0);
}

TEST_F(Merge, GivesTheSameBytesInAnyOrderAndFromAnywhere) {
  const std::string kept = ReadWhole(run_->merged());
  std::vector<int> order{1, 2, 3};
  do {
    Arguments words{"merge"};
    for (const int i : order) words.push_back(run_->shard(i));
    EXPECT_TRUE(RunProgram(words).out == kept);
  } while (std::next_permutation(order.begin(), order.end()));
  const Finished piped = RunProgram({"merge", run_->shard(3), "-", run_->shard(1)},
                                    {.input = ReadWhole(run_->shard(2))});
  EXPECT_TRUE(piped.out == kept) << piped.err;
  const TemporaryFolder folder;
  for (int i = 1; i <= kShards; ++i) {
    WriteWhole(folder / ("r" + std::to_string(i) + ".json"), ReadWhole(run_->shard(i)));
  }
  EXPECT_TRUE(RunProgram({"merge", folder.path()}).out == kept);
}

TEST_F(Merge, IsTakenByEveryCommandThatReadsARecord) {
  const TemporaryFolder folder;
  const std::string merged = run_->merged();
  const Finished page = RunProgram({"report", merged});
  EXPECT_EQ(page.exit_code, 0) << page.err;
  EXPECT_THAT(page.out, HasSubstr("<dt>Merged from</dt><dd><code>3 shards: "));
  const std::string baseline = folder / "baseline.json";
  EXPECT_EQ(RunProgram({"baseline", merged, "-o", baseline}).exit_code, 0);
  EXPECT_EQ(ReadWhole(baseline), RunProgram({"baseline", run_->whole()}).out);
  const Finished again =
      RunProgram({"run", "sysv", "--target", kFault, "--seed", "7", "--baseline", baseline});
  EXPECT_EQ(again.exit_code, 0) << again;
  const Finished waivers = RunProgram({"waivers", "suggest", merged});
  EXPECT_EQ(waivers.exit_code, 0) << waivers.err;
  EXPECT_EQ(WithoutTimes(waivers.out),
            WithoutTimes(RunProgram({"waivers", "suggest", run_->whole()}).out));
  const Finished matrix = RunProgram({"matrix", merged, run_->shard(1)});
  EXPECT_EQ(matrix.exit_code, 0) << matrix;
  EXPECT_THAT(matrix.out, HasSubstr("FAIL"));
}

TEST_F(Merge, IsAWholeRunForThoseWhoVerify) {
  const TemporaryFolder folder;
  const auto verify = [&](const std::string& record) {
    WriteWhole(folder / "r.json", ReadWhole(record));
    WriteWhole(folder / "MANIFEST", Sha256(ReadWhole(record)) + "  r.json\n");
    return RunProgram({"verify", folder.path()}).out;
  };
  EXPECT_THAT(verify(run_->merged()), AllOf(HasSubstr("holds   r.json: every case was selected\n"),
                                            HasSubstr("holds   r.json: the run is complete\n")));
  EXPECT_EQ(verify(run_->merged()), verify(run_->whole()));
  EXPECT_THAT(verify(run_->shard(1)), HasSubstr("part 1 of 3"));
}

/// Expects one line, exit code 4 and no file.
void ExpectRefusal(Arguments records, const std::string& line) {
  const TemporaryFolder folder;
  records.insert(records.begin(), "merge");
  records.insert(records.end(), {"-o", folder / "all.json"});
  const Finished run = RunProgram(records);
  EXPECT_EQ(run.exit_code, 4) << run;
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err, "shmspec: " + line + "\n");
  EXPECT_THAT(folder.Names(), testing::IsEmpty());
}

TEST_F(Merge, RefusesWhenAShardIsMissingOrThereTwice) {
  const std::string one = run_->shard(1);
  const std::string two = run_->shard(2);
  const std::string three = run_->shard(3);
  ExpectRefusal({three, one}, one + " is shard 1, " + three +
                                  " is shard 3 of 3; missing: shard 2; name the record of every "
                                  "shard");
  ExpectRefusal({one, two, three, two},
                two + " and " + two + ": both are shard 2 of 3; name each shard once");
}

TEST_F(Merge, RefusesWhatIsNoShard) {
  ExpectRefusal(
      {run_->shard(1), run_->whole()},
      run_->whole() + ": is no shard of a run: it is of a whole one; run --shard i/n makes shards");
  ExpectRefusal({run_->merged()},
                run_->merged() + ": is no shard of a run: it was merged from shards already");
  ExpectRefusal({"/dev/null"}, "/dev/null: is empty; expected a record, as run --output writes");
}

TEST_F(Merge, RefusesShardsOfOtherRuns) {
  const TemporaryFolder folder;
  const std::string other = folder / "other.json";
  const std::string both = run_->shard(1) + " and " + other + ": are no shards of one run: ";
  const auto refuse = [&](Arguments options, const std::string& why) {
    options.insert(options.begin(), {"run", "--shard", "2/3", "-o", other, "--force"});
    EXPECT_THAT(RunProgram(options).exit_code, testing::Le(1));
    ExpectRefusal({run_->shard(1), other, run_->shard(3)},
                  both + why + "; give all shards the same options");
  };
  const Arguments same{"--target", kFault, "--seed", "7"};
  const auto with = [&](Arguments more) {
    more.insert(more.begin(), same.begin(), same.end());
    return more;
  };
  refuse({"--target", kFault, "--seed", "8"}, "--seed is 7 in the first and 8 in the second");
  refuse({"--target", "simulated", "--seed", "7"},
         std::string("--target is ") + kFault + " in the first and simulated in the second");
  refuse(with({"--timeout", "9s"}), "--timeout is 10000ms in the first and 9000ms in the second");
  refuse(with({"sysv"}), "the filter is nothing in the first and sysv in the second");
  refuse(with({"--level", "must"}), "--level is nothing in the first and must in the second");
  refuse(with({"--quick"}), "--quick is not given in the first and given in the second");
  refuse(with({"--shuffle"}), "--shuffle is not given in the first and given in the second");
}

TEST_F(Merge, RefusesShardsOfAnotherSuiteOrSystem) {
  const TemporaryFolder folder;
  const std::string other = folder / "other.json";
  const auto refuse = [&](const std::string& path, const std::string& value,
                          const std::string& why) {
    json record = Parsed(run_->shard(2));
    record[json::json_pointer(path)] = value;
    WriteWhole(other, record.dump());
    ExpectRefusal({run_->shard(1), other, run_->shard(3)},
                  run_->shard(1) + " and " + other + ": are no shards of one run: " + why);
  };
  const json record = Parsed(run_->shard(1));
  refuse("/suite/source_id", "\x1b[31m0123",
         "the commit of the suite is " + record["suite"]["source_id"].get<std::string>() +
             " in the first and \\x1b[31m0123 in the second; run all shards with the same shmspec");
  refuse("/environment/facts/page_size/value", "65536",
         "page_size is 4096 in the first and 65536 in the second; run all shards on systems of one "
         "kind, with the same rights");
}

TEST_F(Merge, RefusesShardsThatContradictEachOther) {
  const TemporaryFolder folder;
  json first = Parsed(run_->shard(1));
  // A catalogue that lacks what another shard is about, where this one has no case about it.
  std::string lacking;
  const json merged = Parsed(run_->merged());
  for (const auto& [id, entry] : merged["requirements"].items()) {
    if (entry["status"] != "UNTESTED" && first["requirements"][id]["status"] == "UNTESTED") {
      lacking = id;
    }
  }
  ASSERT_NE(lacking, "");
  for (const json& test : first["tests"]) {
    for (const json& cited : test["requirements"]) ASSERT_NE(cited["id"], lacking);
  }
  first["requirements"].erase(lacking);
  auto& untested = first["summary"]["requirements"]["UNTESTED"];
  untested = untested.get<int>() - 1;
  WriteWhole(folder / "1.json", first.dump());
  const Finished run = RunProgram({"merge", folder / "1.json", run_->shard(2), run_->shard(3)});
  EXPECT_EQ(run.exit_code, 4) << run;
  EXPECT_THAT(run.err, HasSubstr("1.json, " + run_->shard(2) + ", " + run_->shard(3) +
                                 ": contradict each other: case "));
  EXPECT_THAT(run.err, HasSubstr(" is about requirement " + lacking));
}

/// The cases whose results differ between two records.
Arguments DifferingCases(const json& a, const json& b) {
  std::map<std::string, std::string> statuses;
  for (const json& test : a["tests"]) statuses[test["id"]] = test["status"];
  Arguments cases;
  for (const json& test : b["tests"]) {
    if (statuses[test["id"]] != test["status"]) cases.push_back(test["id"]);
  }
  return cases;
}

/// Whether attempts at a case end in several ways: a processor shows some endings of litmus tests
/// only now and then.
bool IsUpToChance(const std::string& id) {
  const Finished run = RunProgram({"run", id, "--quick", "--repeat", "200", "--format", "json"});
  const json record = json::parse(run.out);
  std::set<std::string> statuses;
  for (const json& attempt : record["tests"][0]["attempts"]) statuses.insert(attempt["status"]);
  return statuses.size() > 1;
}

TEST(MergeOnThisSystem, HasTheResultsOfTheWholeRunExceptByChance) {
  const RunInShards run({"--quick"});
  const json whole = Parsed(run.whole());
  const json merged = Parsed(run.merged());
  EXPECT_GT(whole["tests"].size(), 300u);
  for (const char* member : {"subject", "selection", "suite", "areas"}) {
    EXPECT_EQ(merged[member], whole[member]);
  }
  const Finished diff = RunProgram({"diff", run.whole(), run.merged()});
  EXPECT_THAT(diff.out, Not(HasSubstr("Circumstances")));
  const Arguments cases = DifferingCases(whole, merged);
  EXPECT_EQ(diff.exit_code, cases.empty() ? 0 : 1) << diff;
  for (const std::string& id : cases) EXPECT_TRUE(IsUpToChance(id)) << id << diff;
}

TEST(MergeOfWaivers, TellsHowTheRunUsedThem) {
  const TemporaryFolder folder;
  const std::string file = folder / "waivers.toml";
  std::string text = "format = \"shmspec-waivers/1\"\n";
  for (const char* topic : {"sysv.remove", "sysv.detach", "map"}) {
    text += std::string("[[waiver]]\nid = \"W-") + topic + "\"\ntests = [\"" + topic +
            "\"]\nexpect = [\"FAIL\"]\nstrict = false\nreason = \"known\"\n"
            "url = \"https://bugs.example.org/1\"\nowner = \"qa@example.org\"\ngranted = " +
            DayFromNow(-1) + "\nexpires = " + DayFromNow(30) + "\n";
  }
  WriteWhole(file, text);
  const RunInShards run({"sysv", "map", "--target", kFault, "--waivers", file, "--shuffle"});
  EXPECT_EQ(json::diff(Lasting(run.whole()), Lasting(run.merged())), json::array());
  std::map<std::string, int> states;
  const json merged = Parsed(run.merged());
  for (const json& waiver : merged["expectations"]["waivers"]["entries"]) {
    ++states[waiver["state"]];
  }
  EXPECT_EQ(states, (std::map<std::string, int>{{"used", 1}, {"unused", 2}}));
}

}  // namespace
}  // namespace shmspec
