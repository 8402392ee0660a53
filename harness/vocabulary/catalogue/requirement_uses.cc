// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Checks that every "..."_req in the sources of some folders is in the catalogue:
//
//   shmspec_requirement_uses FOLDER...
//
// Prints file, line and column of each that is not; exit code 0 when there is none, 4 otherwise.
// The compiler cannot: requirement.h keeps the catalogue out of all files but one.

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

#include "harness/vocabulary/catalogue/requirement.h"
#include "harness/vocabulary/value/nearest.h"

namespace {

namespace fs = std::filesystem;

/// The C++ sources below a folder, in the order of their names; what is built is left out.
std::vector<fs::path> SourcesBelow(const fs::path& folder) {
  std::vector<fs::path> sources;
  for (auto at = fs::recursive_directory_iterator(folder); at != fs::recursive_directory_iterator();
       ++at) {
    const std::string name = at->path().filename();
    if (at->is_directory() && (name == "build" || name.starts_with("."))) {
      at.disable_recursion_pending();
    }
    const std::string extension = at->path().extension();
    if (at->is_regular_file() && (extension == ".cc" || extension == ".h")) {
      sources.push_back(at->path());
    }
  }
  std::sort(sources.begin(), sources.end());
  return sources;
}

/// How many requirements of the file are not in the catalogue; prints each.
int UnknownIn(const fs::path& source) {
  static const std::regex literal("\"([^\"\\\\ ]*[A-Za-z][^\"\\\\ ]*)\"_req");
  std::ifstream in(source, std::ios::binary);
  int unknown = 0;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (line.find("\"_req") == std::string::npos) continue;
    for (std::sregex_iterator at(line.begin(), line.end(), literal), end; at != end; ++at) {
      const std::string id = (*at)[1];
      if (shmspec::FindRequirement(id)) continue;
      ++unknown;
      fmt::print(stderr,
                 "{}:{}:{}: expected a requirement of suites/requirements.yaml; add \"{}\"{}\n",
                 source.string(), number, at->position() + 1, id,
                 shmspec::DidYouMean(id, shmspec::RequirementIds()));
    }
  }
  return unknown;
}

}  // namespace

int main(int argc, char** argv) {
  int unknown = 0;
  std::size_t sources = 0;
  for (int i = 1; i < argc; ++i) {
    std::error_code error;
    if (!fs::is_directory(argv[i], error)) {
      fmt::print(stderr, "{}: expected a folder of sources; check the path\n", argv[i]);
      return 4;
    }
    for (const fs::path& source : SourcesBelow(argv[i])) {
      ++sources;
      unknown += UnknownIn(source);
    }
  }
  if (sources == 0) {
    fmt::print(stderr, "expected folders of sources; usage: shmspec_requirement_uses FOLDER...\n");
    return 4;
  }
  return unknown == 0 ? 0 : 4;
}
