// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "reports/summary/matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "reports/text/chapters.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

/// A line has room for the statuses of this many records as words.
constexpr std::size_t kWordColumns = 6;

struct Tally {
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  std::uint64_t total = 0;
};

std::string_view SignOf(Status status) {
  switch (status) {
    case Status::kPass:
      return "+";
    case Status::kFail:
      return "X";
    case Status::kUnresolved:
      return "?";
    case Status::kUnsupported:
      return "-";
    case Status::kUntested:
      return ".";
    case Status::kObserved:
      break;
  }
  return "o";
}

std::string Cell(std::optional<Status> status, bool words) {
  if (words) return fmt::format("  {:<11}", status ? NameOf(*status) : "not there");
  return fmt::format(" {:>3}", status ? SignOf(*status) : " ");
}

std::string Trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string Headings(std::size_t count, bool words, std::size_t indent) {
  std::string line(indent, ' ');
  for (std::size_t i = 0; i < count; ++i) {
    line += words ? fmt::format("  {:<11}", i + 1) : fmt::format(" {:>3}", i + 1);
  }
  return Trimmed(line);
}

std::string Chapters(std::span<const Record> records) {
  std::map<std::string, std::vector<Tally>> chapters;
  for (std::size_t i = 0; i < records.size(); ++i) {
    std::map<std::string_view, std::string_view> chapter_of;
    for (const Area& area : records[i].areas) chapter_of[area.id] = area.chapter;
    for (const RequirementEntry& entry : records[i].requirements) {
      std::vector<Tally>& tallies = chapters[std::string(chapter_of[entry.area])];
      tallies.resize(records.size());
      ++tallies[i].total;
      tallies[i].passed += entry.status == Status::kPass ? 1 : 0;
      tallies[i].failed += entry.status == Status::kFail ? 1 : 0;
    }
  }
  std::string text = "Passed of all requirements, and how many failed\n" + Trimmed([&] {
                       std::string line(34, ' ');
                       for (std::size_t i = 0; i < records.size(); ++i) {
                         line += fmt::format("  {:<13}", i + 1);
                       }
                       return line;
                     }());
  for (const auto& [name, tallies] : chapters) {
    std::string line = fmt::format("  {:<32}", OneLine(ChapterOf(name).title));
    for (const Tally& tally : tallies) {
      std::string cell = fmt::format("{}/{}", tally.passed, tally.total);
      if (tally.failed > 0) cell += fmt::format(" X{}", tally.failed);
      line += fmt::format("  {:<13}", cell);
    }
    text += Trimmed(line);
  }
  return text;
}

}  // namespace

std::string MatrixOf(std::span<const Record> records, MatrixRows rows) {
  const bool words = records.size() <= kWordColumns;
  const std::vector<std::string> labels = LabelsOf(records);
  std::string text = "Records\n";
  for (std::size_t i = 0; i < records.size(); ++i) {
    text += fmt::format("  {:>2}  {}, {}, conforms: {}\n", i + 1, OneLine(labels[i]),
                        OneLine(records[i].run.started), records[i].conformant);
  }
  text += Chapters(records);
  std::map<std::string_view, std::vector<std::optional<Status>>> statuses;
  std::size_t width = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    for (const RequirementEntry& entry : records[i].requirements) {
      std::vector<std::optional<Status>>& row = statuses[entry.id];
      row.resize(records.size());
      row[i] = entry.status;
    }
  }
  if (rows == MatrixRows::kDiffering) {
    std::erase_if(statuses, [](const auto& item) {
      const auto& row = item.second;
      return std::all_of(row.begin(), row.end(), [&](auto one) { return one == row.front(); });
    });
  }
  if (statuses.empty()) return text + "Every requirement has the same result everywhere\n";
  for (const auto& [id, row] : statuses) width = std::max(width, OneLine(id).size());
  text += rows == MatrixRows::kAll ? "Requirements\n" : "Requirements that differ\n";
  if (!words) text += "  + PASS, X FAIL, ? UNRESOLVED, - UNSUPPORTED, . UNTESTED, o OBSERVED\n";
  text += Headings(records.size(), words, width + 2);
  for (const auto& [id, row] : statuses) {
    std::string line = fmt::format("  {:<{}}", OneLine(id), width);
    for (const std::optional<Status>& status : row) line += Cell(status, words);
    text += Trimmed(line);
  }
  return text;
}

}  // namespace shmspec::reports
