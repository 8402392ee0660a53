// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/waivers.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "harness/runner/condition.h"
#include "harness/runner/filter.h"
#include "harness/vocabulary/form/read_toml.h"
#include "harness/vocabulary/value/nearest.h"
#include "harness/vocabulary/value/sha256.h"

namespace shmspec {
namespace {

constexpr std::string_view kFormat = "shmspec-waivers/1";
constexpr std::chrono::days kLongest{365};

template <class Enum>
std::vector<std::string> NamesFrom(std::span<const Enum> values) {
  std::vector<std::string> names;
  for (const Enum value : values) names.emplace_back(NameOf(value));
  return names;
}

/// A table with the keys that it may have.
class Section {
 public:
  Section(const toml::table& table, std::vector<std::string> keys) : table_(table) {
    for (auto&& [key, node] : table) {
      const std::string name(key.str());
      if (std::find(keys.begin(), keys.end(), name) != keys.end()) continue;
      throw TomlMistake{key.source().begin, fmt::format("there is no key \"{}\"{}; remove it", name,
                                                        DidYouMean(name, keys))};
    }
  }

  const toml::node* Find(std::string_view key) const { return table_.get(key); }
  const toml::node& At(std::string_view key) const {
    if (const toml::node* node = Find(key)) return *node;
    throw TomlMistake{PositionOf(table_), fmt::format("{} is missing here; add it", key)};
  }

  /// A text that is not empty.
  std::string Text(std::string_view key) const { return Text(At(key), key); }
  std::string TextIfAny(std::string_view key) const {
    const toml::node* node = Find(key);
    return node == nullptr ? "" : Text(*node, key);
  }
  static std::string Text(const toml::node& node, std::string_view key) {
    const auto* text = node.as_string();
    if (text != nullptr && text->get().find_first_not_of(" \t\n") != std::string::npos) {
      return text->get();
    }
    throw TomlMistake{PositionOf(node), text == nullptr
                                            ? fmt::format("{}: expected a text", key)
                                            : fmt::format("{}: is empty; fill it in", key)};
  }

  bool Truth(std::string_view key, bool otherwise) const {
    const toml::node* node = Find(key);
    if (node == nullptr) return otherwise;
    if (const auto* truth = node->as_boolean()) return truth->get();
    throw TomlMistake{PositionOf(*node), fmt::format("{}: expected true or false", key)};
  }

  std::chrono::sys_days Date(std::string_view key) const {
    const toml::node& node = At(key);
    if (const auto* date = node.as_date()) {
      return std::chrono::year_month_day{std::chrono::year{date->get().year},
                                         std::chrono::month{date->get().month},
                                         std::chrono::day{date->get().day}};
    }
    throw TomlMistake{PositionOf(node),
                      fmt::format("{}: expected a date without quotes, such as 2026-09-01", key)};
  }

  /// Calls visit(text, its node) for each member of a list that is not empty.
  template <class Visit>
  void ForEachText(std::string_view key, Visit&& visit) const {
    const toml::array* list = At(key).as_array();
    if (list == nullptr || list->empty()) {
      throw TomlMistake{PositionOf(At(key)),
                        fmt::format("{}: expected a list of texts, such as [\"...\"]", key)};
    }
    for (const toml::node& node : *list) visit(Text(node, key), node);
  }

  /// One of the allowed words.
  template <class Enum>
  static Enum Word(const std::string& text, const toml::node& node, std::string_view key,
                   std::span<const Enum> allowed) {
    const auto value = FromName<Enum>(text);
    if (value && std::find(allowed.begin(), allowed.end(), *value) != allowed.end()) return *value;
    throw TomlMistake{PositionOf(node), fmt::format("{}: expected one of {}, found \"{}\"", key,
                                                    fmt::join(NamesFrom(allowed), ", "), text)};
  }

