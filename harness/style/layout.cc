// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/style/layout.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <regex>
#include <set>
#include <string_view>

#include "harness/style/lines.h"

namespace shmspec::style {
namespace {

/// A room and the other rooms it may include, and those that only its tests may. A room inside
/// another one is not part of it, unless it is a `part`: then a room outside that may see the whole
/// sees it too. To a room inside, the whole is the files that lie in none of its parts.
struct Room {
  std::string_view folder;
  std::vector<std::string_view> uses;
  std::vector<std::string_view> tests_use = {};
  bool part = false;

  std::string_view whole() const { return folder.substr(0, folder.rfind('/')); }
  bool LiesIn(std::string_view one) const {
    return folder.size() > one.size() && folder.starts_with(one) && folder[one.size()] == '/';
  }

  bool MaySee(const Room& other, bool test) const {
    const auto holds = [&](const std::vector<std::string_view>& folders) {
      return std::any_of(folders.begin(), folders.end(), [&](std::string_view one) {
        return one == other.folder || (other.part && one == other.whole() && !LiesIn(one));
      });
    };
    return &other == this || holds(uses) || (test && holds(tests_use));
  }
};

/// The parts of a room, in an order in which each may see those before it, and what all of them may
/// see besides.
void AddParts(std::vector<Room>& rooms, const std::vector<std::string_view>& folders,
              const std::vector<std::string_view>& besides,
              const std::vector<std::string_view>& tests_use) {
  std::vector<std::string_view> below = besides;
  for (const std::string_view folder : folders) {
    rooms.push_back({folder, below, tests_use, true});
    below.push_back(folder);
  }
}

const std::vector<Room>& Rooms() {
  static const std::vector<std::string_view> kBelowRunner = {
      "harness/vocabulary",    "harness/stage",  "harness/host",   "harness/residue",
      "harness/model",         "harness/oracle", "harness/target", "harness/target/simulated",
      "harness/target/faulty", "harness/actor",  "harness/sandbox"};
  static const std::vector<std::string_view> kSources = [] {
    std::vector<std::string_view> rooms = kBelowRunner;
    rooms.insert(rooms.end(), {"harness/runner", "harness/generators", "harness/order"});
    return rooms;
  }();
  static const std::vector<std::string_view> kReaders = [] {
    std::vector<std::string_view> rooms = kSources;
    rooms.insert(rooms.end(), {"reports", "harness/launcher"});
    return rooms;
  }();
  static const std::vector<std::string_view> kEverything = [] {
    std::vector<std::string_view> rooms = kReaders;
    rooms.insert(rooms.end(), {"suites", "property"});
    return rooms;
  }();
  static const std::vector<Room> kRooms = [] {
    std::vector<Room> rooms = {
        {"harness/generators", {"harness/vocabulary"}},
        {"harness/host", {"harness/vocabulary"}},
        {"harness/residue", {"harness/vocabulary", "harness/host"}, {"harness/sandbox"}},
        {"harness/launcher", {"harness/vocabulary", "harness/host"}},
        // Its axioms and the machine of the model are held against each other.
        {"harness/order", {"harness/vocabulary"}, {"harness/model"}},
        {"harness/oracle", {"harness/vocabulary", "harness/model"}},
        {"harness/stage", {"harness/vocabulary"}},
        {"harness/target", {"harness/vocabulary", "harness/host", "harness/target/call"}},
        // Only code that sees both can test that the oracle accepts what its own model does.
        {"harness/target/simulated",
         {"harness/vocabulary", "harness/model", "harness/stage", "harness/target"},
         {"harness/oracle", "harness/generators"}},
        {"harness/target/faulty",
         {"harness/vocabulary", "harness/model", "harness/stage", "harness/target",
          "harness/target/simulated"},
         {"harness/generators"}},
        {"harness/actor",
         {"harness/vocabulary", "harness/stage", "harness/host", "harness/residue",
          "harness/target"}},
        {"harness/sandbox", {"harness/vocabulary", "harness/host"}, {"harness/residue"}},
        {"harness/runner", kBelowRunner},
        {"harness/command", kEverything},
        {"harness/style", {}},
        {"suites", kSources},
        {"property", kSources},
        {"fuzz", kReaders}};
    AddParts(
        rooms,
        {"harness/vocabulary/value", "harness/vocabulary/catalogue", "harness/vocabulary/litmus",
         "harness/vocabulary/operation", "harness/vocabulary/outcome", "harness/vocabulary/plan",
         "harness/vocabulary/record", "harness/vocabulary/form"},
        {}, {"harness/generators"});
    AddParts(rooms,
             {"harness/model/profile", "harness/model/state", "harness/model/language",
              "harness/model/rights", "harness/model/segment", "harness/model/space",
              "harness/model/sysv", "harness/model/process", "harness/model/memory",
              "harness/model/file", "harness/model/library", "harness/model/sync",
              "harness/model/system", "harness/model/footprint"},
             {"harness/vocabulary"}, {});
    AddParts(rooms, {"harness/target/call", "harness/target/litmus", "harness/target/tool"},
             {"harness/vocabulary", "harness/host"}, {});
    rooms.push_back(
        {"harness/target/entry",
         {"harness/vocabulary", "harness/host", "harness/target", "harness/target/call"},
         {},
         true});
    rooms.push_back({"harness/target/perform",
                     {"harness/vocabulary", "harness/host", "harness/target", "harness/target/call",
                      "harness/target/litmus", "harness/target/tool"},
                     {},
                     true});
    AddParts(rooms,
             {"reports/text", "reports/record", "reports/summary", "reports/c", "reports/form",
              "reports/html", "reports/publication"},
             {"harness/vocabulary"}, {});
    return rooms;
  }();
  return kRooms;
}

bool IsBelow(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

/// The innermost room that a path lies in.
const Room* RoomOf(std::string_view path) {
  const Room* innermost = nullptr;
  for (const Room& room : Rooms()) {
    if (IsBelow(path, room.folder) &&
        (innermost == nullptr || room.folder.size() > innermost->folder.size())) {
      innermost = &room;
    }
  }
  return innermost;
}

bool IsCode(std::string_view path) { return path.ends_with(".h") || path.ends_with(".cc"); }
bool IsTest(std::string_view path) {
  return path.ends_with("_test.cc") || path.ends_with("_test.h");
}

/// Whether it is part of an adapter: programs of their own, of which others copy parts.
bool IsOfAdapter(std::string_view path) { return IsBelow(path, "harness/target/wrapper"); }

/// The file that a line includes: `"harness/style/layout.h"` or `<gtest/gtest.h>`, with its quotes.
std::optional<std::string> Included(const std::string& line) {
  static const std::regex kInclude(R"re(^\s*#\s*include\s+([<"][^>"]+[>"]))re");
  std::smatch match;
  if (!std::regex_search(line, match, kInclude)) return std::nullopt;
  return match[1];
}

/// A library and the files that may include it.
struct Library {
  std::string_view include;
  bool (*allowed)(std::string_view path);
  std::string_view where;
};

constexpr Library kLibraries[] = {
    {"<gtest/", [](std::string_view path) { return IsTest(path) || IsBelow(path, "suites"); },
     "*_test.cc and suites/"},
    {"<gmock/", [](std::string_view path) { return IsTest(path) || IsBelow(path, "suites"); },
     "*_test.cc and suites/"},
    {"<rapidcheck", [](std::string_view path) { return IsTest(path) || IsBelow(path, "property"); },
     "*_test.cc and property/"},
    {"<benchmark/", [](std::string_view path) { return IsBelow(path, "suites/performance"); },
     "suites/performance/"},
    {"<fuzzer/", [](std::string_view path) { return IsBelow(path, "fuzz"); }, "fuzz/"},
    {"<boost/", [](std::string_view path) { return path == "harness/target/entry/boost.cc"; },
     "the target that calls Boost.Interprocess"},
    {"<CLI/", [](std::string_view path) { return path == "harness/command/command_line.cc"; },
     "the reader of the command line"},
    {"<toml++/",
     [](std::string_view path) { return path == "harness/vocabulary/form/read_toml.h"; },
     "the reader of files that people write"},
    {"<yaml-cpp/",
     [](std::string_view path) {
       return path == "harness/vocabulary/catalogue/catalogue_compiler.cc";
     },
     "the catalogue compiler, which runs while building"}};

}  // namespace

