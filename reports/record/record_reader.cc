// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Reads records by the lists of fields in harness/vocabulary/record/.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "harness/vocabulary/value/sha256.h"
#include "harness/vocabulary/value/source_position.h"
#include "reports/record/record.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

using Json = nlohmann::ordered_json;
using record::Rule;

/// A mistake in a field. Caught in ReadRecord and nowhere else.
struct Unreadable {
  std::string message;
};

/// A value of the document together with the path to it, so that every complaint can name the
/// field, and the number of the format.
class Node {
 public:
  Node(const Json& json, std::string path, int format)
      : json_(&json), path_(std::move(path)), format_(format) {}

  const Json& json() const { return *json_; }
  int format() const { return format_; }

  [[noreturn]] void Refuse(std::string_view expected) const {
    Complain(fmt::format("expected {}, found {}", expected, json_->type_name()));
  }
  [[noreturn]] void RefuseWord(std::string_view word) const {
    Complain(fmt::format("there is no \"{}\"", Printable(word)));
  }
  void DemandObject() const {
    if (!json_->is_object()) Refuse("an object");
  }
  std::string PathTo(std::string_view key) const {
    return path_.empty() ? Printable(key) : fmt::format("{}.{}", path_, Printable(key));
  }
  template <class Visit>
  void ForEachItem(Visit&& visit) const {
    if (!json_->is_array()) Refuse("a list");
    for (std::size_t i = 0; i < json_->size(); ++i) {
      visit(Node((*json_)[i], fmt::format("{}[{}]", path_, i), format_));
    }
  }
  template <class Visit>
  void ForEachMember(Visit&& visit) const {
    DemandObject();
    for (const auto& [key, value] : json_->items()) {
      visit(key, Node(value, PathTo(key), format_));
    }
  }

 private:
  [[noreturn]] void Complain(const std::string& what) const {
    throw Unreadable{fmt::format("{}: {}", path_.empty() ? "the record" : path_, what)};
  }

  const Json* json_;
  std::string path_;
  int format_;
};

template <class T>
void Read(const Node& node, const Rule& rule, T& value);

/// The member of that name, or the object itself for a nameless one; nothing when it may be absent
/// and is.
std::optional<Node> MemberOf(const Node& object, std::string_view name, const Rule& rule) {
  if (name.empty()) return object;
  const auto at = object.json().find(std::string(name));
  if (at != object.json().end()) return Node(*at, object.PathTo(name), object.format());
  if (rule.optional || object.format() < rule.since) return std::nullopt;
  throw Unreadable{object.PathTo(name) + " is missing"};
}

template <class Struct, class F>
void ReadMembers(const Node& node, const F& fields, Struct& to) {
  node.DemandObject();
  const auto read = [&](const auto& field) {
    const std::optional<Node> member = MemberOf(node, field.name, field.rule);
    if (!member) return;
    if constexpr (requires { field.fields; }) {
      ReadMembers(*member, field.fields, to);
    } else {
      Read(*member, field.rule, to.*field.member);
    }
  };
  fields.ForEach(read);
}

std::string TextIn(const Node& node) {
  if (!node.json().is_string()) node.Refuse("text");
  return node.json().get<std::string>();
}

template <class Enum>
Enum WordIn(const Node& node, const std::string& word) {
  const auto value = FromName<Enum>(word);
  if (!value) node.RefuseWord(word);
  return *value;
}

bool IsAmong(std::string_view words, std::string_view word) {
  const std::string list = fmt::format(" {} ", words);
  return list.find(fmt::format(" {} ", word)) != list.npos;
}

void ReadNumber(const Node& node, const Rule& rule, std::uint64_t& value) {
  if (!node.json().is_number_unsigned()) node.Refuse("a whole number that is not negative");
  value = node.json().get<std::uint64_t>();
  if (std::cmp_less(value, rule.least)) node.Refuse(fmt::format("at least {}", rule.least));
}

void ReadNumber(const Node& node, const Rule&, double& value) {
  if (!node.json().is_number()) node.Refuse("a number");
  value = node.json().get<double>();
  if (!std::isfinite(value) || value < 0) node.Refuse("a number that is not negative");
}

