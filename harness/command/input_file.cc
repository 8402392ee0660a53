// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/input_file.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <utility>

namespace shmspec {
namespace {

/// Files that were read, by device and inode.
std::set<std::pair<dev_t, ino_t>>& FilesRead() {
  static std::set<std::pair<dev_t, ino_t>> files;
  return files;
}

}  // namespace

Result<std::string> ReadInput(const std::string& file) {
  const auto contents = [](std::istream& in) {
    return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  };
  if (file == "-") return contents(std::cin);
  // A folder can be opened, and only reading from it fails.
  struct stat status {};
  if (::stat(file.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) {
      return Error{fmt::format("{}: is a folder; expected a file", file)};
    }
    FilesRead().insert({status.st_dev, status.st_ino});
  }
  std::ifstream in(file, std::ios::binary);
  if (!in.is_open()) {
    return Error{fmt::format("{}: cannot be read: {}", file, std::strerror(errno))};
  }
  std::string text = contents(in);
  if (in.bad()) return Error{fmt::format("{}: cannot be read", file)};
  return text;
}

bool WasRead(const std::string& file) {
  struct stat status {};
  return ::stat(file.c_str(), &status) == 0 && FilesRead().contains({status.st_dev, status.st_ino});
}

std::string InputName(const std::string& file) { return file == "-" ? "standard input" : file; }

}  // namespace shmspec
