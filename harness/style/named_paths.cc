// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Paths that documents and comments name. A word counts as a path when it ends in a slash or in the
// ending of a source, or begins with a folder at the root of the project. Words with capitals
// (`suites/CHAPTER/`) stand for many paths and are not checked.

#include <algorithm>
#include <filesystem>
#include <functional>
#include <regex>
#include <set>
#include <string_view>

#include "harness/style/layout.h"
#include "harness/style/lines.h"

namespace shmspec::style {
namespace {

using Report = std::function<void(const std::string& path)>;

bool Matches(const std::string& text, const char* expression) {
  return std::regex_search(text, std::regex(expression));
}

/// Calls visit(match) for each match in a text.
template <class Visit>
void ForEachMatch(const std::string& text, const std::regex& expression, Visit&& visit) {
  for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at) {
    visit(*at);
  }
}

/// Every file and folder of the project.
class Paths {
 public:
  explicit Paths(const Tree& tree) {
    for (const SourceFile& file : tree) {
      for (std::filesystem::path path = file.path; !path.empty(); path = path.parent_path()) {
        all_.insert(path.generic_string());
      }
    }
  }

  /// From the root of the project; `*` stands for any part of a name.
  bool Has(const std::string& named) const {
    const std::string path = Normal(named);
    if (path.find('*') == std::string::npos) return all_.contains(path);
    const std::regex glob(Globbed(path));
    return std::any_of(all_.begin(), all_.end(),
                       [&](const std::string& one) { return std::regex_match(one, glob); });
  }

  /// From a folder or one around it, or the end of a path below it.
  bool HasNear(const std::string& folder, const std::string& named) const {
    for (std::filesystem::path from = folder;; from = from.parent_path()) {
      if (Has((from / named).generic_string())) return true;
      if (from.empty()) break;
    }
    const std::string end = "/" + Normal(named);
    return std::any_of(all_.begin(), all_.end(), [&](const std::string& one) {
      return one.starts_with(folder) && one.ends_with(end);
    });
  }

  /// Whether the folder has a file of that name, with any ending.
  bool HasStem(const std::string& folder, const std::string& stem) const {
    const std::string begin = folder + "/" + stem;
    const auto first = all_.lower_bound(begin);
    return Has(begin) || std::any_of(first, all_.end(), [&](const std::string& one) {
             return one.starts_with(begin + ".");
           });
  }

 private:
  static std::string Normal(const std::string& path) {
    const std::string normal = std::filesystem::path(path).lexically_normal().generic_string();
    return normal.ends_with('/') ? normal.substr(0, normal.size() - 1) : normal;
  }
  static std::string Globbed(const std::string& path) {
    std::string expression;
    for (const char c : path) {
      if (c == '*') expression += "[^/]*";
      if (c == '.') expression += "\\.";
      if (c != '*' && c != '.') expression += c;
    }
    return expression;
  }

  std::set<std::string> all_;
};

/// Stands for many paths: `SUBJECT_faults.cc`.
bool IsPattern(const std::string& word) {
  return Matches(word, "[A-Z]{3}") && !word.ends_with(".md");
}

/// Paths from the root, wherever they stand in a line.
void CheckFromRoot(const Paths& paths, const std::string& line, const Report& report) {
  static const std::regex kFromRoot(
      R"((^|[^\w./-])((?:harness|suites|property|fuzz|reports)/[\w./*-]*[\w/*]))");
  ForEachMatch(line, kFromRoot, [&](const std::smatch& match) {
    if (!IsPattern(match[2]) && !paths.Has(match[2])) report(match[2]);
  });
}

/// Words in backquotes, which may be paths from nearby, and links.
void CheckSpans(const Paths& paths, const std::string& folder, const std::string& line,
                const Report& report) {
  static const std::regex kSpan(R"(`((?:\.\./)*[\w*][\w./*-]*)`)");
  ForEachMatch(line, kSpan, [&](const std::smatch& match) {
    const std::string word = match[1];
    if (IsPattern(word) || !Matches(word, R"((\.(h|cc|py|md|cmake|yaml|sh|js)|/)$)")) return;
    if (!word.starts_with("build/") && !paths.HasNear(folder, word)) report(word);
  });
  static const std::regex kLink(R"(\]\(([\w./-]+)(#[\w-]*)?\))");
  ForEachMatch(line, kLink, [&](const std::smatch& match) {
    if (!paths.Has((std::filesystem::path(folder) / match[1].str()).generic_string())) {
      report(match[1]);
    }
  });
}

/// The names in backquotes that begin a row of a table of files, or an item of a list: files of the
/// folder, without their endings.
void CheckStems(const Paths& paths, const std::string& folder, bool in_table,
                const std::string& line, const Report& report) {
  static const std::regex kCell(R"(^\| ([^|]*)\|)");
  static const std::regex kItem(R"(^- ((`[a-z0-9_]+`(, | and )?)+))");
  std::smatch names;
  if (!std::regex_search(line, names, in_table ? kCell : kItem)) return;
  static const std::regex kName("`([a-z0-9_]+)`");
  ForEachMatch(names[1].str(), kName, [&](const std::smatch& match) {
    if (!paths.HasStem(folder, match[1])) report(match[1]);
  });
}

void CheckDocument(const Paths& paths, const SourceFile& file, Findings& findings) {
  const std::string folder = std::filesystem::path(file.path).parent_path().generic_string();
  bool in_code = false;
  bool in_table = false;  // of files
  ForEachLine(file.text, [&](std::size_t number, const std::string& line) {
    const Report report = [&](const std::string& path) {
      findings.push_back(
          Finding(file.path, number, "there is no " + path + "; name the path that there is"));
    };
    if (line.starts_with("```")) in_code = !in_code;
    in_table = line.starts_with("| File ") || (in_table && line.starts_with("|"));
    if (line.starts_with("New file `")) return;  // contributing.py checks these
    CheckFromRoot(paths, line, report);
    if (in_code) return;
    const std::size_t before = findings.size();
    CheckStems(paths, folder, in_table, line, report);
    if (findings.size() == before) CheckSpans(paths, folder, line, report);
  });
}

void CheckComments(const Paths& paths, const SourceFile& file, Findings& findings) {
  const bool code = file.path.ends_with(".h") || file.path.ends_with(".cc");
  static const std::regex kOfCode(R"(^\s*//(.*))");
  static const std::regex kOfScript(R"(^\s*#(.*))");
  ForEachLine(file.text, [&](std::size_t number, const std::string& line) {
    std::smatch comment;
    if (!std::regex_search(line, comment, code ? kOfCode : kOfScript)) return;
    CheckFromRoot(paths, comment.str(), [&](const std::string& path) {
      findings.push_back(
          Finding(file.path, number, "there is no " + path + "; name the path that there is"));
    });
  });
}

}  // namespace

Findings CheckNamedPaths(const Tree& tree) {
  const Paths paths(tree);
  Findings findings;
  for (const SourceFile& file : tree) {
    if (file.path.ends_with(".md")) CheckDocument(paths, file, findings);
    if (Matches(file.path,
                R"((\.(h|cc|py|sh|yaml|cmake|deviations)|(^|/)CMakeLists\.txt|/start|/check)$)")) {
      CheckComments(paths, file, findings);
    }
  }
  return findings;
}

}  // namespace shmspec::style
