// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/record_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "harness/command/input_file.h"
#include "harness/command/log_record.h"

namespace shmspec {

namespace {

/// The files that a word of the command line names: of a folder the records in it, by name.
Result<std::vector<std::string>> FilesNamed(const std::string& word) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(word, error)) return std::vector{word};
  std::vector<std::string> files;
  for (fs::directory_iterator at(word, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".json") files.push_back(at->path().string());
  }
  if (error) return Error{fmt::format("{}: cannot be read: {}", word, error.message())};
  if (files.empty()) return Error{fmt::format("{}: is a folder without a record, *.json", word)};
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Result<std::vector<reports::Record>> ReadRecordFiles(const std::vector<std::string>& words) {
  std::vector<std::string> files;
  for (const std::string& word : words) {
    const Result<std::vector<std::string>> named = FilesNamed(word);
    if (!named.ok()) return named.error();
    files.insert(files.end(), named->begin(), named->end());
  }
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
  return Error{
      fmt::format("{}: has {} records and one is expected here", InputName(file), records->size())};
}

}  // namespace shmspec
