// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "reports/publication/publication.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/vocabulary/value/sha256.h"
#include "reports/form/report.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

using Kind = Finding::Kind;

constexpr std::size_t kHashDigits = 64;
constexpr std::size_t kNamed = 5;  // the number of names printed of a longer list

class Verifier {
 public:
  Verifier(const Publication& publication, const std::string& made_by)
      : publication_(publication), made_by_(made_by) {}

  Result<std::vector<Finding>> Run() {
    const auto manifest = publication_.files.find(kManifest);
    if (manifest == publication_.files.end()) {
      return Error{fmt::format(
          "{}: there is no {} in it; make one there with sha256sum, or name another folder",
          publication_.folder, kManifest)};
    }
    if (auto read = ReadManifest(manifest->second); !read.ok()) return read.error();
    CheckHashes();
    std::size_t records = 0;
    for (const auto& [name, bytes] : publication_.files) {
      if (!name.ends_with(".json")) continue;
      ++records;
      CheckRecordFile(name, bytes);
    }
    Demand(records > 0, "there is a record", "there is no record, a file that ends in .json");
    return findings_;
  }

 private:
  void Demand(bool holds, const std::string& if_so, const std::string& if_not) {
    findings_.push_back({holds ? Kind::kHolds : Kind::kBroken, holds ? if_so : if_not});
  }

  Result<void> ReadManifest(std::string_view text) {
    std::size_t line_number = 0;
    while (!text.empty()) {
      ++line_number;
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      const std::string_view hash = line.substr(0, kHashDigits);
      const auto wrong = [&](std::size_t column, std::string_view expected) {
        return Error{fmt::format("{}/{}:{}:{}: expected {}", publication_.folder, kManifest,
                                 line_number, column, expected)};
      };
      const std::size_t odd = hash.find_first_not_of("0123456789abcdef");
      if (odd != hash.npos || hash.size() != kHashDigits) {
        return wrong(1 + std::min(odd, hash.size()),
                     "64 hexadecimal digits, a space, a space or *, and the name of a file");
      }
      const std::string_view rest = line.substr(kHashDigits);
      if (!rest.starts_with("  ") && !rest.starts_with(" *")) {
        return wrong(kHashDigits + 1, "a space, a space or *, and the name of a file");
      }
      const std::string name(rest.substr(2));
      if (name.empty() || name.find('/') != name.npos) {
        return wrong(kHashDigits + 3, "the name of a file in this folder");
      }
      if (!hashes_.emplace(name, hash).second) return wrong(kHashDigits + 3, "each file once");
    }
    return {};
  }

  void CheckHashes() {
    std::vector<std::string> altered, missing, unlisted = publication_.others;
    std::sort(unlisted.begin(), unlisted.end());
    for (const auto& [name, hash] : hashes_) {
      const auto file = publication_.files.find(name);
      if (file == publication_.files.end()) {
        missing.push_back(name);
      } else if (Sha256(file->second) != hash) {
        altered.push_back(name);
      }
    }
    for (const auto& [name, bytes] : publication_.files) {
      if (name != kManifest && !hashes_.contains(name)) unlisted.push_back(name);
    }
    DemandNone(
        altered,
        fmt::format("{} the hash that {} says",
                    Counted(hashes_.size() - missing.size(), "file has", "files have"), kManifest),
        "have another hash than the manifest says");
    DemandNone(missing, "every file of the manifest is there", "are in the manifest and not there");
    DemandNone(unlisted, "every file is in the manifest", "are there and not in the manifest");
  }

  void DemandNone(const std::vector<std::string>& offending, const std::string& if_none,
                  std::string_view what) {
    std::string names;
    for (std::size_t i = 0; i < std::min(offending.size(), kNamed); ++i) {
      names += (i == 0 ? "" : ", ") + OneLine(offending[i]);
    }
    if (offending.size() > kNamed) names += fmt::format(" and {} more", offending.size() - kNamed);
    Demand(offending.empty(), if_none, fmt::format("{}: {}", what, names));
  }