 private:
  const toml::table& table_;
};

/// The statuses that a waiver may expect; the others need none.
constexpr std::array kWaivable{Status::kFail, Status::kUnresolved};
constexpr std::array kCauses{
    Cause::kAssertion, Cause::kRefuted, Cause::kDisagreement, Cause::kTimeout, Cause::kHang,
    Cause::kDeath,     Cause::kCrash,   Cause::kGaveUp,       Cause::kLeak,    Cause::kSetup};
constexpr std::array kClasses{WaiverClass::kImplementationBug, WaiverClass::kSuiteBug,
                              WaiverClass::kSpecAmbiguity, WaiverClass::kEnvironment};

class WaiverReader {
 public:
  WaiverReader(const toml::table& table, const WaiverContext& context)
      : section_(table, {"id", "tests", "expect", "action", "cause", "when", "reason", "url",
                         "owner", "class", "granted", "expires", "strict", "rate"}),
        context_(context) {}

  Waiver Read() {
    waiver_.id = section_.Text("id");
    ReadTests();
    ReadExpectation();
    ReadCondition();
    waiver_.reason = section_.Text("reason");
    waiver_.url = section_.Text("url");
    if (waiver_.url.find("://") == std::string::npos) {
      throw TomlMistake{PositionOf(section_.At("url")),
                        "url: expected an address such as https://bugs.example.org/4711"};
    }
    waiver_.owner = section_.Text("owner");
    if (const toml::node* node = section_.Find("class")) {
      waiver_.kind = Section::Word<WaiverClass>(section_.Text("class"), *node, "class", kClasses);
    }
    ReadDates();
    waiver_.strict = section_.Truth("strict", true);
    ReadRate();
    return std::move(waiver_);
  }

 private:
  void ReadTests() {
    std::vector<std::string> names;
    for (const Case& one : context_.cases) names.emplace_back(one.id);
    section_.ForEachText("tests", [&](const std::string& glob, const toml::node& node) {
      waiver_.tests.push_back(glob);
      const bool used = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        return MatchesName(glob, name);
      });
      if (used) return;
      throw TomlMistake{PositionOf(node), fmt::format("tests: \"{}\" matches no case{}; remove it",
                                                      glob, DidYouMean(glob, names))};
    });
  }

  void ReadExpectation() {
    const toml::node* action = section_.Find("action");
    if (action != nullptr) {
      if (section_.Text("action") != "do-not-run") {
        throw TomlMistake{PositionOf(*action), "action: there is only \"do-not-run\""};
      }
      for (const char* other : {"expect", "cause", "rate"}) {
        const toml::node* node = section_.Find(other);
        if (node == nullptr) continue;
        throw TomlMistake{PositionOf(*node),
                          fmt::format("{}: says nothing of a case that is not to be "
                                      "run; remove it or the action",
                                      other)};
      }
      waiver_.action = WaiverAction::kDoNotRun;
      return;
    }
    section_.ForEachText("expect", [&](const std::string& word, const toml::node& node) {
      waiver_.expect.push_back(Section::Word<Status>(word, node, "expect", kWaivable));
    });
    if (section_.Find("cause") == nullptr) return;
    section_.ForEachText("cause", [&](const std::string& word, const toml::node& node) {
      waiver_.cause.push_back(Section::Word<Cause>(word, node, "cause", kCauses));
    });
  }

  void ReadCondition() {
    waiver_.when = section_.TextIfAny("when");
    if (waiver_.when.empty()) return;
    const Result<Condition> condition = Condition::Parse(waiver_.when, context_.facts);
    if (!condition.ok()) {
      throw TomlMistake{PositionOf(section_.At("when")), "when, " + condition.error().message};
    }
    if (!condition->Holds(context_.facts).value_or(false)) waiver_.state = WaiverState::kElsewhere;
  }

  void ReadDates() {
    const std::chrono::sys_days granted = section_.Date("granted");
    const std::chrono::sys_days expires = section_.Date("expires");
    waiver_.granted = DateText(granted);
    waiver_.expires = DateText(expires);
    if (granted > context_.today) {
      throw TomlMistake{PositionOf(section_.At("granted")),
                        fmt::format("granted: {} is yet to come; today is {}", waiver_.granted,
                                    DateText(context_.today))};
    }
    if (expires < granted || expires > granted + kLongest) {
      throw TomlMistake{
          PositionOf(section_.At("expires")),
          fmt::format("expires: expected a day from {} to {}, at most 365 days after "
                      "the waiver was granted; found {}",
                      waiver_.granted, DateText(granted + kLongest), waiver_.expires)};
    }
    if (expires < context_.today) {
      throw TomlMistake{
          PositionOf(section_.At("expires")),
          fmt::format("waiver {} expired on {}: remove it, or have its owner {} grant "
                      "it anew",
                      waiver_.id, waiver_.expires, waiver_.owner)};
    }
  }

