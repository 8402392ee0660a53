// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// For the reader of records alone: a value of the document together with the path to it, so that
// every complaint can name the field.

#ifndef SHMSPEC_REPORTS_RECORD_NODE_H_
#define SHMSPEC_REPORTS_RECORD_NODE_H_

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/vocabulary/value/names.h"
#include "reports/plain_text.h"
#include "reports/record.h"

namespace shmspec::reports {

/// A mistake in a field. Caught in ReadRecord and nowhere else.
struct Unreadable {
  std::string message;
};

/// A value of the document and the path to it.
class Node {
 public:
  Node(const nlohmann::ordered_json& json, std::string path)
      : json_(&json), path_(std::move(path)) {}

  const std::string& path() const { return path_; }

  [[noreturn]] void Refuse(std::string_view expected) const {
    throw Unreadable{fmt::format("{}: expected {}, found {}", path_.empty() ? "the record" : path_,
                                 expected, json_->type_name())};
  }

  Node At(const char* key) const {
    if (!json_->is_object()) Refuse("an object");
    const auto at = json_->find(key);
    if (at == json_->end()) {
      throw Unreadable{fmt::format("{} is missing", PathTo(key))};
    }
    return {*at, PathTo(key)};
  }
  bool Has(const char* key) const { return json_->is_object() && json_->contains(key); }

  std::string Text() const {
    if (!json_->is_string()) Refuse("text");
    return json_->get<std::string>();
  }
  std::string Text(const char* key) const { return At(key).Text(); }
  std::string TextIfAny(const char* key) const { return Has(key) ? Text(key) : ""; }
  std::uint64_t Count(const char* key) const { return At(key).Count(); }
  std::uint64_t Count() const {
    if (!json_->is_number_unsigned()) Refuse("a whole number that is not negative");
    return json_->get<std::uint64_t>();
  }
  std::uint64_t CountIfAny(const char* key) const { return Has(key) ? Count(key) : 0; }
  bool Truth(const char* key) const {
    const Node value = At(key);
    if (!value.json_->is_boolean()) value.Refuse("true or false");
    return value.json_->get<bool>();
  }
  /// A number that is not negative.
  double Amount(const char* key) const {
    const Node value = At(key);
    if (!value.json_->is_number()) value.Refuse("a number");
    const double amount = value.json_->get<double>();
    if (!std::isfinite(amount) || amount < 0) value.Refuse("a number that is not negative");
    return amount;
  }
  template <class Enum>
  Enum Word(const char* key) const {
    const Node value = At(key);
    const auto word = FromName<Enum>(value.Text());
    if (!word) {
      throw Unreadable{fmt::format("{}: there is no \"{}\"", value.path_, Printable(value.Text()))};
    }
    return *word;
  }
  template <class Visit>
  void ForEachItem(Visit&& visit) const {
    if (!json_->is_array()) Refuse("a list");
    for (std::size_t i = 0; i < json_->size(); ++i) {
      visit(Node((*json_)[i], fmt::format("{}[{}]", path_, i)));
    }
  }
  template <class Visit>
  void ForEachMember(Visit&& visit) const {
    if (!json_->is_object()) Refuse("an object");
    for (const auto& [key, value] : json_->items()) visit(key, Node(value, PathTo(key)));
  }
  std::vector<std::string> Texts(const char* key) const {
    std::vector<std::string> texts;
    At(key).ForEachItem([&](const Node& item) { texts.push_back(item.Text()); });
    return texts;
  }
  std::vector<std::string> TextsIfAny(const char* key) const {
    return Has(key) ? Texts(key) : std::vector<std::string>{};
  }

 private:
  std::string PathTo(std::string_view key) const {
    return path_.empty() ? Printable(key) : fmt::format("{}.{}", path_, Printable(key));
  }

  const nlohmann::ordered_json* json_;
  std::string path_;
};

/// The expectations and the other work of a run (record_besides.cc).
void ReadExpectations(const Node& node, Record& record);
Controls ReadControls(const Node& node);
Measurement ReadMeasurement(const Node& node);
FuzzRun ReadFuzzRun(const Node& node);
LitmusHistogram ReadHistogram(const Node& node);

}  // namespace shmspec::reports

#endif  // SHMSPEC_REPORTS_RECORD_NODE_H_
