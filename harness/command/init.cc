// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/init.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <istream>
#include <string_view>
#include <utility>

namespace shmspec {
namespace {

constexpr std::string_view kPowerOff = "--power-off";

/// Set by BeInit for the processes below it.
bool g_console_is_ours = false;

/// Threads of the kernel descend from process 2, which is in no session and no group. In a pid
/// namespace there are none.
bool HasKernelThreads() { return ::getsid(2) == 0 && ::getpgid(2) == 0; }

bool Has(const std::vector<std::string>& arguments, std::string_view option) {
  return std::any_of(arguments.begin(), arguments.end(), [&](const std::string& one) {
    return one == option || (one.starts_with(option) && one[option.size()] == '=');
  });
}

/// Standard streams: the kernel could not open them where its initramfs had no /dev/console.
void OpenConsole() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    ::mkdir("/dev", 0755);
    ::mknod("/dev/console", S_IFCHR | 0600, makedev(5, 1));
    // The lowest free number is this one.
    if (::open("/dev/console", O_RDWR | O_NOCTTY) < 0) ::open("/", O_RDONLY | O_DIRECTORY);
  }
}

struct MountPoint {
  const char* folder;
  const char* type;
  const char* shows;  // what is there once it is mounted
  unsigned long flags;
  const char* options;
};

constexpr MountPoint kMounts[] = {
    {"/proc", "proc", "/proc/stat", MS_NOSUID | MS_NODEV | MS_NOEXEC, ""},
    {"/sys", "sysfs", "/sys/kernel", MS_NOSUID | MS_NODEV | MS_NOEXEC, ""},
    {"/dev", "devtmpfs", "/dev/null", MS_NOSUID, ""},
    {"/dev/shm", "tmpfs", "/dev/shm/.", MS_NOSUID | MS_NODEV, "mode=1777"},
    {"/tmp", "tmpfs", "/tmp/.", MS_NOSUID | MS_NODEV, "mode=1777"}};

void MountWhatIsMissing() {
  for (const MountPoint& mount : kMounts) {
    if (::access(mount.shows, F_OK) == 0) continue;
    ::mkdir(mount.folder, 0755);
    if (::mount(mount.type, mount.folder, mount.type, mount.flags, mount.options) == 0) continue;
    const int error = errno;
    fmt::print("init: no {} at {}: {}\n", mount.type, mount.folder,
               error == ENODEV ? "this kernel has none" : std::strerror(error));
  }
}

/// Reaps children, orphans included, until that process has ended. Returns its status.
int WaitFor(pid_t program) {
  while (true) {
    int status = 0;
    const pid_t ended = ::waitpid(-1, &status, 0);
    if (ended == program) return status;
    if (ended < 0 && errno != EINTR) return 0;
  }
}

std::string HowItEnded(int status) {
  if (WIFEXITED(status)) return fmt::format("exit code {}", WEXITSTATUS(status));
  return fmt::format("signal {}", WTERMSIG(status));
}

[[noreturn]] void RunProgram(const std::vector<std::string>& arguments,
                             const std::function<int(const std::vector<std::string>&)>& program) {
  ::setsid();
  const int exit_code = program(arguments);
  std::fflush(stdout);
  ::_exit(exit_code);
}

}  // namespace

std::vector<std::string> ArgumentsOfInit(std::vector<std::string> passed,
                                         std::istream& command_line) {
  std::vector<std::string> words;
  bool ours = false;
  for (std::string word; command_line >> word;) {
    if (ours) words.push_back(word);
    ours = ours || word == "--";
  }
  const bool cut_off =
      passed.size() < words.size() && std::equal(passed.begin(), passed.end(), words.begin());
  return cut_off ? words : passed;
}

bool IsInit(const char* name) {
  if (::getpid() != 1) return false;
  const std::string_view whole(name == nullptr ? "" : name);
  return whole.substr(whole.rfind('/') + 1) == "init" || HasKernelThreads();
}

void BeInit(std::vector<std::string> arguments,
            const std::function<int(const std::vector<std::string>&)>& program) {
  OpenConsole();
  MountWhatIsMissing();
  g_console_is_ours = HasKernelThreads();  // a namespace has no console of its own
  if (g_console_is_ours || arguments.empty()) {
    std::ifstream command_line("/proc/cmdline");
    arguments = ArgumentsOfInit(std::move(arguments), command_line);
  }
  const bool power_off = std::erase(arguments, kPowerOff) != 0;
  if (arguments.empty()) arguments.emplace_back("run");
  if (arguments.front() == "run" && !Has(arguments, "--output") && !Has(arguments, "-o") &&
      !Has(arguments, "--format")) {
    // After a "--" among the others it would be a filter.
    arguments.emplace(arguments.begin() + 1, "--record-in-log");
  }
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child == 0) RunProgram(arguments, program);
  const std::string ended =
      child > 0 ? HowItEnded(WaitFor(child)) : fmt::format("no process: {}", std::strerror(errno));
  fmt::print("{}{}-----\n", kEndOfInit, ended);
  std::fflush(stdout);
  // A slow line still has a part of it.
  ::tcdrain(STDOUT_FILENO);
  ::sync();
  if (power_off && ::reboot(RB_POWER_OFF) != 0) {
    fmt::print("init: cannot power off: {}\n", std::strerror(errno));
    std::fflush(stdout);
  }
  while (true) {
    if (::waitpid(-1, nullptr, 0) < 0 && errno == ECHILD) ::pause();
  }
}

QuietKernel::QuietKernel() {
  constexpr int kConsoleOff = 6;  // SYSLOG_ACTION_CONSOLE_OFF
  if (g_console_is_ours) ::klogctl(kConsoleOff, nullptr, 0);
}

QuietKernel::~QuietKernel() {
  constexpr int kConsoleOn = 7;  // SYSLOG_ACTION_CONSOLE_ON
  if (g_console_is_ours) ::klogctl(kConsoleOn, nullptr, 0);
}

}  // namespace shmspec
