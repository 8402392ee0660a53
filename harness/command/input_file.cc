// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/input_file.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <set>
#include <utility>

namespace shmspec {
namespace {

/// Files that were read, by device and inode.
std::set<std::pair<dev_t, ino_t>>& FilesRead() {
  static std::set<std::pair<dev_t, ino_t>> files;
  return files;
}

/// More than any record, plan or log has; a longer file is a device or a mistake.
constexpr std::size_t kMostBytes = std::size_t{256} << 20;

Result<std::string> Contents(std::istream& in, const std::string& name) {
  std::string text;
  std::array<char, 65536> chunk;
  while (in.read(chunk.data(), chunk.size()) || in.gcount() > 0) {
    text.append(chunk.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMostBytes) {
      return Error{fmt::format("{}: has more than the {} MiB that are read of a file", name,
                               kMostBytes >> 20)};
    }
  }
  if (in.bad()) return Error{fmt::format("{}: cannot be read", name)};
  return text;
}

}  // namespace

Result<std::string> ReadInput(const std::string& file) {
  if (file == "-") return Contents(std::cin, InputName(file));
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
  return Contents(in, file);
}

bool WasRead(const std::string& file) {
  struct stat status {};
  return ::stat(file.c_str(), &status) == 0 && FilesRead().contains({status.st_dev, status.st_ino});
}

std::string InputName(const std::string& file) { return file == "-" ? "standard input" : file; }

}  // namespace shmspec
