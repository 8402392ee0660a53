// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/measurements.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/vocabulary/place.h"

namespace shmspec {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kUnits[] = {"ns", "us", "ms", "s"};

std::string TextIn(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? at->get<std::string>() : "";
}

/// Adds one entry; the error says what is wrong with it.
Result<void> Add(const Json& entry, std::vector<Measurement>& measurements) {
  if (!entry.is_object()) return Error{"expected an object"};
  if (TextIn(entry, "run_type") == "aggregate") return {};
  const std::string name = TextIn(entry, "run_name");
  const std::string unit = TextIn(entry, "time_unit");
  const auto time = entry.find("real_time");
  if (name.empty()) return Error{"run_name: expected a text"};
  if (const auto failed = entry.find("error_occurred"); failed != entry.end() && *failed == true) {
    return Error{fmt::format("{} ended with an error and measured nothing", name)};
  }
  if (std::find(std::begin(kUnits), std::end(kUnits), unit) == std::end(kUnits)) {
    return Error{fmt::format("time_unit: expected ns, us, ms or s, found \"{}\"", unit)};
  }
  if (time == entry.end() || !time->is_number() || !std::isfinite(time->get<double>()) ||
      time->get<double>() < 0) {
    return Error{"real_time: expected a duration"};
  }
  const auto same = std::find_if(measurements.begin(), measurements.end(),
                                 [&](const Measurement& one) { return one.name == name; });
  if (same == measurements.end()) {
    measurements.push_back({name, unit, {time->get<double>()}});
  } else if (same->unit != unit) {
    return Error{fmt::format("{} is in {} and in {}", name, same->unit, unit)};
  } else {
    same->values.push_back(time->get<double>());
  }
  return {};
}

}  // namespace

double Measurement::median() const {
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

Result<std::vector<Measurement>> ReadMeasurements(std::string_view text, const std::string& file) {
  Json document;
  try {
    document = Json::parse(text);
  } catch (const Json::parse_error& error) {
    return Error{
        fmt::format("{}: this is not JSON; a benchmark writes it with "
                    "--benchmark_format=json",
                    PlaceOf(text, error.byte == 0 ? 0 : error.byte - 1, file))};
  }
  const auto list = document.is_object() ? document.find("benchmarks") : document.end();
  if (list == document.end() || !list->is_array()) {
    return Error{
        fmt::format("{}: is no output of Google Benchmark: expected a list \"benchmarks\"", file)};
  }
  std::vector<Measurement> measurements;
  for (std::size_t i = 0; i < list->size(); ++i) {
    if (auto added = Add((*list)[i], measurements); !added.ok()) {
      return Error{fmt::format("{}: benchmarks[{}]: {}", file, i, added.error().message)};
    }
  }
  for (Measurement& one : measurements) std::sort(one.values.begin(), one.values.end());
  return measurements;
}

}  // namespace shmspec
