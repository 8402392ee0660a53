// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/record/print_record.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <type_traits>
#include <utility>

namespace shmspec::record {
namespace {

using Json = nlohmann::ordered_json;

/// Whether a member has the value of a new struct.
template <class T>
bool IsUnset(const T& value) {
  if constexpr (requires { value.empty(); }) {
    return value.empty();
  } else if constexpr (requires { value.has_value(); }) {
    return !value.has_value();
  } else if constexpr (Declared<T>) {
    return false;
  } else {
    return value == T{};
  }
}

template <class Struct, class F>
bool AreUnset(const Struct& from, const F& fields) {
  bool unset = true;
  const auto look = [&](const auto& field) {
    if constexpr (requires { field.fields; }) {
      unset = unset && AreUnset(from, field.fields);
    } else {
      unset = unset && IsUnset(from.*field.member);
    }
  };
  fields.ForEach(look);
  return unset;
}

template <class T>
Json JsonOf(const T& value);

/// Gives an object a member, or all members of `value` for a nameless one. In one place: what is
/// done with JSON is slow to compile.
void Put(Json& object, std::string_view name, Json value) {
  if (name.empty()) {
    object.update(value);
  } else {
    object[std::string(name)] = std::move(value);
  }
}

template <class Struct, class F>
Json ObjectOf(const Struct& from, const F& fields) {
  Json object = Json::object();
  const auto write = [&](const auto& field) {
    if constexpr (requires { field.fields; }) {
      if (field.rule.optional && AreUnset(from, field.fields)) return;
      Put(object, field.name, ObjectOf(from, field.fields));
    } else if (!field.rule.optional || !IsUnset(from.*field.member)) {
      Put(object, field.name, JsonOf(from.*field.member));
    }
  };
  fields.ForEach(write);
  return object;
}

template <class T>
Json JsonOf(const T& value) {
  if constexpr (std::is_same_v<T, std::string>) {
    return value;
  } else if constexpr (NamedEnum<T>) {
    return NameOf(value);
  } else if constexpr (Declared<T>) {
    return ObjectOf(value, T::kFields);
  } else if constexpr (requires { value.has_value(); }) {
    return JsonOf(*value);  // those without a value are optional, and absent
  } else if constexpr (requires { typename T::key_type; }) {
    Json object = Json::object();
    for (const auto& [name, count] : value) Put(object, NameOf(name), count);
    return object;
  } else if constexpr (requires { T::value_type::kKey; }) {
    Json object = Json::object();
    for (const auto& one : value) Put(object, one.*(T::value_type::kKey), JsonOf(one));
    return object;
  } else if constexpr (requires { typename T::value_type; }) {
    Json list = Json::array();
    for (const auto& one : value) list.push_back(JsonOf(one));
    return list;
  } else {
    return value;
  }
}

}  // namespace

std::string PrintRecord(const Record& record) {
  Json document = JsonOf(record);
  document["format"] = std::string(kFormats) + std::to_string(kFormat);
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace shmspec::record
