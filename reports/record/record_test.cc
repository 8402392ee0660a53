// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The writer, the reader and the schema of records agree.

#include "reports/record/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "harness/vocabulary/record/print_record.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

using Json = nlohmann::ordered_json;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Json Kept(const std::string& name) {
  return Json::parse(ValidUtf8(ReadFile(SHMSPEC_TESTDATA "/" + name + ".json")));
}

/// The document that a record becomes once it was read.
Json ReadAndWritten(const Json& document) {
  const Result<Record> record = ReadRecord(document.dump(), "r.json");
  if (!record.ok()) return record.error().message;
  return Json::parse(record::PrintRecord(*record));
}

/// `object` with a member after the one called `after`.
Json WithMember(const Json& object, const std::string& after, const std::string& name,
                const Json& value) {
  Json wider = Json::object();
  for (const auto& [key, member] : object.items()) {
    wider[key] = member;
    if (key == after) wider[name] = value;
  }
  return wider;
}

/// A record of the present format in which every member is there at least once.
Json WithEverything() {
  Json document = Kept("ordering");
  document["run"]["complete"] = false;
  document["run"] = WithMember(document["run"], "complete", "stop_reason", "interrupted");
  document["run"]["shard"]["cases"] = 9;
  document["run"] = WithMember(document["run"], "shard", "merged_from", {"1", "2"});
  Json& selection = document["selection"];
  selection = WithMember(selection, "expression", "shuffled", true);
  selection = WithMember(selection, "expression", "quick", true);
  selection = WithMember(selection, "expression", "level", "should");
  document["subject"] = WithMember(document["subject"], "version", "build_id", "0a");
  document["subject"].update(Json::parse(R"({"library":
      {"name": "glibc", "version": "2.36", "build_id": "0a"}})"));
  Json& summary = document["summary"];
  Json first = summary;
  summary = {{"conformant", first["conformant"]}, {"apart_from_waivers", "undetermined"},
             {"totals", first["totals"]},         {"counts", first["counts"]},
             {"judgements", first["judgements"]}, {"left_behind", {"a segment: ipcrm -m 7"}},
             {"flaky", first["flaky"]},           {"requirements", first["requirements"]},
             {"effort", first["effort"]}};
  const Json singles = {{"median", 2.5}, {"least", 2.0}, {"most", 4.0}};
  document["expectations"] = Json::parse(R"({
      "waivers": {"file": "w.toml", "sha256": "00", "entries": [
        {"id": "W-1", "tests": ["a.b"], "expect": ["FAIL"], "cause": ["hang", "death"],
         "when": "machine == \"x\"", "reason": "r", "url": "u", "owner": "o",
         "class": "suite-bug", "granted": "2026-01-01", "expires": "2026-01-02",
         "strict": false, "at_most": 0.5, "state": "stale", "cases": ["a.b.c"]},
        {"id": "W-2", "tests": ["a.c"], "action": "do-not-run", "reason": "r", "url": "u",
         "owner": "o", "granted": "2026-01-01", "expires": "2026-01-02", "strict": true,
         "state": "elsewhere", "cases": []}]},
      "baseline": {"file": "b.json", "sha256": "11", "source_id": "x", "catalogue_sha256": "22",
                   "fingerprint": "33", "cases": 4, "gone": ["a.gone"]}})");
  document["controls"] = Json::parse(R"({"by": "suites", "seed": "7", "faults": [
      {"id": "f", "requirement": "A.B", "description": "d", "caught_by": ["a.b.c"]}]})");
  document["measurements"] = {{{"name", "Touch"}, {"unit", "us"}, {"n", 3}}};
  Json& measured = document["measurements"][0];
  measured.update(singles);
  measured.update({{"operations", 900}, {"p50", singles}, {"p99", singles}});
  document["fuzzing"] = Json::parse(R"([{"target": "t", "executions": 9, "findings": 1,
      "duration_s": 3, "points": [{"executions": 9, "coverage": 7, "features": 8, "corpus": 2,
                                   "executions_per_s": 3, "time_s": 2}]}])");
  return document;
}

