// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/measurements.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/vocabulary/value/source_position.h"

namespace shmspec {
namespace {

using Json = nlohmann::ordered_json;

struct Unit {
  std::string_view name;
  double ns;
};
constexpr Unit kUnits[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};

std::string TextIn(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? at->get<std::string>() : "";
}

Result<double> AmountIn(const Json& object, const char* key) {
  const auto at = object.find(key);
  if (at == object.end() || !at->is_number() || !std::isfinite(at->get<double>()) ||
      at->get<double>() < 0) {
    return Error{fmt::format("{}: expected a number that is not negative", key)};
  }
  return at->get<double>();
}

/// The figures of the repetitions of one benchmark.
struct Repetitions {
  std::string name;
  std::string unit;
  std::vector<double> means;
  std::vector<double> p50;
  std::vector<double> p99;
  std::uint64_t operations = 0;
};

/// Of at least one figure.
record::Spread SpreadOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return {values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2,
          values.front(), values.back()};
}

Measurement MeasurementOf(const Repetitions& all) {
  Measurement measurement{.name = all.name,
                          .unit = all.unit,
                          .n = all.means.size(),
                          .mean = SpreadOf(all.means),
                          .operations = all.operations};
  if (all.p50.empty()) return measurement;
  measurement.p50 = SpreadOf(all.p50);
  measurement.p99 = SpreadOf(all.p99);
  return measurement;
}

/// The entry of that name and unit, made when there is none.
Result<Repetitions*> Find(const std::string& name, std::string_view unit,
                          std::vector<Repetitions>& benchmarks) {
  const auto same = std::find_if(benchmarks.begin(), benchmarks.end(),
                                 [&](const Repetitions& one) { return one.name == name; });
  if (same == benchmarks.end()) {
    benchmarks.push_back({.name = name, .unit = std::string(unit)});
    return &benchmarks.back();
  }
  if (same->unit != unit)
    return Error{fmt::format("{} is in {} and in {}", name, same->unit, unit)};
  return &*same;
}

/// The times of single operations of a repetition, where they were measured.
Result<void> AddSingles(const Json& entry, double unit_ns, Repetitions& repetitions) {
  if (!entry.contains("p50_ns") && !entry.contains("p99_ns")) return {};
  const Result<double> p50 = AmountIn(entry, "p50_ns");
  const Result<double> p99 = AmountIn(entry, "p99_ns");
  const Result<double> timed = AmountIn(entry, "timed");
  for (const Result<double>* one : {&p50, &p99, &timed}) {
    if (!one->ok()) return one->error();
  }
  if (*p50 > *p99) return Error{"p50_ns is more than p99_ns"};
  constexpr double kMostTimed = 1e15;  // a double holds it exactly
  if (*timed < 1 || *timed > kMostTimed || std::floor(*timed) != *timed) {
    return Error{"timed: expected how many operations were timed"};
  }
  repetitions.p50.push_back(*p50 / unit_ns);
  repetitions.p99.push_back(*p99 / unit_ns);
  repetitions.operations += static_cast<std::uint64_t>(*timed);
  return {};
}

/// Adds one entry; the error says what is wrong with it.
Result<void> Add(const Json& entry, std::vector<Repetitions>& benchmarks) {
  if (!entry.is_object()) return Error{"expected an object"};
  if (TextIn(entry, "run_type") == "aggregate") return {};
  const std::string name = TextIn(entry, "run_name");
  if (name.empty()) return Error{"run_name: expected a text"};
  if (const auto failed = entry.find("error_occurred"); failed != entry.end() && *failed == true) {
    return Error{fmt::format("{} ended with an error and measured nothing", name)};
  }
  const std::string text = TextIn(entry, "time_unit");
  const Unit* unit = std::find_if(std::begin(kUnits), std::end(kUnits),
                                  [&](const Unit& one) { return one.name == text; });
  if (unit == std::end(kUnits)) {
    return Error{fmt::format("time_unit: expected ns, us, ms or s, found \"{}\"", text)};
  }
  const Result<double> time = AmountIn(entry, "real_time");
  if (!time.ok()) return time.error();
  const Result<Repetitions*> repetitions = Find(name, unit->name, benchmarks);
  if (!repetitions.ok()) return repetitions.error();
  (*repetitions)->means.push_back(*time);
  return AddSingles(entry, unit->ns, **repetitions);
}

}  // namespace

Result<std::vector<Measurement>> ReadMeasurements(std::string_view text, const std::string& file) {
  Json document;
  try {
    document = Json::parse(text);
  } catch (const Json::parse_error& error) {
    return Error{
        fmt::format("{}: this is not JSON; a benchmark writes it with "
                    "--benchmark_format=json",
                    SourcePositionOf(text, error.byte == 0 ? 0 : error.byte - 1, file))};
  } catch (const Json::out_of_range&) {
    return Error{fmt::format("{}: has a number that is too large for any field", file)};
  }
  const auto list = document.is_object() ? document.find("benchmarks") : document.end();
  if (list == document.end() || !list->is_array()) {
    return Error{
        fmt::format("{}: is no output of Google Benchmark: expected a list \"benchmarks\"", file)};
  }
  std::vector<Repetitions> benchmarks;
  for (std::size_t i = 0; i < list->size(); ++i) {
    if (auto added = Add((*list)[i], benchmarks); !added.ok()) {
      return Error{fmt::format("{}: benchmarks[{}]: {}", file, i, added.error().message)};
    }
  }
  std::vector<Measurement> measurements;
  for (const Repetitions& one : benchmarks) measurements.push_back(MeasurementOf(one));
  return measurements;
}

}  // namespace shmspec
