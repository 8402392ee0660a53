// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/host/text_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

#include "harness/vocabulary/value/names.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {
namespace {

template <class Keep>
void Split(std::string_view text, std::string_view separators, Keep&& keep) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    if (end > 0) keep(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

std::optional<std::string> ReadToEnd(int fd) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t got = ::read(fd, buffer, sizeof(buffer));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) return text;
    text.append(buffer, static_cast<std::size_t>(got));
  }
}

Result<std::string> ReadTextFile(const char* path) {
  const UniqueFd file(::open(path, O_RDONLY | O_CLOEXEC));
  if (file) {
    if (auto text = ReadToEnd(file.get())) return std::move(*text);
  }
  return Error{fmt::format("cannot read {}: {}", path, ErrnoName(errno)), errno == ENOENT};
}

std::uint64_t NumberOfLink(const char* path) {
  char target[64];
  const ssize_t size = ::readlink(path, target, sizeof(target));
  if (size <= 0) return 0;
  const std::string_view text(target, static_cast<std::size_t>(size));
  const std::size_t bracket = text.find('[');
  std::uint64_t number = 0;
  if (bracket != std::string_view::npos) {
    std::from_chars(text.data() + bracket + 1, text.data() + text.size(), number);
  }
  return number;
}

std::optional<std::int64_t> ReadNumberFile(const char* path) {
  const UniqueFd file(::open(path, O_RDONLY | O_CLOEXEC));
  if (!file) return std::nullopt;
  char buffer[64];
  const ssize_t got = ::read(file.get(), buffer, sizeof(buffer));
  if (got < 0) return std::nullopt;
  std::int64_t number = 0;
  std::uint64_t large = 0;
  if (std::from_chars(buffer, buffer + got, number).ec == std::errc()) return number;
  if (std::from_chars(buffer, buffer + got, large).ec == std::errc()) {
    return static_cast<std::int64_t>(large);
  }
  errno = EINVAL;
  return std::nullopt;
}

bool WriteTextFile(const char* path, std::string_view text) {
  const UniqueFd file(::open(path, O_WRONLY | O_CLOEXEC));
  if (!file) return false;
  return ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

std::vector<std::string> Lines(std::string_view text) {
  std::vector<std::string> lines;
  Split(text, "\n", [&](std::string_view line) { lines.emplace_back(line); });
  return lines;
}

std::vector<std::string> Words(std::string_view line) {
  std::vector<std::string> words;
  Split(line, " \t", [&](std::string_view word) { words.emplace_back(word); });
  return words;
}

}  // namespace shmspec