Findings CheckRoomOrder(const Tree& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    const Room* room = RoomOf(file.path);
    if (!IsCode(file.path) || room == nullptr || IsOfAdapter(file.path)) continue;
    ForEachLine(file.text, [&](std::size_t number, const std::string& line) {
      const std::optional<std::string> included = Included(line);
      if (!included || included->front() != '"') return;
      const std::string path = included->substr(1, included->size() - 2);
      if (path.starts_with("shmspec/")) return;  // generated
      const Room* other = RoomOf(path);
      if (other == nullptr) {
        findings.push_back(Finding(file.path, number,
                                   *included +
                                       " is no path from the root; write it in full, or in <> "
                                       "where it is of another project"));
      } else if (!room->MaySee(*other, IsTest(file.path))) {
        findings.push_back(Finding(file.path, number,
                                   std::string(room->folder) + " may not see " +
                                       std::string(other->folder) +
                                       "; move the code to the room that may"));
      }
    });
  }
  return findings;
}

Findings CheckLibraries(const Tree& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    if (!IsCode(file.path) || IsOfAdapter(file.path)) continue;
    ForEachLine(file.text, [&](std::size_t number, const std::string& line) {
      const std::optional<std::string> included = Included(line);
      for (const Library& library : kLibraries) {
        if (included && included->starts_with(library.include) && !library.allowed(file.path)) {
          findings.push_back(Finding(
              file.path, number,
              *included + " belongs in " + std::string(library.where) + "; do without it here"));
        }
      }
      static const std::regex kEntry(R"(^\s*(extern "C" )?int LLVMFuzzerTestOneInput)");
      if (!IsBelow(file.path, "fuzz") && std::regex_search(line, kEntry)) {
        findings.push_back(Finding(file.path, number, "fuzz targets belong in fuzz/; move it"));
      }
    });
  }
  return findings;
}