void ReadNumber(const Node& node, const Rule&, bool& value) {
  if (!node.json().is_boolean()) node.Refuse("true or false");
  value = node.json().get<bool>();
}

template <class T>
void Read(const Node& node, const Rule& rule, T& value) {
  if constexpr (std::is_arithmetic_v<T>) {
    ReadNumber(node, rule, value);
  } else if constexpr (std::is_same_v<T, std::string>) {
    value = TextIn(node);
    if (!rule.words.empty() && !IsAmong(rule.words, value)) node.RefuseWord(value);
  } else if constexpr (NamedEnum<T>) {
    value = WordIn<T>(node, TextIn(node));
  } else if constexpr (Declared<T>) {
    ReadMembers(node, T::kFields, value);
  } else if constexpr (requires { value.has_value(); }) {
    Read(node, rule, value.emplace());
  } else if constexpr (requires { typename T::key_type; }) {
    node.ForEachMember([&](const std::string& name, const Node& count) {
      ReadNumber(count, rule, value[WordIn<typename T::key_type>(count, name)]);
    });
  } else if constexpr (requires { T::value_type::kKey; }) {
    node.ForEachMember([&](const std::string& name, const Node& one) {
      value.emplace_back().*(T::value_type::kKey) = name;
      Read(one, {}, value.back());
    });
  } else {
    node.ForEachItem([&](const Node& one) { Read(one, {}, value.emplace_back()); });
    if (std::cmp_less(value.size(), rule.least)) {
      node.Refuse(fmt::format("at least {} entry", rule.least));
    }
  }
}

/// The number of the format, one that this program reads.
int FormatOf(const Json& document) {
  if (!document.is_object() || !document.contains("format")) {
    throw Unreadable{"is no record of shmspec: it names no format"};
  }
  const std::string format = TextIn(Node(document["format"], "format", 0));
  const bool ours = format.starts_with(record::kFormats);
  std::vector<std::string> known;
  for (int number = 1; number <= record::kFormat; ++number) {
    known.push_back(fmt::format("{}{}", record::kFormats, number));
    if (format == known.back()) return number;
  }
  throw Unreadable{fmt::format("is of format \"{}\" and this program reads {}{}", Printable(format),
                               fmt::join(known, " and "),
                               ours ? "; use the shmspec that made it, or a newer one" : "")};
}

Record ReadDocument(const Json& document) {
  Record record;
  const Node node(document, "", FormatOf(document));
  Read(node, {}, record);
  std::sort(record.requirements.begin(), record.requirements.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
  if (node.format() > 1) return record;
  // What format 1 leaves out: it has no waivers and no baselines.
  for (const Test& test : record.tests) {
    ++record.judgement_counts[test.judgement];
    record.attempts += test.attempts.size();
  }
  record.totals = TotalsOf(record);
  return record;
}

}  // namespace

Result<Record> ReadRecord(std::string_view text, const std::string& file) {
  try {
    const std::string valid = ValidUtf8(text);
    Record record;
    try {
      record = ReadDocument(Json::parse(valid));
    } catch (const Json::parse_error& error) {
      // Parse errors count bytes from 1 and point behind what they have read.
      const std::size_t byte = error.byte == 0 ? 0 : error.byte - 1;
      return Error{fmt::format(
          "{}: {}", SourcePositionOf(valid, byte, file),
          byte >= valid.size() ? "the record ends here, in the middle" : "this is not JSON")};
    } catch (const Json::out_of_range&) {
      return Error{fmt::format("{}: has a number that is too large for any field", file)};
    }
    record.file = file;
    record.sha256 = Sha256(text);
    if (const std::string found = ContradictionIn(record); !found.empty()) {
      return Error{fmt::format("{}: contradicts itself: {}", file, Printable(found))};
    }
    return record;
  } catch (const Unreadable& unreadable) {
    return Error{fmt::format("{}: {}", file, unreadable.message)};
  }
}

}  // namespace shmspec::reports
