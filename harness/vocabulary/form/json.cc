// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/form/json.h"

#include <nlohmann/json.hpp>

#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/form/text_value.h"

namespace shmspec {
namespace {

using Json = nlohmann::ordered_json;
using text::Actors;

/// Numbers beyond this lose digits in programs that keep them as doubles; they go as text.
constexpr std::int64_t kExact = 1ll << 53;

template <class T>
Json FieldsOf(const T& record, Actors actors);

// Not in a template: what is done with JSON is slow to compile.
void Put(Json& object, std::string_view name, Json value) {
  object[std::string(name)] = std::move(value);
}

template <class T>
Json ValueOf(const T& value, Actors actors) {
  if constexpr (std::is_same_v<T, bool>) {
    return value;
  } else if constexpr (std::is_integral_v<T>) {
    const bool exact = std::is_signed_v<T> ? value >= -kExact && value <= kExact
                                           : value <= static_cast<std::uint64_t>(kExact);
    if (exact) return value;
  } else if constexpr (std::is_same_v<T, std::string>) {
    return value;
  } else if constexpr (std::is_same_v<T, Size>) {
    return ValueOf(NumberIn(value), actors);
  } else if constexpr (std::is_same_v<T, Program>) {
    return PrintProgram(value);
  } else if constexpr (std::is_same_v<T, Ending>) {
    return PrintEnding(value);
  } else if constexpr (Declared<T>) {
    return FieldsOf(value, actors);
  } else if constexpr (requires { value.has_value(); }) {
    return value ? ValueOf(*value, actors) : Json(nullptr);
  } else if constexpr (requires { value.begin(); }) {
    Json list = Json::array();
    for (const auto& item : value) list.push_back(ValueOf(item, actors));
    return list;
  }
  std::string printed;
  text::Print(printed, value, actors);
  return printed;
}

template <class T>
Json FieldsOf(const T& record, Actors actors) {
  Json object = Json::object();
  ForEachField<T>(
      [&](const auto& field) { Put(object, field.name, ValueOf(record.*field.member, actors)); });
  return object;
}

Json Labelled(const char* label, std::string_view name, const Json& fields) {
  Json object{{label, name}};
  object.update(fields);
  return object;
}

template <class Variant>
Json AlternativeOf(const char* label, const Variant& variant, Actors actors) {
  return std::visit(
      [&]<class T>(const T& held) { return Labelled(label, T::kName, FieldsOf(held, actors)); },
      variant);
}

Json StepOf(const Step& step, Actors actors) {
  Json object{{"actor", ValueOf(step.actor, actors)}, {"timing", NameOf(step.timing)}};
  if (step.timing == Timing::kRace) object["race"] = step.race;
  if (step.timing == Timing::kJoin) return object;
  object.update(ToJson(step.operation, actors));
  if (step.assigns) {
    std::string handle;
    text::PrintReference(handle, Reference{step.assigns, 0});
    object["assigns"] = handle;
  }
  if (step.expected) object["expected"] = PrintPattern(*step.expected, actors);
  return object;
}

}  // namespace

Json ToJson(const Operation& operation, std::span<const ActorSpec> actors) {
  return AlternativeOf("operation", operation, actors);
}

Json ToJson(const Outcome& outcome, std::span<const ActorSpec> actors) {
  return AlternativeOf("outcome", outcome, actors);
}

Json ToJson(const Plan& plan) {
  Json object{{"plan", plan.name},
              {"requirements", Json::array()},
              {"actors", Json::array()},
              {"steps", Json::array()}};
  for (const Requirement requirement : plan.requirements) {
    object["requirements"].push_back(requirement.id());
  }
  for (const ActorSpec& actor : plan.actors) {
    object["actors"].push_back(FieldsOf(actor, plan.actors));
  }
  for (const Step& step : plan.steps) object["steps"].push_back(StepOf(step, plan.actors));
  return object;
}

Json ToJson(const Trace& trace) {
  Json object = ToJson(trace.plan);
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    const Performed& performed = trace.steps[i];
    Json& step = object["steps"][i];
    step["called"] = performed.called;
    if (performed.returned) step["outcome"] = ToJson(performed.outcome, trace.plan.actors);
  }
  return object;
}

}  // namespace shmspec
