// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/value/names.h"

#include <cerrno>
#include <charconv>
#include <csignal>

namespace shmspec {
namespace {

#define SHMSPEC_NAMED(x) \
  Named<int> { #x, x }

// Every errno that a call of the vocabulary is documented to return, or that a sandbox returns
// instead.
constexpr Named<int> kErrnos[] = {
    {"EUNNAMED", kUnnamedError},    SHMSPEC_NAMED(EPERM),   SHMSPEC_NAMED(ENOENT),
    SHMSPEC_NAMED(ESRCH),           SHMSPEC_NAMED(EINTR),   SHMSPEC_NAMED(EIO),
    SHMSPEC_NAMED(ENXIO),           SHMSPEC_NAMED(E2BIG),   SHMSPEC_NAMED(ENOEXEC),
    SHMSPEC_NAMED(EBADF),           SHMSPEC_NAMED(ECHILD),  SHMSPEC_NAMED(EAGAIN),
    SHMSPEC_NAMED(ENOMEM),          SHMSPEC_NAMED(EACCES),  SHMSPEC_NAMED(EFAULT),
    SHMSPEC_NAMED(EBUSY),           SHMSPEC_NAMED(EEXIST),  SHMSPEC_NAMED(EXDEV),
    SHMSPEC_NAMED(ENODEV),          SHMSPEC_NAMED(ENOTDIR), SHMSPEC_NAMED(EISDIR),
    SHMSPEC_NAMED(EINVAL),          SHMSPEC_NAMED(ENFILE),  SHMSPEC_NAMED(EMFILE),
    SHMSPEC_NAMED(ENOTTY),          SHMSPEC_NAMED(ETXTBSY), SHMSPEC_NAMED(EFBIG),
    SHMSPEC_NAMED(ENOSPC),          SHMSPEC_NAMED(ESPIPE),  SHMSPEC_NAMED(EROFS),
    SHMSPEC_NAMED(EPIPE),           SHMSPEC_NAMED(ERANGE),  SHMSPEC_NAMED(EDEADLK),
    SHMSPEC_NAMED(ENAMETOOLONG),    SHMSPEC_NAMED(ENOLCK),  SHMSPEC_NAMED(ENOSYS),
    SHMSPEC_NAMED(ELOOP),           SHMSPEC_NAMED(EIDRM),   SHMSPEC_NAMED(ENODATA),
    SHMSPEC_NAMED(EOVERFLOW),       SHMSPEC_NAMED(EUSERS),  SHMSPEC_NAMED(EOPNOTSUPP),
    SHMSPEC_NAMED(ETIMEDOUT),       SHMSPEC_NAMED(ETIME),   SHMSPEC_NAMED(EOWNERDEAD),
    SHMSPEC_NAMED(ENOTRECOVERABLE),
};

constexpr Named<int> kSignals[] = {
    SHMSPEC_NAMED(SIGHUP),  SHMSPEC_NAMED(SIGINT),  SHMSPEC_NAMED(SIGQUIT), SHMSPEC_NAMED(SIGILL),
    SHMSPEC_NAMED(SIGTRAP), SHMSPEC_NAMED(SIGABRT), SHMSPEC_NAMED(SIGBUS),  SHMSPEC_NAMED(SIGFPE),
    SHMSPEC_NAMED(SIGKILL), SHMSPEC_NAMED(SIGUSR1), SHMSPEC_NAMED(SIGSEGV), SHMSPEC_NAMED(SIGUSR2),
    SHMSPEC_NAMED(SIGPIPE), SHMSPEC_NAMED(SIGALRM), SHMSPEC_NAMED(SIGTERM), SHMSPEC_NAMED(SIGCHLD),
    SHMSPEC_NAMED(SIGCONT), SHMSPEC_NAMED(SIGSTOP), SHMSPEC_NAMED(SIGXCPU), SHMSPEC_NAMED(SIGXFSZ),
    SHMSPEC_NAMED(SIGSYS),
};

#undef SHMSPEC_NAMED

template <std::size_t N>
std::string NumberName(const Named<int> (&table)[N], std::string_view prefix, int number) {
  for (const Named<int>& entry : table) {
    if (entry.value == number) return std::string(entry.name);
  }
  return std::string(prefix) + std::to_string(number);
}

template <std::size_t N>
std::optional<int> NameNumber(const Named<int> (&table)[N], std::string_view prefix,
                              std::string_view name) {
  for (const Named<int>& entry : table) {
    if (entry.name == name) return entry.value;
  }
  if (!name.starts_with(prefix)) return std::nullopt;
  name.remove_prefix(prefix.size());
  int number = 0;
  auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string ErrnoName(int error) { return NumberName(kErrnos, "errno:", error); }

std::optional<int> ErrnoFromName(std::string_view name) {
  return NameNumber(kErrnos, "errno:", name);
}

std::string SignalName(int signal) { return NumberName(kSignals, "signal:", signal); }

std::optional<int> SignalFromName(std::string_view name) {
  return NameNumber(kSignals, "signal:", name);
}

}  // namespace shmspec