  void CheckRecordFile(const std::string& name, const std::string& bytes) {
    const Result<Record> record = ReadRecord(bytes, name);
    if (!record.ok()) return findings_.push_back({Kind::kBroken, record.error().message});
    CheckComplete(name, *record);
    CheckDecided(name, *record);
    CheckReproducible(name, *record);
  }

  void CheckComplete(const std::string& name, const Record& record) {
    Demand(record.run.complete, name + ": the run is complete",
           fmt::format("{}: the run is incomplete: {}", name, OneLine(record.run.stop_reason)));
    const bool whole =
        record.selection.empty() && record.excluded == 0 && record.run.shard_count == 1;
    Demand(whole, name + ": every case was selected",
           fmt::format("{}: only a part was selected: \"{}\", {} left out, part {} of {}", name,
                       OneLine(record.selection), record.excluded, record.run.shard_index,
                       record.run.shard_count));
    const auto& argv = record.run.argv;
    Demand(std::find(argv.begin(), argv.end(), "--quick") == argv.end(),
           name + ": races were given all their rounds",
           name + ": races were given few rounds, by --quick");
    Demand(!record.tests.empty(),
           fmt::format("{}: {}", name, Counted(record.tests.size(), "case", "cases")),
           name + ": there is no case in it");
  }

  void CheckDecided(const std::string& name, const Record& record) {
    std::vector<std::string> undecided, untested, cases;
    std::size_t without_case = 0;
    for (const RequirementEntry& entry : record.requirements) {
      if (entry.status == Status::kUnresolved) undecided.push_back(entry.id);
      if (entry.status != Status::kUntested) continue;
      if (entry.cases > 0) untested.push_back(entry.id);
      without_case += entry.cases == 0 ? 1 : 0;
    }
    for (const Test& test : record.tests) {
      if (test.status == Status::kUnresolved || test.status == Status::kUntested) {
        cases.push_back(test.id);
      }
    }
    DemandNone(cases, name + ": every case was decided", name + ": cases were not decided");
    DemandNone(undecided, name + ": no requirement is UNRESOLVED", name + ": UNRESOLVED");
    DemandNone(untested, name + ": every requirement that has a case was tested",
               name + ": have cases and were not tested");
    if (without_case > 0) {
      findings_.push_back(
          {Kind::kRemark, fmt::format("{}: no case is about {} of {} requirements", name,
                                      without_case, record.requirements.size())});
    }
    findings_.push_back({Kind::kRemark, fmt::format("{}: conforms: {}", name, record.conformant)});
  }

  void CheckReproducible(const std::string& name, const Record& record) {
    const std::string& source = record.suite.source_id;
    const bool clean = !source.empty() && source != "unknown" && !source.ends_with("-dirty");
    Demand(clean, fmt::format("{}: made by sources of commit {}", name, OneLine(source)),
           fmt::format("{}: made by sources that nobody else has: \"{}\"", name, OneLine(source)));
    Demand(!record.run.seed.empty(),
           fmt::format("{}: the seed is {}", name, OneLine(record.run.seed)),
           name + ": there is no seed");
    const std::string stem = name.substr(0, name.size() - std::string_view(".json").size());
    for (const Form& form : AllForms()) {
      const std::string page = fmt::format("{}.{}", stem, form.name);
      const auto file = publication_.files.find(page);
      if (file == publication_.files.end()) continue;
      if (source != made_by_) {
        findings_.push_back({Kind::kRemark, fmt::format("{}: not compared, this program is of {}",
                                                        page, made_by_)});
        continue;
      }
      Demand(file->second == Render(form.name, std::span(&record, 1)),
             fmt::format("{}: is what {} becomes", page, name),
             fmt::format("{}: is not what {} becomes", page, name));
    }
  }

  const Publication& publication_;
  const std::string& made_by_;
  std::map<std::string, std::string> hashes_;
  std::vector<Finding> findings_;
};

}  // namespace

Result<std::vector<Finding>> Verify(const Publication& publication, const std::string& made_by) {
  return Verifier(publication, made_by).Run();
}

}  // namespace shmspec::reports
