// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/console.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace shmspec {
namespace {

bool UsesColour() {
  static const bool uses = [] {
    const char* no_color = std::getenv("NO_COLOR");
    const char* term = std::getenv("TERM");
    return ::isatty(STDOUT_FILENO) != 0 && (no_color == nullptr || *no_color == '\0') &&
           term != nullptr && std::string_view(term) != "dumb";
  }();
  return uses;
}

std::size_t Width(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) {
    return std::min<std::size_t>(size.ws_col, 120);
  }
  return 80;
}

const char* CodeOf(Style style) {
  switch (style) {
    case Style::kGood:
      return "32";
    case Style::kBad:
      return "1;31";
    case Style::kDoubtful:
      return "33";
    case Style::kDim:
      return "2";
    case Style::kStrong:
      return "1";
    case Style::kPlain:
      break;
  }
  return "0";
}

}  // namespace

Style StyleOf(Status status) {
  switch (status) {
    case Status::kPass:
    case Status::kObserved:
      return Style::kGood;
    case Status::kFail:
      return Style::kBad;
    case Status::kUnresolved:
      return Style::kDoubtful;
    case Status::kUnsupported:
    case Status::kUntested:
      break;
  }
  return Style::kDim;
}

std::string Paint(Style style, std::string_view text) {
  if (!UsesColour() || style == Style::kPlain) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", CodeOf(style), text);
}

int Complain(int exit_code, std::string_view message) {
  std::string line(message);
  std::replace(line.begin(), line.end(), '\n', ' ');
  fmt::print(stderr, "shmspec: {}\n", line);
  return exit_code;
}

std::string Wrap(std::string_view text, std::size_t indent) {
  const std::size_t width = Width(STDOUT_FILENO);
  std::string out;
  std::string line;
  const auto flush = [&] {
    if (!line.empty()) out += std::string(indent, ' ') + line + "\n";
    line.clear();
  };
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    if (!line.empty() && indent + line.size() + 1 + word.size() > width) flush();
    if (!word.empty()) line += (line.empty() ? "" : " ") + std::string(word);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  flush();
  return out;
}

ProgressLine::ProgressLine() : terminal_(::isatty(STDERR_FILENO) != 0) {}

void ProgressLine::Show(std::size_t done, std::size_t total, std::string_view what) {
  if (!terminal_) return;
  std::string line = fmt::format("[{}/{}] {}", done, total, what);
  line.resize(std::min(line.size(), Width(STDERR_FILENO) - 1));
  fmt::print(stderr, "\r\x1b[K{}", line);
  std::fflush(stderr);
  shown_ = true;
}

void ProgressLine::Clear() {
  if (!shown_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace shmspec