  void ReadRate() {
    const toml::node* node = section_.Find("rate");
    if (node == nullptr) return;
    if (node->as_table() == nullptr) {
      throw TomlMistake{PositionOf(*node), "rate: expected {at_most = 0.02, per = \"attempt\"}"};
    }
    const Section rate(*node->as_table(), {"at_most", "per"});
    const toml::node& at_most = rate.At("at_most");
    const std::optional<double> share = at_most.value<double>();
    if (!share || !(*share > 0 && *share < 1)) {
      throw TomlMistake{PositionOf(at_most),
                        "at_most: expected the share of attempts that may fail, between 0 and 1"};
    }
    if (rate.Text("per") != "attempt") {
      throw TomlMistake{PositionOf(rate.At("per")), "per: there is only \"attempt\""};
    }
    waiver_.at_most = share;
  }

  Section section_;
  const WaiverContext& context_;
  Waiver waiver_;
};

/// Finds the cases of the waiver that was added last.
void Assign(Waivers& waivers, const toml::table& table, const WaiverContext& context) {
  const Waiver& waiver = waivers.entries.back();
  for (const Waiver& other : waivers.entries) {
    if (&other == &waiver || other.id != waiver.id) continue;
    throw TomlMistake{
        PositionOf(*table.get("id")),
        fmt::format("id: there is another waiver \"{}\"; choose a new one", other.id)};
  }
  if (!waiver.holds()) return;
  for (const Case& one : context.cases) {
    const bool meant =
        std::any_of(waiver.tests.begin(), waiver.tests.end(),
                    [&](const std::string& glob) { return MatchesName(glob, one.id); });
    if (!meant) continue;
    const auto [at, fresh] = waivers.by_case.emplace(one.id, waivers.entries.size() - 1);
    if (fresh) continue;
    throw TomlMistake{
        PositionOf(*table.get("tests")),
        fmt::format("tests: waiver {} is about {} already; let one of them go, or give "
                    "them conditions (when) that exclude each other",
                    waivers.entries[at->second].id, one.id)};
  }
}

Waivers ReadDocument(const toml::table& document, const WaiverContext& context) {
  const Section top(document, {"format", "waiver"});
  const std::string format = top.Text("format");
  if (format != kFormat) {
    throw TomlMistake{PositionOf(top.At("format")),
                      fmt::format("format: expected \"{}\", found \"{}\"", kFormat, format)};
  }
  Waivers waivers;
  if (top.Find("waiver") == nullptr) return waivers;
  const toml::array* list = top.At("waiver").as_array();
  if (list == nullptr || !list->is_array_of_tables()) {
    throw TomlMistake{PositionOf(top.At("waiver")),
                      "waiver: expected sections that begin with [[waiver]]"};
  }
  for (const toml::node& node : *list) {
    waivers.entries.push_back(WaiverReader(*node.as_table(), context).Read());
    Assign(waivers, *node.as_table(), context);
  }
  return waivers;
}

}  // namespace

const Waiver* Waivers::Find(const Case& test_case) const {
  const auto at = by_case.find(test_case.id);
  return at == by_case.end() ? nullptr : &entries[at->second];
}

std::chrono::sys_days Today() {
  return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
}

std::string DateText(std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", int{date.year()}, unsigned{date.month()},
                     unsigned{date.day()});
}

Result<Waivers> ReadWaivers(std::string_view text, const std::string& file,
                            const WaiverContext& context) {
  return ReadToml(text, file, [&](const toml::table& document) {
    Waivers waivers = ReadDocument(document, context);
    waivers.file = file;
    waivers.sha256 = Sha256(text);
    return waivers;
  });
}

}  // namespace shmspec