/// A case with everything that cases of `ordering` do not have.
Json FullTest(const Json& test) {
  Json attempt = test["attempts"][0];
  Json full = Json::object();
  for (const char* name : {"id", "requirements", "status"}) full[name] = test[name];
  full["cause"] = "death";
  full["judgement"] = {
      {"verdict", "expected"}, {"waiver", "W-1"}, {"baseline", "PASS"}, {"why", "because"}};
  full["flakiness"] = {
      {"flaky", false}, {"attempts", 2}, {"passed", 2}, {"flips", 0}, {"flip_rate", 0.0}};
  full["reason"] = "it died";
  full["origin"] = {{"report", "an issue"}, {"affected", "a system"}};
  full["location"] = test["location"];
  const Json seed = attempt["seed"];
  attempt.erase("seed");
  attempt["rate"] = {{"per_s", 9}, {"least_per_s", 7}, {"most_per_s", 11}};
  attempt["retry"] = true;
  attempt["seed"] = seed;
  attempt["cause"] = "death";
  attempt["reason"] = "it died";
  attempt["objections"] = Json::parse(R"([
      {"by": "specification", "step": 2, "operation": "sysv.stat", "seen": "s",
       "allowed": [{"outcome": "o", "why": "w"}, {"outcome": "p"}],
       "differences": [{"field": "nattch", "seen": "1", "allowed": "2"},
                       {"seen": "EINVAL", "allowed": "success"}]},
      {"by": "case", "seen": "s", "allowed": []}])");
  attempt["excerpt"] = "e";
  attempt["trace"] = "t";
  attempt["residue"] = {"a segment"};
  full["attempts"] = {test["attempts"][0], attempt};
  full["observed"] = {"o"};
  full["histograms"] = test["histograms"];
  Json& histogram = full["histograms"][0];
  histogram["branches"] = Json::parse(R"([{"width": 8, "offset": 0}, {"width": 2, "offset": 4}])");
  histogram["primes"] = "other";
  histogram["technique"] = "scattered";
  histogram["sought"] = {{"ending", "r0=1"}, {"hits", 3}, {"rounds", 9}};
  full["repro"] = {{"command", "c"}, {"replay", "r"}, {"plan", "p"}};
  return full;
}

/// Adds the members of the schema that no document has, by their paths.
void AddUnused(const Json& schema, const std::vector<Json>& documents, const std::string& path,
               std::vector<std::string>& unused) {
  const Json properties = schema.value("properties", Json::object());
  for (const auto& [name, member] : properties.items()) {
    std::vector<Json> inside;
    for (const Json& document : documents) {
      if (document.is_object() && document.contains(name)) inside.push_back(document[name]);
    }
    if (inside.empty())
      unused.push_back(path + "/" + name);
    else
      AddUnused(member, inside, path + "/" + name, unused);
  }
  // The schema of all entries of a list, or of all members of a map.
  for (const char* each : {"items", "additionalProperties"}) {
    if (!schema.contains(each) || !schema[each].is_object()) continue;
    std::vector<Json> inside;
    for (const Json& document : documents) {
      for (const Json& entry : document) inside.push_back(entry);
    }
    AddUnused(schema[each], inside, path + "/*", unused);
  }
}

TEST(Record, IsWrittenAsItWasRead) {
  Json document = WithEverything();
  document["tests"][0] = FullTest(document["tests"][0]);
  EXPECT_EQ(ReadAndWritten(document).dump(1), document.dump(1));
  std::vector<std::string> unused;
  AddUnused(Json::parse(RecordSchema()), {document}, "", unused);
  EXPECT_THAT(unused, testing::IsEmpty()) << "members of which this test knows nothing";
}

/// The paths at which a document lacks a value of another one.
std::vector<std::string> Lost(const Json& before, const Json& after, const std::string& path) {
  if (!before.is_structured()) {
    return before == after ? std::vector<std::string>() : std::vector{path};
  }
  std::vector<std::string> lost;
  for (const auto& [key, value] : before.items()) {
    const std::string place = path + "/" + key;
    const bool there = before.is_object() ? after.contains(key) : after.size() == before.size();
    if (!there) {
      lost.push_back(place);
      continue;
    }
    const Json& same = before.is_object() ? after[key] : after[std::stoul(key)];
    for (std::string& one : Lost(value, same, place)) lost.push_back(std::move(one));
  }
  return lost;
}

class FormatTest : public testing::TestWithParam<const char*> {};

TEST_P(FormatTest, IsUnderstoodInFull) {
  const Json before = Kept(GetParam());
  const Json after = ReadAndWritten(before);
  ASSERT_TRUE(after.is_object()) << after;
  const bool old = before["format"] != "shmspec-result/2";
  EXPECT_EQ(Lost(before, after, ""),
            old ? std::vector<std::string>{"/format"} : std::vector<std::string>());
  if (!old) return;
  // The members that format 1 lacks follow from those that it has.
  EXPECT_EQ(after["expectations"], Json::object());
  EXPECT_EQ(after["run"]["retries"], 0);
  std::size_t attempts = 0;
  for (const Json& test : before["tests"]) attempts += test["attempts"].size();
  EXPECT_EQ(after["summary"]["effort"]["attempts"], attempts);
  const Json& totals = after["summary"]["totals"];
  EXPECT_EQ(totals["passed"].get<std::size_t>() + totals["failed"].get<std::size_t>() +
                totals["skipped"].get<std::size_t>(),
            before["tests"].size());
}

INSTANTIATE_TEST_SUITE_P(Records, FormatTest,
                         testing::Values("passing", "failing", "hostile", "ordering"),
                         [](const auto& test) { return std::string(test.param); });

TEST(RecordSchema, IsTheOneThatIsKept) {
  const std::string path = SHMSPEC_TESTDATA "/../record.schema.json";
  if (std::getenv("SHMSPEC_WRITE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << RecordSchema();
  }
  EXPECT_EQ(RecordSchema(), ReadFile(path));
}

}  // namespace
}  // namespace shmspec::reports
