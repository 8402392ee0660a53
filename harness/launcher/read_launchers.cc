// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/launcher/read_launchers.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "harness/launcher/command_words.h"
#include "harness/launcher/shipped.h"
#include "harness/vocabulary/form/read_toml.h"
#include "harness/vocabulary/value/check.h"
#include "harness/vocabulary/value/duration.h"
#include "harness/vocabulary/value/nearest.h"

namespace shmspec {
namespace {

constexpr std::string_view kFormat = "shmspec-launchers/1";

/// Refuses keys that nobody reads.
void DemandKeys(const toml::table& table, const std::vector<std::string>& keys) {
  for (auto&& [key, node] : table) {
    const std::string name(key.str());
    if (std::find(keys.begin(), keys.end(), name) != keys.end()) continue;
    throw TomlMistake{key.source().begin, fmt::format("there is no key \"{}\"{}; remove it", name,
                                                      DidYouMean(name, keys))};
  }
}

std::string TextOf(const toml::node& node, std::string_view key) {
  const auto* text = node.as_string();
  if (text == nullptr) throw TomlMistake{PositionOf(node), fmt::format("{}: expected a text", key)};
  if (text->get().empty()) {
    throw TomlMistake{PositionOf(node), fmt::format("{}: is empty; fill it in or remove it", key)};
  }
  return text->get();
}

/// Whether the launcher gives the placeholder a value.
bool HasValue(const Launcher& launcher, std::string_view placeholder) {
  if (placeholder == "root") {
    return launcher.prepare == Provision::kRoot || launcher.prepare == Provision::kBundle;
  }
  if (placeholder == "bundle") return launcher.prepare == Provision::kBundle;
  if (placeholder == "initramfs") return launcher.prepare == Provision::kInitramfs;
  if (placeholder == "kernel") return !launcher.kernel.empty();
  if (placeholder == "record") return launcher.record == RecordWay::kFile;
  return true;
}

std::string HowToGiveValue(std::string_view placeholder) {
  if (placeholder == "kernel") return "name the file by the key kernel";
  if (placeholder == "record") return "it is there with record = \"file\"";
  return fmt::format("it is there with prepare = \"{}\"", placeholder);
}

class EntryReader {
 public:
  EntryReader(const toml::table& table, std::string name) : table_(table) {
    DemandKeys(table, {"about", "command", "arguments", "stop", "needs", "architecture", "linkage",
                       "prepare", "kernel", "record", "deadline", "case_timeout", "lacks",
                       "as_root", "only_printed"});
    entry_.name = std::move(name);
  }

  Launcher Read() {
    entry_.about = TextOf(At("about"), "about");
    ReadOptionalText("architecture", entry_.architecture);
    ReadOptionalText("kernel", entry_.kernel);
    ReadOptionalText("lacks", entry_.lacks);
    ReadChoice("linkage", entry_.linkage);
    ReadChoice("prepare", entry_.prepare);
    ReadChoice("record", entry_.record);
    ReadTruth("as_root", entry_.as_root);
    ReadTruth("only_printed", entry_.only_printed);
    ReadDuration("deadline", At("deadline"), entry_.deadline_ms);
    if (const toml::node* node = table_.get("case_timeout")) {
      ReadDuration("case_timeout", *node, entry_.case_timeout_ms);
    }
    ReadNeeds();
    At("command");
    ReadWords("command", entry_.command);
    ReadWords("stop", entry_.stop);
    ReadWords("arguments", entry_.arguments);
    DemandUseOf("arguments", entry_.prepare != Provision::kBundle);
    DemandUseOf("program", entry_.prepare == Provision::kNothing && !entry_.only_printed);
    return std::move(entry_);
  }

 private:
  const toml::node& At(std::string_view key) const {
    if (const toml::node* node = table_.get(key)) return *node;
    throw TomlMistake{PositionOf(table_),
                      fmt::format("launcher {}: {} is missing; add it", entry_.name, key)};
  }

  void ReadOptionalText(std::string_view key, std::string& to) const {
    if (const toml::node* node = table_.get(key)) to = TextOf(*node, key);
  }

  void ReadTruth(std::string_view key, bool& to) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return;
    const auto* truth = node->as_boolean();
    if (truth == nullptr) {
      throw TomlMistake{PositionOf(*node), fmt::format("{}: expected true or false", key)};
    }
    to = truth->get();
  }

  template <NamedEnum E>
  void ReadChoice(std::string_view key, E& to) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return;
    const std::string word = TextOf(*node, key);
    std::vector<std::string> names;
    for (const auto& one : NamesOf<E>::kNames) names.emplace_back(one.name);
    const std::optional<E> value = FromName<E>(word);
    if (!value) {
      throw TomlMistake{PositionOf(*node),
                        fmt::format("{}: expected one of {}, found \"{}\"{}", key,
                                    fmt::join(names, ", "), word, DidYouMean(word, names))};
    }
    to = *value;
  }

