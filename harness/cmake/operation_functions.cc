// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Checks that every operation has the functions that no other file can do without:
//
//   shmspec_operation_functions FOLDER_OF_THE_PROJECT
//
// Prints a line for each that is missing, with the file to write it in; exit code 0 when there is
// none, 4 otherwise. The compiler and the linker need hundreds of lines for that.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

constexpr const char* kOperations = "harness/vocabulary/operation";
constexpr const char* kModel = "harness/model";

struct Operation {
  std::string name;    // `MapSeal`
  std::string header;  // from the root of the project
  int line = 0;
  std::string body;  // of its struct
  bool listed = false;

  bool Says(const char* word) const { return body.find(word) != std::string::npos; }
};

/// A function of an operation. `OP` stands for its name.
struct Function {
  const char* what;
  const char* begin;                 // how it begins wherever it is written
  const char* declaration;           // the whole of it
  std::vector<const char*> folders;  // where it is looked for, the usual one first
  bool (*needed)(const Operation& operation);
};

const std::vector<Function>& Functions() {
  static const std::vector<Function> kFunctions{
      {"model function",
       "void Describe(const OP&",
       "void Describe(const OP& op, const Scene& scene, Clauses& clauses)",
       {kModel},
       [](const Operation&) { return true; }},
      {"phases in the model (kInPhases)",
       "void Advance(const OP&",
       "void Advance(const OP& op, Stride& stride)",
       {kModel},
       [](const Operation& operation) { return operation.Says("kInPhases"); }},
      {"target function",
       "Do(const OP&",
       "Outcome Do(const OP& op, Context& context)",
       {"harness/target"},
       [](const Operation& operation) { return !operation.Says("kConcernsOthers"); }},
      {"function of the actor (kConcernsOthers)",
       "Performer::Do(const OP&",
       "Outcome Performer::Do(const OP& op)",
       {"harness/actor"},
       [](const Operation& operation) { return operation.Says("kConcernsOthers"); }}};
  return kFunctions;
}

std::string TextOf(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string With(const Operation& operation, std::string text) {
  return text.replace(text.find("OP"), 2, operation.name);
}

/// In the order of their declaration; `listed` when the list at the end of the header has them.
std::vector<Operation> OperationsOf(const fs::path& root, const fs::path& header) {
  static const std::regex kStruct("\nstruct (\\w+) \\{\n  static constexpr std::string_view kName");
  const std::string text = TextOf(root / header);
  std::vector<Operation> operations;
  for (std::sregex_iterator at(text.begin(), text.end(), kStruct), end; at != end; ++at) {
    const auto begin = static_cast<std::size_t>(at->position()) + 1;
    const std::string name = (*at)[1];
    const auto line = 1 + std::count(text.begin(), text.begin() + at->position() + 1, '\n');
    operations.push_back({name, header.string(), static_cast<int>(line),
                          text.substr(begin, text.find("\n};", begin) - begin),
                          text.find(" X(" + name + ")") != std::string::npos});
  }
  return operations;
}

std::vector<Operation> AllOperations(const fs::path& root) {
  std::vector<fs::path> headers;
  const fs::path folder = kOperations;
  for (const auto& entry : fs::directory_iterator(root / folder)) {
    if (entry.path().extension() == ".h") headers.push_back(folder / entry.path().filename());
  }
  std::sort(headers.begin(), headers.end());
  std::vector<Operation> all;
  for (const fs::path& header : headers) {
    const std::vector<Operation> some = OperationsOf(root, header);
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

/// The sources below folders, by their path from the root.
using Sources = std::map<std::string, std::string>;
Sources SourcesBelow(const fs::path& root, const std::vector<const char*>& folders) {
  Sources sources;
  for (const char* folder : folders) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.path().extension() != ".cc") continue;
      sources[fs::relative(entry.path(), root).string()] = TextOf(entry.path());
    }
  }
  return sources;
}

/// The first that contains the text.
Sources::const_iterator Find(const Sources& sources, const std::string& text) {
  return std::find_if(sources.begin(), sources.end(), [&](const auto& source) {
    return source.second.find(text) != std::string::npos;
  });
}

void Report(const fs::path& root, const Operation& operation, const std::string& finding) {
  std::fprintf(stderr, "%s:%d: %s %s\n", (root / operation.header).c_str(), operation.line,
               operation.name.c_str(), finding.c_str());
}

/// Reports the operations that lack the function; how many there are.
int Missing(const fs::path& root, const std::vector<Operation>& operations,
            const Function& function) {
  const Sources sources = SourcesBelow(root, function.folders);
  int missing = 0;
  std::string nearest = std::string("a file of ") + function.folders.front();
  for (const Operation& operation : operations) {
    if (!function.needed(operation)) continue;
    const auto found = Find(sources, With(operation, function.begin));
    if (found != sources.end()) {
      nearest = found->first + ", where that of " + operation.name + " is";
      continue;
    }
    ++missing;
    Report(root, operation,
           std::string("has no ") + function.what + ": write \"" +
               With(operation, function.declaration) + "\" in " + nearest);
  }
  return missing;
}

/// Reports the functions that the model would never call, because nothing declares them.
int Undeclared(const fs::path& root, const std::vector<Operation>& operations) {
  const char* const declarations = "harness/model/language/operations.h";
  const std::string declared = TextOf(root / declarations);
  const Sources sources = SourcesBelow(root, {kModel});
  int undeclared = 0;
  for (const Operation& operation : operations) {
    const std::string begin = With(operation, "void Apply(const OP&");
    const auto found = Find(sources, begin);
    if (found == sources.end() || declared.find(begin) != std::string::npos) continue;
    ++undeclared;
    Report(
        root, operation,
        "has an Apply in " + found->first + " that nothing calls: declare it in " + declarations);
  }
  return undeclared;
}

}  // namespace

int main(int argc, char** argv) {
  const fs::path root = argc == 2 ? argv[1] : "";
  std::error_code error;
  if (!fs::is_directory(root / kOperations, error)) {
    std::fprintf(stderr, "expected the folder of the project; usage: %s FOLDER\n", argv[0]);
    return 4;
  }
  const std::vector<Operation> operations = AllOperations(root);
  if (operations.empty()) {
    std::fprintf(stderr, "%s: expected structs with a kName\n", (root / kOperations).c_str());
    return 4;
  }
  int wrong = Undeclared(root, operations);
  for (const Operation& operation : operations) {
    if (operation.listed) continue;
    ++wrong;
    Report(root, operation, "is in no list: name it at the end of this file");
  }
  for (const Function& function : Functions()) wrong += Missing(root, operations, function);
  return wrong == 0 ? 0 : 4;
}
