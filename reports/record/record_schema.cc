// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The JSON schema of a record, from the lists of fields in harness/vocabulary/record/.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <type_traits>

#include "reports/record/record.h"

namespace shmspec::reports {
namespace {

using Json = nlohmann::ordered_json;
using record::Rule;

constexpr std::size_t kColumns = 160;
constexpr const char* kAbout =
    "What was judged, by which suite, under which circumstances, and the result of every case and "
    "every requirement of the catalogue. Seeds are decimal strings, because many programs keep "
    "JSON numbers as doubles. Durations end in _s (seconds) or _ms.";

template <class T>
Json SchemaOf(const Rule& rule);

template <class Struct, class T>
std::type_identity<T> TypeOf(T Struct::*member);

/// Adds the members of a struct to the schema of the object that it is.
template <class F>
void AddMembers(const F& fields, Json& object) {
  const auto add = [&](const auto& field) {
    Json schema;
    if constexpr (requires { field.fields; }) {
      schema = {{"type", "object"}, {"required", Json::array()}};
      schema["additionalProperties"] = false;
      AddMembers(field.fields, schema);
      if (!field.rule.also.empty()) schema.update(Json::parse(field.rule.also));
    } else {
      using T = typename decltype(TypeOf(field.member))::type;
      if constexpr (Declared<T>) {
        if (field.name.empty()) return AddMembers(T::kFields, object);
      }
      schema = SchemaOf<T>(field.rule);
    }
    if (!field.says.empty()) schema["description"] = field.says;
    if (!field.rule.optional) object["required"].push_back(field.name);
    object["properties"][std::string(field.name)] = std::move(schema);
  };
  fields.ForEach(add);
}

/// The names of an enumeration, as records have them.
template <NamedEnum E>
Json WordsOf() {
  Json words = Json::array();
  for (const auto& entry : NamesOf<E>::kNames) {
    if (entry.name != "none") words.push_back(entry.name);
  }
  return words;
}

Json SchemaOfText(const Rule& rule) {
  if (!rule.words.empty()) {
    Json words = Json::array();
    std::istringstream in{std::string(rule.words)};
    for (std::string word; in >> word;) words.push_back(word);
    return {{"enum", words}};
  }
  Json schema{{"type", "string"}};
  if (!rule.pattern.empty()) schema["pattern"] = rule.pattern;
  return schema;
}

template <class T>
Json SchemaOfItems(const Rule& rule) {
  using Item = typename T::value_type;
  if constexpr (requires { typename T::key_type; }) {
    return {{"type", "object"},
            {"propertyNames", {{"enum", WordsOf<typename T::key_type>()}}},
            {"additionalProperties", SchemaOf<typename T::mapped_type>(record::kPositive)}};
  } else if constexpr (requires { Item::kKey; }) {
    return {{"type", "object"},
            {"propertyNames", {{"pattern", rule.pattern}}},
            {"additionalProperties", SchemaOf<Item>({})}};
  } else {
    Json schema{{"type", "array"}};
    if (rule.least > 0) schema["minItems"] = rule.least;
    schema["items"] = SchemaOf<Item>({.pattern = rule.pattern});
    return schema;
  }
}

template <class T>
Json SchemaOf(const Rule& rule) {
  Json schema;
  if constexpr (std::is_same_v<T, bool>) {
    schema = {{"type", "boolean"}};
  } else if constexpr (std::is_arithmetic_v<T>) {
    schema = {{"type", std::is_integral_v<T> ? "integer" : "number"}, {"minimum", rule.least}};
  } else if constexpr (std::is_same_v<T, std::string>) {
    schema = SchemaOfText(rule);
  } else if constexpr (NamedEnum<T>) {
    schema = {{"enum", WordsOf<T>()}};
  } else if constexpr (Declared<T>) {
    schema = {{"type", "object"}, {"required", Json::array()}, {"additionalProperties", false}};
    AddMembers(T::kFields, schema);
    if constexpr (requires { T::kConditions; }) schema.update(Json::parse(T::kConditions));
  } else if constexpr (requires(T value) { value.has_value(); }) {
    return SchemaOf<typename T::value_type>(rule);
  } else {
    schema = SchemaOfItems<T>(rule);
  }
  if (!rule.also.empty()) schema.update(Json::parse(rule.also));
  return schema;
}

/// The members or items between brackets: each by `shown` behind `before`.
template <class Show>
std::string Bracketed(const Json& json, const std::string& before, const std::string& after,
                      const Show& shown) {
  std::string text;
  for (const auto& [key, value] : json.items()) {
    text += (text.empty() ? "" : before.empty() ? ", " : ",") + before;
    text += (json.is_object() ? Json(key).dump() + ": " : "") + shown(value);
  }
  return json.is_object() ? "{" + text + after + "}" : "[" + text + after + "]";
}

std::string OnOneLine(const Json& json) {
  return json.is_structured() ? Bracketed(json, "", "", OnOneLine) : json.dump();
}

/// On one line where that is short or nothing is within what it holds.
std::string Shown(const Json& json, std::size_t indent) {
  std::string text = OnOneLine(json);
  const bool nested = std::any_of(json.begin(), json.end(),
                                  [](const Json& value) { return value.is_structured(); });
  if (!nested || text.size() + indent <= kColumns) return text;
  const std::string line = "\n" + std::string(indent, ' ');
  return Bracketed(json, line + "  ", line,
                   [&](const Json& value) { return Shown(value, indent + 2); });
}

}  // namespace

std::string RecordSchema() {
  Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
              {"title", "Record of a run of shmspec"},
              {"description", kAbout}};
  schema.update(SchemaOf<Record>({}));
  schema["properties"]["format"] = {
      {"const", fmt::format("{}{}", record::kFormats, record::kFormat)}};
  return Shown(schema, 0) + "\n";
}

}  // namespace shmspec::reports