  static void ReadDuration(const std::string& key, const toml::node& node, std::int64_t& to_ms) {
    const Result<std::int64_t> duration_ms = ParseDuration(TextOf(node, key));
    if (!duration_ms.ok()) {
      throw TomlMistake{PositionOf(node), key + ": " + duration_ms.error().message};
    }
    to_ms = *duration_ms;
  }

  void ReadNeeds() {
    const toml::node* node = table_.get("needs");
    if (node == nullptr) return;
    const toml::table* needs = node->as_table();
    if (needs == nullptr) {
      throw TomlMistake{PositionOf(*node),
                        "needs: expected tools and their Debian packages, such as {bwrap = "
                        "\"bubblewrap\"}"};
    }
    for (auto&& [tool, package] : *needs) {
      entry_.needs.push_back({std::string(tool.str()), TextOf(package, tool.str())});
    }
  }

  void ReadWords(std::string_view key, std::vector<std::string>& to) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return;
    const toml::array* list = node->as_array();
    if (list == nullptr || list->empty()) {
      throw TomlMistake{
          PositionOf(*node),
          fmt::format("{}: expected a list of words, such as [\"runsc\", \"do\"]", key)};
    }
    for (const toml::node& word : *list) {
      to.push_back(TextOf(word, key));
      CheckPlaceholders(word, key, to.back());
    }
  }

  void CheckPlaceholders(const toml::node& node, std::string_view key,
                         const std::string& word) const {
    const auto known = PlaceholderNames();
    for (const std::string& name : PlaceholdersIn(word)) {
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        throw TomlMistake{PositionOf(node),
                          fmt::format("{}: there is no placeholder {{{}}}{}", key, name,
                                      DidYouMean(name, {known.begin(), known.end()}))};
      }
      if (HasValue(entry_, name)) continue;
      throw TomlMistake{PositionOf(node), fmt::format("{}: {{{}}} has no value here; {}", key, name,
                                                      HowToGiveValue(name))};
    }
  }

  /// The command has to hand the program and its arguments on.
  void DemandUseOf(const std::string& placeholder, bool demanded) const {
    if (!demanded) return;
    for (const std::string& word : entry_.command) {
      if (word.find("{" + placeholder + "}") != std::string::npos) return;
    }
    throw TomlMistake{PositionOf(At("command")),
                      fmt::format("command: has no {{{}}}; add it", placeholder)};
  }

  const toml::table& table_;
  Launcher entry_;
};

Launchers ReadDocument(const toml::table& document) {
  DemandKeys(document, {"format", "launcher"});
  const toml::node* format = document.get("format");
  if (format == nullptr || format->value<std::string_view>() != kFormat) {
    throw TomlMistake{format == nullptr ? toml::source_position{1, 1} : PositionOf(*format),
                      fmt::format("expected format = \"{}\" at the top of the file", kFormat)};
  }
  Launchers launchers;
  const toml::node* entries = document.get("launcher");
  if (entries == nullptr) return launchers;
  if (entries->as_table() == nullptr) {
    throw TomlMistake{PositionOf(*entries), "launcher: expected sections such as [launcher.mine]"};
  }
  std::vector<std::pair<toml::source_position, Launcher>> found;
  for (auto&& [name, node] : *entries->as_table()) {
    if (node.as_table() == nullptr) {
      throw TomlMistake{
          PositionOf(node),
          fmt::format("launcher.{}: expected a section [launcher.{}]", name.str(), name.str())};
    }
    found.emplace_back(name.source().begin,
                       EntryReader(*node.as_table(), std::string(name.str())).Read());
  }
  // A table of toml++ is in the order of the names.
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first.line < b.first.line; });
  for (auto& one : found) launchers.push_back(std::move(one.second));
  return launchers;
}

}  // namespace

const Launcher* FindLauncher(const Launchers& launchers, std::string_view name) {
  const auto at = std::find_if(launchers.begin(), launchers.end(),
                               [&](const Launcher& one) { return one.name == name; });
  return at == launchers.end() ? nullptr : &*at;
}

std::vector<std::string> NamesIn(const Launchers& launchers) {
  std::vector<std::string> names;
  for (const Launcher& one : launchers) names.push_back(one.name);
  return names;
}

Result<Launchers> ReadLaunchers(std::string_view text, const std::string& file) {
  return ReadToml(text, file, ReadDocument);
}

Launchers ShippedLaunchers() {
  Result<Launchers> launchers = ReadLaunchers(internal::kShippedLaunchers, "launchers.toml");
  SHMSPEC_CHECK(launchers.ok(), launchers.error().message.c_str());
  return std::move(launchers).value();
}

Launchers With(Launchers launchers, Launchers others) {
  for (Launcher& other : others) {
    const auto at = std::find_if(launchers.begin(), launchers.end(),
                                 [&](const Launcher& one) { return one.name == other.name; });
    if (at == launchers.end()) {
      launchers.push_back(std::move(other));
    } else {
      *at = std::move(other);
    }
  }
  return launchers;
}

}  // namespace shmspec
