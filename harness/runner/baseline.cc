// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/baseline.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/vocabulary/value/sha256.h"
#include "harness/vocabulary/value/source_position.h"

namespace shmspec {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kFormat = "shmspec-baseline/1";
constexpr std::string_view kFlaky = " flaky";

/// The texts at the beginning of a baseline, in this order.
constexpr std::pair<const char*, std::string Baseline::*> kTexts[] = {
    {"source_id", &Baseline::source_id},
    {"catalogue_sha256", &Baseline::catalogue_sha256},
    {"fingerprint", &Baseline::fingerprint},
    {"target", &Baseline::target},
    {"profile", &Baseline::profile}};

std::string Quoted(std::string_view text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// The text of the baseline and its name.
struct Source {
  std::string_view text;
  const std::string& file;

  Error Wrong(std::string_view message) const {
    return Error{fmt::format("{}: {}", file, message)};
  }
  /// The same with the place of a key, which each line has once.
  Error Wrong(std::string_view key, std::string_view message) const {
    const std::size_t at = text.find(Quoted(key));
    const std::string place = at == text.npos ? file : SourcePositionOf(text, at, file);
    return Error{fmt::format("{}: {}: {}", place, key, message)};
  }
};

Result<BaselineCase> ReadCase(const std::string& id, const Json& value, const Source& source) {
  std::string text = value.is_string() ? value.get<std::string>() : "";
  BaselineCase entry;
  entry.flaky = text.ends_with(kFlaky);
  if (entry.flaky) text.resize(text.size() - kFlaky.size());
  const auto status = FromName<Status>(text);
  if (!status) {
    return source.Wrong(id,
                        fmt::format("expected a status such as PASS, or \"FAIL flaky\"; found {}",
                                    value.dump(-1, ' ', true, Json::error_handler_t::replace)));
  }
  entry.status = *status;
  return entry;
}

/// A key that a baseline does not have; empty when there is none.
std::string UnknownKey(const Json& document) {
  for (const auto& [key, value] : document.items()) {
    const bool known = key == "format" || key == "cases" ||
                       std::any_of(std::begin(kTexts), std::end(kTexts),
                                   [&k = key](const auto& text) { return k == text.first; });
    if (!known) return key;
  }
  return "";
}

Result<Baseline> ReadDocument(const Json& document, const Source& source) {
  if (!document.is_object() || document.value("format", Json()) != kFormat) {
    return source.Wrong(
        fmt::format("is no baseline: expected the format \"{}\"; shmspec baseline makes one from a "
                    "record",
                    kFormat));
  }
  if (const std::string key = UnknownKey(document); !key.empty()) {
    return source.Wrong(key, "there is no such key; remove it");
  }
  Baseline baseline;
  for (const auto& [key, field] : kTexts) {
    const auto at = document.find(key);
    if (at == document.end() || !at->is_string()) return source.Wrong(key, "expected a text");
    baseline.*field = at->get<std::string>();
  }
  const auto cases = document.find("cases");
  if (cases == document.end() || !cases->is_object()) {
    return source.Wrong("cases", "expected an object with a status for each case");
  }
  for (const auto& [id, value] : cases->items()) {
    Result<BaselineCase> entry = ReadCase(id, value, source);
    if (!entry.ok()) return entry.error();
    baseline.cases[id] = *entry;
  }
  return baseline;
}

}  // namespace

const BaselineCase* Baseline::Find(std::string_view id) const {
  const auto at = cases.find(id);
  return at == cases.end() ? nullptr : &at->second;
}

std::string PrintBaseline(const Baseline& baseline) {
  std::string text = fmt::format("{{\n\"format\": {}", Quoted(kFormat));
  for (const auto& [key, field] : kTexts) {
    text += fmt::format(",\n\"{}\": {}", key, Quoted(baseline.*field));
  }
  text += ",\n\"cases\": {";
  const char* separator = "\n";
  for (const auto& [id, entry] : baseline.cases) {
    text += fmt::format("{} {}: \"{}{}\"", separator, Quoted(id), NameOf(entry.status),
                        entry.flaky ? kFlaky : "");
    separator = ",\n";
  }
  return text + "\n}\n}\n";
}

Result<Baseline> ReadBaseline(std::string_view text, const std::string& file) {
  Json document;
  try {
    document = Json::parse(text);
  } catch (const Json::parse_error& error) {
    return Error{
        fmt::format("{}: this is not JSON; shmspec baseline makes a baseline from a record",
                    SourcePositionOf(text, error.byte == 0 ? 0 : error.byte - 1, file))};
  } catch (const Json::out_of_range&) {
    return Error{fmt::format("{}: has a number that is too large for any field", file)};
  }
  Result<Baseline> baseline = ReadDocument(document, {text, file});
  if (!baseline.ok()) return baseline.error();
  baseline->file = file;
  baseline->sha256 = Sha256(text);
  return baseline;
}

}  // namespace shmspec