Findings CheckLength(const Tree& tree) {
  constexpr std::size_t kLimit = 400;
  Findings findings;
  for (const SourceFile& file : tree) {
    static const std::regex kWritten(R"((\.h|\.cc|\.cmake|\.py|\.md|/CMakeLists\.txt|/start)$)");
    if (!std::regex_search(file.path, kWritten) || IsBelow(file.path, "reports/published")) {
      continue;
    }
    const auto lines =
        static_cast<std::size_t>(std::count(file.text.begin(), file.text.end(), '\n'));
    if (lines > kLimit) {
      findings.push_back(Finding(file.path, kLimit + 1,
                                 std::to_string(lines) + " lines are more than 400; split it"));
    }
  }
  return findings;
}

Findings CheckReadmes(const Tree& tree) {
  const auto folder_of = [](const std::string& path) {
    return std::filesystem::path(path).parent_path().string();
  };
  std::set<std::string> with_code;
  std::set<std::string> with_readme;
  for (const SourceFile& file : tree) {
    if (IsCode(file.path)) with_code.insert(folder_of(file.path));
    if (file.path.ends_with("README.md")) with_readme.insert(folder_of(file.path));
  }
  Findings findings;
  for (const std::string& folder : with_code) {
    if (!with_readme.contains(folder)) {
      findings.push_back(Finding(folder, 1, "there is no README.md; say what lives here"));
    }
  }
  return findings;
}

Findings CheckLicence(const Tree& tree) {
  // In two parts, so that tools do not take this line for the licence of this file.
  static const std::string kLicence = std::string("SPDX-License-") + "Identifier: ";
  Findings findings;
  for (const SourceFile& file : tree) {
    static const std::regex kKind(
        R"((\.h|\.cc|\.cmake|\.py|\.sh|\.md|\.ya?ml|(^|/)CMakeLists\.txt|/start|^\.ci/run)$)");
    if (!std::regex_search(file.path, kKind)) continue;
    const std::size_t line = file.text.starts_with("#!") ? 2 : 1;
    ForEachLine(file.text, [&](std::size_t number, const std::string& text) {
      // What authors of adapters copy asks for nothing.
      const bool given = IsOfAdapter(file.path) && text.find("MIT-0") != std::string::npos;
      const std::string licence = kLicence + (given ? "MIT-0" : "Apache-2.0 OR MIT");
      if (number == line && text != "// " + licence && text != "# " + licence &&
          text != "<!-- " + licence + " -->") {
        findings.push_back(Finding(file.path, line, "the licence is not here; add it"));
      }
    });
  }
  return findings;
}

Findings CheckGuards(const Tree& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    if (!file.path.ends_with(".h") || IsOfAdapter(file.path)) continue;
    std::string guard = "SHMSPEC_";
    for (const char c : file.path) {
      const auto byte = static_cast<unsigned char>(c);
      guard += std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
    }
    guard += '_';
    if (file.text.find("#ifndef " + guard + "\n#define " + guard + "\n") == std::string::npos) {
      findings.push_back(Finding(file.path, 1, "expected the guard " + guard + "; add it"));
    }
  }
  return findings;
}

Findings CheckSuites(const Tree& tree) {
  static const std::regex kSleeps(
      R"(\b(sleep|usleep|nanosleep|clock_nanosleep|sleep_for|sleep_until)\s*\()");
  static const std::regex kConditions(R"(^\s*#\s*(if|ifdef|elif|ifndef(?!\s+SHMSPEC_\w+_H_))\b)");
  Findings findings;
  for (const SourceFile& file : tree) {
    if (!IsCode(file.path) || !IsBelow(file.path, "suites")) continue;
    ForEachLine(file.text, [&](std::size_t number, const std::string& line) {
      if (std::regex_search(line, kSleeps)) {
        findings.push_back(
            Finding(file.path, number, "a case does not sleep; wait for what it waits for"));
      }
      if (std::regex_search(line, kConditions)) {
        findings.push_back(Finding(file.path, number,
                                   "a case is the same everywhere; say what it needs, or put the "
                                   "difference into a profile"));
      }
    });
  }
  return findings;
}

Tree ReadTree(const std::string& root) {
  namespace fs = std::filesystem;
  Tree tree;
  for (auto entry = fs::recursive_directory_iterator(root);
       entry != fs::recursive_directory_iterator(); ++entry) {
    const std::string name = entry->path().filename().string();
    if (entry->is_directory()) {
      if (name == ".git" || name == "build") entry.disable_recursion_pending();
      continue;
    }
    std::ifstream in(entry->path(), std::ios::binary);
    tree.push_back({fs::relative(entry->path(), root).string(),
                    {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()}});
  }
  return tree;
}

}  // namespace shmspec::style
