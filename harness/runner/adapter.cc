// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/adapter.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/actor/needs.h"
#include "harness/actor/strays.h"
#include "harness/vocabulary/form/read_toml.h"
#include "harness/vocabulary/value/nearest.h"

namespace shmspec {
namespace {

constexpr std::int64_t kIntroduction_ms = 10'000;
constexpr std::string_view kChapter = "wrapper.";

std::string TextAt(const toml::table& table, std::string_view key) {
  const toml::node* node = table.get(key);
  if (node == nullptr) {
    throw TomlMistake{PositionOf(table), fmt::format("{} is missing here; add it", key)};
  }
  const auto* text = node->as_string();
  if (text == nullptr || text->get().empty()) {
    throw TomlMistake{PositionOf(*node), fmt::format("{}: expected a text", key)};
  }
  return text->get();
}

void CheckKeys(const toml::table& table, const std::vector<std::string>& keys) {
  for (auto&& [key, node] : table) {
    const std::string name(key.str());
    if (std::find(keys.begin(), keys.end(), name) != keys.end()) continue;
    throw TomlMistake{key.source().begin, fmt::format("there is no key \"{}\"{}; remove it", name,
                                                      DidYouMean(name, keys))};
  }
}

void ReadDifference(const toml::node& node, model::LibraryProfile& profile) {
  const toml::table* table = node.as_table();
  if (table == nullptr) throw TomlMistake{PositionOf(node), "expected tables [[differs]]"};
  CheckKeys(*table, {"rule", "source"});
  const std::string rule = TextAt(*table, "rule");
  TextAt(*table, "source");
  std::vector<std::string> names;
  for (const model::LibraryRule& known : model::kLibraryRules) {
    names.emplace_back(known.name);
    if (known.name == rule) profile.*known.field = model::Says::kYes;
  }
  if (std::find(names.begin(), names.end(), rule) != names.end()) return;
  throw TomlMistake{PositionOf(*table->get("rule")),
                    fmt::format("rule: expected one of {}, found \"{}\"{}", fmt::join(names, ", "),
                                rule, DidYouMean(rule, names))};
}

/// Takes one word, without its quotes.
std::optional<std::string> TakeWord(std::string_view& line) {
  std::string word;
  char quote = '\0';
  std::size_t at = 0;
  for (; at < line.size() && (quote != '\0' || line[at] != ' '); ++at) {
    const char c = line[at];
    if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote) {
      quote = '\0';
    } else if (c == '\\' && quote != '\'' && at + 1 < line.size()) {
      word += line[++at];
    } else {
      word += c;
    }
  }
  line.remove_prefix(at);
  if (quote != '\0') return std::nullopt;
  return word;
}

}  // namespace

Result<std::vector<std::string>> SplitWords(std::string_view line) {
  std::vector<std::string> words;
  for (;;) {
    while (line.starts_with(' ')) line.remove_prefix(1);
    if (line.empty()) break;
    std::optional<std::string> word = TakeWord(line);
    if (!word) return Error{"a quote is not closed"};
    words.push_back(std::move(*word));
  }
  if (words.empty()) return Error{"it names no program"};
  for (const std::string& word : words) {
    if (word.find('\n') != std::string::npos) return Error{"a word has a line break in it"};
  }
  return words;
}

Result<AdapterIntroduction> Introduce(const AdapterProgram& program) {
  const StraysEnd strays;
  Result<std::unique_ptr<Adapter>> adapter = Adapter::Start(program, kIntroduction_ms);
  if (!adapter.ok()) return adapter.error();
  return (*adapter)->introduction();
}

Result<model::LibraryProfile> ReadLibraryProfile(std::string_view text, const std::string& file) {
  return ReadToml(text, file, [](const toml::table& document) {
    model::LibraryProfile profile = model::kUsualLibrary;
    CheckKeys(document, {"differs"});
    const toml::node* node = document.get("differs");
    if (node == nullptr) return profile;
    const toml::array* list = node->as_array();
    if (list == nullptr) throw TomlMistake{PositionOf(*node), "expected tables [[differs]]"};
    for (const toml::node& one : *list) ReadDifference(one, profile);
    return profile;
  });
}

bool IsForAdapter(const Case& test_case, const RunAdapter& adapter) {
  if (!adapter) return !test_case.id.starts_with(kChapter);
  const std::uint32_t offers = adapter.introduction.offers;
  const Plan plan = PlanOf(test_case);
  const bool uses = std::any_of(plan.steps.begin(), plan.steps.end(), [&](const Step& step) {
    const Family family = FamilyOf(step.operation);
    return family != Family::kMemory && (offers >> static_cast<unsigned>(family) & 1) != 0;
  });
  return uses && !WhyNoAdapter(plan, offers);
}

std::string AdapterOptions(const RunAdapter& adapter) {
  std::string options = fmt::format("--adapter '{}'", adapter.command);
  if (!adapter.profile_file.empty()) {
    options += fmt::format(" --adapter-profile {}", adapter.profile_file);
  }
  if (adapter.program.user >= 0) options += fmt::format(" --adapter-user {}", adapter.program.user);
  return options;
}

}  // namespace shmspec
