// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "reports/record/kept_records.h"

#include <fstream>
#include <iterator>
#include <utility>

#include "harness/vocabulary/value/check.h"

namespace shmspec::reports {

std::string ReadFile(const std::string& name) {
  std::ifstream in(SHMSPEC_TESTDATA "/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Record Recorded(const std::string& name) {
  Result<Record> record = ReadRecord(ReadFile(name + ".json"), name + ".json");
  SHMSPEC_CHECK(record.ok(), record.error().message.c_str());
  return *std::move(record);
}

std::vector<Record> Recorded(const std::vector<std::string>& names) {
  std::vector<Record> records;
  for (const std::string& name : names) records.push_back(Recorded(name));
  return records;
}

Record Judged(Status status, Judgement judgement) {
  Record record = Recorded("failing");
  for (Test& test : record.tests) {
    if (test.status != status) continue;
    --record.judgement_counts[test.judgement];
    std::erase_if(record.judgement_counts, [](const auto& entry) { return entry.second == 0; });
    test.judgement = judgement;
    ++record.judgement_counts[judgement];
    record.totals = TotalsOf(record);
    return record;
  }
  SHMSPEC_CHECK(false, "the record has no case of that status");
}

}  // namespace shmspec::reports
