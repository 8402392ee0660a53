// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// For the tests of this folder: launchers whose systems are scripts.

#ifndef SHMSPEC_HARNESS_COMMAND_PROGRAM_LAUNCHERS_H_
#define SHMSPEC_HARNESS_COMMAND_PROGRAM_LAUNCHERS_H_

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/command/program_child.h"

namespace shmspec {

/// Launchers of a test, and a folder for what they make. The folder of temporary files in it has to
/// be empty again afterwards.
class ScriptedSystems {
 public:
  ScriptedSystems() { std::filesystem::create_directory(folder_ / "tmp"); }

  bool LeftNothing() const { return std::filesystem::is_empty(folder_ / "tmp"); }

  /// Adds a launcher whose command is that script, which gets the program and its arguments.
  void Add(const std::string& name, const std::string& script, const std::string& further = "") {
    text_ += "[launcher." + name + "]\nabout = \"a script\"\ncommand = [\"sh\", \"-c\", '''" +
             script + "''', \"{program}\", \"{arguments}\"]\n" + further +
             (further.find("deadline") == std::string::npos ? "deadline = \"2m\"\n" : "");
    WriteWhole(folder_ / "mine.toml", text_);
  }

  std::vector<std::string> With(std::vector<std::string> words) const {
    words.insert(words.begin() + 1, {"--launchers", folder_ / "mine.toml"});
    return words;
  }

  ChildOptions Options() const { return {.environment = {"TMPDIR=" + folder_ / "tmp"}}; }

  Finished RunWith(const std::vector<std::string>& words) const {
    return RunProgram(With(words), Options());
  }

  /// A run of one topic on that launcher, with the record in `name.json`.
  Finished RunOn(const std::string& name) const {
    return RunWith({"run", "sysv.detach", "--on", name, "-o", folder_ / (name + ".json")});
  }
  nlohmann::json RecordOf(const std::string& name) const {
    return nlohmann::json::parse(ReadWhole(folder_ / (name + ".json")), nullptr, false);
  }

 protected:
  const TemporaryFolder folder_;

 private:
  std::string text_ = "format = \"shmspec-launchers/1\"\n";
};

/// The script that starts the program as it is.
inline const std::string kStart = "exec \"$0\" \"$@\"";

/// The last line of a text, without its end.
inline std::string LastLine(const std::string& text) {
  const std::vector<std::string> lines = LinesOf(text);
  return lines.empty() ? "" : lines.back();
}

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_PROGRAM_LAUNCHERS_H_
