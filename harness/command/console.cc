// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/console.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {
namespace {

constexpr unsigned short kNarrowest = 20;  // columns; a terminal that reports fewer is not one

bool UsesColour() {
  static const bool uses = [] {
    const char* no_color = std::getenv("NO_COLOR");
    const char* term = std::getenv("TERM");
    return ::isatty(STDOUT_FILENO) != 0 && (no_color == nullptr || *no_color == '\0') &&
           term != nullptr && std::string_view(term) != "dumb";
  }();
  return uses;
}

std::size_t WidthOf(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= kNarrowest) {
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
  line = fmt::format("shmspec: {}\n", line);
  // If this fails there is nowhere left to report it.
  static_cast<void>(std::fwrite(line.data(), 1, line.size(), stderr));
  return exit_code;
}

void OpenStandardStreams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) != -1 || errno != EBADF) continue;
    // The lowest number that is free is given: this one. A folder can be neither read nor written.
    if (::open("/dev/null", O_RDWR) == -1) static_cast<void>(::open("/", O_RDONLY));
  }
}

LeavingReader::LeavingReader() {
  struct sigaction ignored {};
  ignored.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignored, &before_);
}

LeavingReader::~LeavingReader() { ::sigaction(SIGPIPE, &before_, nullptr); }

void LeavingReader::Show(const std::function<void()>& print) {
  try {
    print();
    if (std::fflush(stdout) == 0) return;
    if (errno != EPIPE) return;  // reported at the end, as without this
  } catch (const std::system_error& error) {
    if (error.code() != std::errc::broken_pipe) throw;
  }
  const UniqueFd nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  if (nowhere) ::dup2(nowhere.get(), STDOUT_FILENO);
  std::fflush(stdout);
  std::clearerr(stdout);
}

int Worse(int a, int b) {
  constexpr std::array kWorstFirst{kExitHarnessTrouble,  kExitUsage,      kExitUnexpected,
                                   kExitNothingSelected, kExitIncomplete, kExitAsExpected};
  return *std::find_if(kWorstFirst.begin(), kWorstFirst.end(),
                       [&](int one) { return one == a || one == b; });
}

std::size_t OutputWidth() { return WidthOf(STDOUT_FILENO); }

std::string Wrap(std::string_view text, std::size_t indent) {
  const std::size_t width = OutputWidth();
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
  const std::size_t width = WidthOf(STDERR_FILENO) - 1;
  if (line.size() > width) line = line.substr(0, width - 3) + "...";
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
