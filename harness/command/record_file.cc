// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/record_file.h"

#include <fmt/format.h>

#include <utility>

#include "harness/command/input_file.h"
#include "harness/command/log_record.h"

namespace shmspec {

Result<std::vector<reports::Record>> ReadRecordFiles(const std::vector<std::string>& files) {
  std::vector<reports::Record> records;
  for (const std::string& file : files) {
    const Result<std::vector<std::string>> texts = ReadInputWith(&RecordsInLog, file);
    if (!texts.ok()) return texts.error();
    for (const std::string& text : *texts) {
      if (text.empty()) {
        return Error{InputName(file) + ": is empty; expected a record, as run --output writes"};
      }
      Result<reports::Record> record = reports::ReadRecord(text, InputName(file));
      if (!record.ok()) return record.error();
      records.push_back(std::move(record).value());
    }
  }
  return records;
}

Result<reports::Record> ReadRecordFile(const std::string& file) {
  Result<std::vector<reports::Record>> records = ReadRecordFiles({file});
  if (!records.ok()) return records.error();
  if (records->size() == 1) return std::move(records->front());
  return Error{fmt::format("{}: is a log of {} records and one is expected here; cut it out",
                           InputName(file), records->size())};
}

}  // namespace shmspec
