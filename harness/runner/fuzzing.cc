// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/fuzzing.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "harness/vocabulary/value/source_position.h"

namespace shmspec {
namespace {

/// The whole number that follows `label` in a line.
std::optional<std::uint64_t> NumberAfter(std::string_view line, std::string_view label) {
  const std::size_t at = line.find(label);
  if (at == line.npos) return std::nullopt;
  const char* end = line.data() + line.size();
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(line.data() + at + label.size(), end, number);
  if (error != std::errc()) return std::nullopt;
  return number;
}

/// A required field.
Result<std::uint64_t> Field(std::string_view line, std::string_view label) {
  if (const auto number = NumberAfter(line, label)) return *number;
  return Error{fmt::format("expected \"{}\" and a number, as libFuzzer writes it", label)};
}

/// The elapsed time in whole seconds, where the rate determines it well enough. libFuzzer divides
/// all executions by them and drops the rest, so that several may fit: the last of these is taken,
/// and none when they are far apart.
std::optional<std::uint64_t> SecondsAt(std::uint64_t executions, std::uint64_t rate) {
  if (rate == 0) return 0;  // in the first one
  const std::uint64_t last = executions / rate;
  const std::uint64_t first = rate == ~std::uint64_t{0} ? last : executions / (rate + 1) + 1;
  if (first < last && last - first > std::max<std::uint64_t>(1, last / 50)) return std::nullopt;
  return last;
}

/// Corrects times computed from rates: they may not decrease or exceed the total. With fewer
/// executions than seconds the rate is 0 and gives no time at all.
void Reconcile(FuzzRun& run) {
  const bool slow = run.duration_s.value_or(0) > run.executions;
  std::uint64_t before = 0;
  for (FuzzPoint& point : run.points) {
    if (slow) point.time_s.reset();
    if (!point.time_s) continue;
    before = std::max(before, std::min(*point.time_s, run.duration_s.value_or(*point.time_s)));
    point.time_s = before;
  }
}

/// Whether a line reports progress: `#1024 NEW cov: 512 ft: 900 ...`.
bool IsPoint(std::string_view line) {
  return line.size() > 1 && line[0] == '#' && line[1] >= '0' && line[1] <= '9' &&
         line.find(" cov: ") != line.npos;
}

Result<FuzzPoint> PointIn(std::string_view line) {
  FuzzPoint point;
  struct Wanted {
    std::uint64_t& number;
    std::string_view label;
  };
  // With -fork there is no colon after exec/s.
  const bool forks = line.find(" exec/s: ") == line.npos;
  for (const auto& [number, label] :
       {Wanted{point.executions, "#"}, Wanted{point.coverage, " cov: "},
        Wanted{point.features, " ft: "}, Wanted{point.corpus, " corp: "},
        Wanted{point.executions_per_s, forks ? " exec/s " : " exec/s: "}}) {
    const Result<std::uint64_t> read = Field(line, label);
    if (!read.ok()) return read.error();
    number = *read;
  }
  point.time_s =
      forks ? NumberAfter(line, " time: ") : SecondsAt(point.executions, point.executions_per_s);
  return point;
}

/// Adds the figures of a line that is no point.
void AddTotals(std::string_view line, FuzzRun& run) {
  if (line.starts_with("Done ")) {
    if (const auto runs = NumberAfter(line, "Done ")) run.executions = *runs;
    run.duration_s = NumberAfter(line, " runs in ");
  }
  if (const auto runs = NumberAfter(line, "stat::number_of_executed_units: ")) {
    run.executions = *runs;
  }
  const bool written = line.find("Test unit written to ") != line.npos;
  if (written && line.find("slow-unit-") == line.npos) ++run.findings;
}

/// What a line of -fork counts: `oom/timeout/crash: 0/0/1`.
std::uint64_t FindingsIn(std::string_view line) {
  constexpr std::string_view kLabel = "oom/timeout/crash: ";
  std::uint64_t findings = 0;
  std::size_t at = line.find(kLabel);
  if (at == line.npos) return 0;
  std::string_view rest = line.substr(at + kLabel.size());
  for (int i = 0; i < 3; ++i) {
    findings += NumberAfter(rest, "").value_or(0);
    rest.remove_prefix(std::min(rest.find('/'), rest.size() - 1) + 1);
  }
  return findings;
}

/// At most `kMostPoints`, the first and the last among them.
std::vector<FuzzPoint> Thinned(const std::vector<FuzzPoint>& points) {
  if (points.size() <= FuzzRun::kMostPoints) return points;
  const auto position = [](const FuzzPoint& point) {
    return std::log(static_cast<double>(point.executions) + 1);
  };
  const double low = position(points.front());
  const double part = (position(points.back()) - low) / (FuzzRun::kMostPoints - 2);
  const auto bucket = [&](const FuzzPoint& point) {
    return part > 0 ? std::floor((position(point) - low) / part) : 0;
  };
  std::vector<FuzzPoint> kept{points.front()};
  for (std::size_t i = 1; i + 1 < points.size(); ++i) {
    if (bucket(points[i]) != bucket(points[i + 1])) kept.push_back(points[i]);
  }
  kept.push_back(points.back());
  return kept;
}

std::string TargetOf(const std::string& file) {
  const std::string stem = std::filesystem::path(file).stem().string();
  return stem.empty() ? file : stem;
}

}  // namespace

Result<FuzzRun> ReadFuzzingLog(std::string_view text, const std::string& file) {
  FuzzRun run;
  run.target = TargetOf(file);
  std::uint64_t forked_findings = 0;
  for (std::size_t at = 0, end = text.find('\n'); end != text.npos;
       at = end + 1, end = text.find('\n', at)) {
    const std::string_view line = text.substr(at, end - at);
    if (!IsPoint(line)) {
      AddTotals(line, run);
      continue;
    }
    const Result<FuzzPoint> point = PointIn(line);
    if (!point.ok()) {
      return Error{fmt::format("{}: {}", SourcePositionOf(text, at, file), point.error().message)};
    }
    if (!run.points.empty() && point->executions < run.points.back().executions) {
      return Error{fmt::format("{}: {} executions after {}: expected the log of one fuzzer",
                               SourcePositionOf(text, at, file), point->executions,
                               run.points.back().executions)};
    }
    run.points.push_back(*point);
    forked_findings = std::max(forked_findings, FindingsIn(line));
  }
  if (run.points.empty()) {
    return Error{
        fmt::format("{}: is no log of libFuzzer: expected lines such as \"#1024 NEW cov: "
                    "512 ft: 900 corp: 10/1kb exec/s: 512\"",
                    file)};
  }
  run.executions = std::max(run.executions, run.points.back().executions);
  run.findings = std::max(run.findings, forked_findings);
  Reconcile(run);
  run.points = Thinned(run.points);
  return run;
}

}  // namespace shmspec
