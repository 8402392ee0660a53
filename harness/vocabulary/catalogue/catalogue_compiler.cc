// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Turns the catalogue into C++ at build time, so that a mistyped requirement does not build and the
// program starts without reading YAML:
//
//   shmspec_catalogue_compiler suites/requirements.yaml OUTPUT_FOLDER
//
// Refuses a catalogue that it does not understand, with file, line and column and exit code 4; the
// output is then left untouched.

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/vocabulary/value/sha256.h"

namespace {

/// What is wrong with the catalogue, and where. "What was expected; what to do".
struct Complaint {
  YAML::Mark mark;
  std::string message;
};

constexpr int kRefused = 4;

using Words = std::set<std::string>;

/// One requirement and what its area says for it.
struct Entry {
  std::map<std::string, std::string> area;
  std::map<std::string, std::string> texts;
  std::map<std::string, std::vector<std::string>> lists;
};

enum class Shape { kText, kList, kMap };
struct Rule {
  Shape shape = Shape::kText;
  bool demanded = true;
  Words words = {};  // empty: any
};
using Rules = std::map<std::string, Rule>;

const Rules kCatalogueRules = {{"title", {}}, {"needs", {Shape::kMap}}, {"areas", {Shape::kList}}};
const Rules kAreaRules = {
    {"area", {}}, {"title", {}}, {"chapter", {}}, {"requirements", {Shape::kList}}};
const Rules kRequirementRules = {
    {"id", {}},
    {"statement", {}},
    {"level", {Shape::kText, true, {"must", "should", "may"}}},
    {"origin",
     {Shape::kText,
      true,
      {"posix-shall", "posix-may", "linux", "linux-observed", "c++/pthread", "library"}}},
    {"source", {}},
    {"check", {}},
    {"kind", {Shape::kText, true, {"example", "property", "race", "fuzz", "limit", "bench"}}},
    {"errors", {Shape::kList, false}},
    {"needs", {Shape::kList, false}},
    {"since", {Shape::kText, false}},
    {"divergence", {Shape::kList, false}}};

std::string Text(const YAML::Node& node, const std::string& field, const Words& words = {}) {
  if (!node.IsScalar() || node.Scalar().empty()) {
    throw Complaint{node.Mark(), "expected a text as " + field + "; write one, quoted if need be"};
  }
  if (!words.empty() && !words.contains(node.Scalar())) {
    throw Complaint{node.Mark(), fmt::format("expected {} to be one of {}; replace \"{}\"", field,
                                             fmt::join(words, ", "), node.Scalar())};
  }
  return node.Scalar();
}

void CheckShape(const YAML::Node& node, const std::string& field, const Rule& rule) {
  if (rule.shape == Shape::kText) {
    Text(node, field, rule.words);
  } else if (rule.shape == Shape::kList && !node.IsSequence()) {
    throw Complaint{node.Mark(), "expected a list as " + field + "; write [A, B] or a line - A"};
  } else if (rule.shape == Shape::kMap && !node.IsMap()) {
    throw Complaint{node.Mark(), "expected fields as " + field + "; write lines WORD: MEANING"};
  }
}

/// The fields of a node, which must be among those of `rules`.
std::map<std::string, YAML::Node> FieldsOf(const YAML::Node& node, const std::string& what,
                                           const Rules& rules) {
  if (!node.IsMap()) {
    throw Complaint{node.Mark(), fmt::format("expected {}; write its fields", what)};
  }
  std::map<std::string, YAML::Node> fields;
  for (const auto& pair : node) {
    const std::string field = Text(pair.first, "the name of a field");
    const auto rule = rules.find(field);
    if (rule == rules.end()) {
      throw Complaint{pair.first.Mark(),
                      fmt::format("expected a field of {}; \"{}\" is none, the top of the file "
                                  "lists them",
                                  what, field)};
    }
    CheckShape(pair.second, field, rule->second);
    if (!fields.emplace(field, pair.second).second) {
      throw Complaint{pair.first.Mark(),
                      fmt::format("expected every field once; remove this second {}", field)};
    }
  }
  for (const auto& [field, rule] : rules) {
    if (rule.demanded && !fields.contains(field)) {
      throw Complaint{node.Mark(), fmt::format("expected {} with a field {}; add it", what, field)};
    }
  }
  return fields;
}

bool IsIdPart(const std::string& part) {
  const auto fits = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !part.empty() && std::all_of(part.begin(), part.end(), fits);
}

/// AREA.NAME or AREA.GROUP.NAME, whose AREA is the first word of the area it stands in.
void CheckId(const YAML::Node& node, const std::string& area) {
  const std::string& id = node.Scalar();
  std::vector<std::string> parts(1);
  for (const char c : id) {
    if (c == '.') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  const std::string family = area.substr(0, area.find('.'));
  if (parts.size() < 2 || parts.size() > 3 || parts.front() != family ||
      !std::all_of(parts.begin(), parts.end(), IsIdPart)) {
    throw Complaint{node.Mark(), fmt::format("expected an id {0}.NAME or {0}.GROUP.NAME in "
                                             "capitals, digits and underscores; rename \"{1}\"",
                                             family, id)};
  }
}

void CheckErrors(const YAML::Node& errors) {
  for (const YAML::Node& item : errors) {
    const std::string name = Text(item, "an item of errors");
    if (!IsIdPart(name) || !(name.starts_with("E") || name.starts_with("SIG"))) {
      throw Complaint{
          item.Mark(),
          fmt::format("expected the name of an errno value or a signal; replace \"{}\"", name)};
    }
  }
}

Entry ReadRequirement(const YAML::Node& node, const std::map<std::string, std::string>& area,
                      const Words& needs) {
  const auto fields = FieldsOf(node, "a requirement", kRequirementRules);
  CheckId(fields.at("id"), area.at("area"));
  if (fields.contains("errors")) CheckErrors(fields.at("errors"));
  Entry entry{area, {}, {}};
  for (const auto& [field, value] : fields) {
    if (value.IsScalar()) entry.texts[field] = value.Scalar();
    for (const YAML::Node& item : value) {
      entry.lists[field].push_back(
          Text(item, "an item of " + field, field == "needs" ? needs : Words{}));
    }
  }
  return entry;
}

void ReadArea(const YAML::Node& node, const Words& needs, std::map<std::string, Entry>& entries) {
  const auto fields = FieldsOf(node, "an area", kAreaRules);
  const std::string chapter = fields.at("chapter").Scalar();
  if (!std::all_of(chapter.begin(), chapter.end(), [](char c) { return c >= 'a' && c <= 'z'; })) {
    throw Complaint{fields.at("chapter").Mark(),
                    "expected a chapter of lower-case letters; name a folder of suites/"};
  }
  std::map<std::string, std::string> area;
  for (const auto& [field, value] : fields) {
    if (value.IsScalar()) area[field] = value.Scalar();
  }
  for (const YAML::Node& requirement : fields.at("requirements")) {
    const Entry entry = ReadRequirement(requirement, area, needs);
    const std::string& id = entry.texts.at("id");
    if (!entries.emplace(id, entry).second) {
      throw Complaint{requirement["id"].Mark(),
                      fmt::format("expected every id once; {} is taken, choose another", id)};
    }
  }
}

std::map<std::string, Entry> ReadCatalogue(const std::string& yaml) {
  const YAML::Node root = YAML::Load(yaml);
  const auto fields = FieldsOf(root, "a catalogue", kCatalogueRules);
  Words needs;
  for (const auto& pair : fields.at("needs")) {
    Text(pair.second, "the meaning of a need");
    needs.insert(Text(pair.first, "a need"));
  }
  std::map<std::string, Entry> entries;
  for (const YAML::Node& area : fields.at("areas")) ReadArea(area, needs, entries);
  if (entries.empty()) {
    throw Complaint{fields.at("areas").Mark(), "expected requirements; write at least one"};
  }
  return entries;
}

std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (c == '\n') {
      quoted += "\\n";
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

/// The C++ of one row of kCatalogue; the arrays its lists live in are added to `arrays`.
std::string Row(const Entry& entry, std::string& arrays) {
  const auto text = [&entry](const char* field) {
    return entry.texts.contains(field) ? Quoted(entry.texts.at(field)) : "{}";
  };
  const auto list = [&entry, &arrays](const char* field) -> std::string {
    const auto found = entry.lists.find(field);
    if (found == entry.lists.end()) return "{}";
    std::vector<std::string> quoted;
    std::transform(found->second.begin(), found->second.end(), std::back_inserter(quoted), Quoted);
    std::string name = entry.texts.at("id") + "_" + field;
    std::replace(name.begin(), name.end(), '.', '_');
    arrays +=
        fmt::format("constexpr std::string_view k{}[] = {{{}}};\n", name, fmt::join(quoted, ", "));
    return "k" + name;
  };
  std::string level = entry.texts.at("level");
  level.front() = static_cast<char>(level.front() - 'a' + 'A');
  return fmt::format("{{{}, {}, {}, {}, {}, {}, Level::k{}, {}, {}, {}, {}, {}, {}, {}}},\n",
                     text("id"), Quoted(entry.area.at("area")), Quoted(entry.area.at("title")),
                     Quoted(entry.area.at("chapter")), text("statement"), text("origin"), level,
                     text("source"), list("errors"), list("needs"), text("check"), text("kind"),
                     text("since"), list("divergence"));
}

std::string CatalogueSource(const std::map<std::string, Entry>& entries,
                            const std::string& sha256) {
  std::string arrays;
  std::string rows;
  for (const auto& entry : entries) rows += Row(entry.second, arrays);
  return fmt::format(
      "{}constexpr RequirementText kCatalogue[] = {{\n{}}};\n"
      "constexpr std::string_view kCatalogueSha256 = \"{}\";\n",
      arrays, rows, sha256);
}

/// Everything in a file; throws when it cannot be read.
std::string Contents(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string contents{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.is_open() || in.bad()) {
    throw std::runtime_error(path.string() + ": expected a file to read; check the path");
  }
  return contents;
}

/// Replaces the file in one step, and only when that changes it, so that nothing is rebuilt
/// needlessly.
void Replace(const std::filesystem::path& path, const std::string& contents) {
  if (std::filesystem::exists(path) && Contents(path) == contents) return;
  const std::filesystem::path fresh = path.string() + ".new";
  std::ofstream out(fresh, std::ios::binary);
  out << contents;
  out.close();
  if (!out) {
    throw std::runtime_error(fresh.string() + ": expected to write it; make room or give access");
  }
  std::filesystem::rename(fresh, path);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: shmspec_catalogue_compiler CATALOGUE.yaml OUTPUT_FOLDER\n");
    return kRefused;
  }
  const std::string path = argv[1];
  const std::filesystem::path folder = argv[2];
  const auto refuse = [&path](const YAML::Mark& mark, const std::string& message) {
    fmt::print(stderr, "{}:{}:{}: {}\n", path, mark.line + 1, mark.column + 1, message);
    return kRefused;
  };
  try {
    const std::string yaml = Contents(path);
    const std::map<std::string, Entry> entries = ReadCatalogue(yaml);
    std::filesystem::create_directories(folder);
    Replace(folder / "catalogue.inc", CatalogueSource(entries, shmspec::Sha256(yaml)));
    return 0;
  } catch (const Complaint& complaint) {
    return refuse(complaint.mark, complaint.message);
  } catch (const YAML::Exception& error) {
    return refuse(error.mark, "expected YAML; " + error.msg);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return kRefused;
  }
}
