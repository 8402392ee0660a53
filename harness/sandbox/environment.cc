// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/sandbox/environment.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "harness/host/own_process.h"
#include "harness/sandbox/build_id.h"
#include "harness/vocabulary/value/names.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {
namespace {

constexpr const char* kUnknown = "unknown";

class Collector {
 public:
  void Add(std::string name, std::string value, std::string source, bool stable = true) {
    facts_.push_back(
        {std::move(name), value.empty() ? kUnknown : std::move(value), std::move(source), stable});
  }
  /// The first line of a file.
  void AddFile(std::string name, const std::string& path) {
    std::ifstream in(path);
    std::string line;
    std::getline(in, line);
    Add(std::move(name), line, path);
  }
  std::vector<Fact> Take() { return std::move(facts_); }

 private:
  std::vector<Fact> facts_;
};

/// Those that this process may use, not those that the machine has.
std::string UsableCpus() {
  cpu_set_t set;
  return ::sched_getaffinity(0, sizeof(set), &set) == 0 ? std::to_string(CPU_COUNT(&set)) : "";
}

void AddKernel(Collector& facts) {
  utsname name{};
  ::uname(&name);
  facts.Add("kernel.name", name.sysname, "uname(2)");
  facts.Add("kernel.release", name.release, "uname(2)");
  facts.Add("kernel.version", name.version, "uname(2)");
  facts.Add("kernel.build_id", BuildIdOfKernel(), "/sys/kernel/notes");
  facts.Add("machine", name.machine, "uname(2)");
  facts.Add("libc", std::string("glibc ") + ::gnu_get_libc_version(), "gnu_get_libc_version(3)");
  facts.Add("libc.build_id", BuildIdOfLibrary("libc.so"), "dl_iterate_phdr(3)");
  facts.Add("libraries.besides", ObjectsBesides(), "dl_iterate_phdr(3)");
  facts.Add("cpus", UsableCpus(), "sched_getaffinity(2)");
  facts.Add("page_size", std::to_string(::sysconf(_SC_PAGESIZE)), "sysconf(3)");
  facts.Add("shmlba", std::to_string(SHMLBA), "sys/shm.h");
}

/// One field of /proc/self/status.
std::string StatusField(std::string_view wanted) {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(wanted)) continue;
    const std::size_t start = line.find_first_not_of(" \t", wanted.size() + 1);
    return start == std::string::npos ? "" : line.substr(start);
  }
  return "";
}

std::string LimitText(int resource) {
  rlimit limit{};
  if (::getrlimit(static_cast<__rlimit_resource_t>(resource), &limit) != 0) return "";
  return limit.rlim_cur == RLIM_INFINITY ? "unlimited" : std::to_string(limit.rlim_cur);
}

void AddPrivileges(Collector& facts) {
  facts.Add("euid", std::to_string(::geteuid()), "geteuid(2)", false);
  facts.Add("capabilities.effective", StatusField("CapEff"), "/proc/self/status", false);
  facts.Add("seccomp", HasSeccompFilter() ? "filter" : "none", "prctl(2)");
  facts.Add("rlimit.memlock", LimitText(RLIMIT_MEMLOCK), "getrlimit(2)");
  facts.Add("rlimit.as", LimitText(RLIMIT_AS), "getrlimit(2)");
  facts.Add("rlimit.nofile", LimitText(RLIMIT_NOFILE), "getrlimit(2)");
  facts.Add("rlimit.nproc", LimitText(RLIMIT_NPROC), "getrlimit(2)");
  for (const char* name : {"ipc", "user", "mnt", "pid"}) {
    facts.Add(std::string("namespace.") + name,
              IsThere(fmt::format("/proc/self/ns/{}", name)) ? "yes" : "no", "/proc/self/ns");
  }
}

void AddSettings(Collector& facts) {
  for (const char* name : {"shmmax", "shmall", "shmmni", "shm_rmid_forced", "shm_next_id"}) {
    facts.AddFile(std::string("kernel.") + name, std::string("/proc/sys/kernel/") + name);
  }
  facts.AddFile("vm.overcommit_memory", "/proc/sys/vm/overcommit_memory");
  facts.AddFile("vm.mmap_min_addr", "/proc/sys/vm/mmap_min_addr");
  facts.AddFile("vm.nr_hugepages", "/proc/sys/vm/nr_hugepages");
  facts.AddFile("transparent_hugepage.shmem", "/sys/kernel/mm/transparent_hugepage/shmem_enabled");
  facts.AddFile("security_modules", "/sys/kernel/security/lsm");
}

void AddShmMount(Collector& facts) {
  std::string options;
  std::ifstream mounts("/proc/self/mounts");
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream columns(line);
    std::string device, folder, type, flags;
    columns >> device >> folder >> type >> flags;
    if (folder == "/dev/shm") options = type + " " + flags;
  }
  facts.Add("dev_shm.mount", options.empty() ? "none" : options, "/proc/self/mounts");
  struct statvfs space {};
  if (::statvfs("/dev/shm", &space) == 0) {
    facts.Add("dev_shm.bytes", std::to_string(space.f_blocks * space.f_frsize), "statvfs(3)");
  } else {
    facts.Add("dev_shm.bytes", "", "statvfs(3)");
  }
  std::error_code error;
  const auto status = std::filesystem::status("/dev/shm", error);
  facts.Add("dev_shm.mode",
            error ? "" : fmt::format("{:04o}", static_cast<unsigned>(status.permissions())),
            "stat(2)");
}

std::string Container() {
  if (IsThere("/.dockerenv")) return "docker";
  if (IsThere("/run/.containerenv")) return "podman";
  std::ifstream version("/proc/version");
  std::string line;
  std::getline(version, line);
  if (line.find("microsoft") != std::string::npos) return "wsl";
  if (line.find("gVisor") != std::string::npos) return "gvisor";
  std::ifstream systemd("/run/systemd/container");
  std::string name;
  std::getline(systemd, name);
  return name.empty() ? "none seen" : name;
}

/// RemoveIPC of systemd-logind: with it, a user's segments vanish when the user's last session
/// ends.
std::string RemoveIpc() {
  if (!IsThere("/run/systemd/seats")) return "no logind";
  std::string setting = "yes (default)";
  std::vector<std::filesystem::path> files{"/etc/systemd/logind.conf"};
  std::error_code error;
  for (const auto& entry :
       std::filesystem::directory_iterator("/etc/systemd/logind.conf.d", error)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin() + 1, files.end());
  for (const auto& file : files) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("RemoveIPC=")) setting = line.substr(10);
    }
  }
  return setting;
}

/// A file of the working directory that has no name.
UniqueFd NamelessFile() {
  UniqueFd file(::open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file) return file;
  // Not every file system has O_TMPFILE.
  std::string name = ".shmspec-XXXXXX";
  file.reset(::mkostemp(name.data(), O_CLOEXEC));
  if (file) ::unlink(name.c_str());
  return file;
}

/// Whether a shared mapping of a file in the working directory shows what was written: file systems
/// of virtual machines and networks may refuse it.
std::string SharesFiles() {
  const UniqueFd file = NamelessFile();
  if (!file) return fmt::format("no file can be made: {}", ErrnoName(errno));
  // Nothing is stored through the mapping: where there is no room that would be a SIGBUS.
  const char written = 'x';
  if (::pwrite(file.get(), &written, 1, 0) != 1) {
    return fmt::format("no file can be written: {}", ErrnoName(errno));
  }
  void* const mapped = ::mmap(nullptr, 1, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  if (mapped == MAP_FAILED) return fmt::format("no: {}", ErrnoName(errno));
  const bool shows = *static_cast<const volatile char*>(mapped) == written;
  ::munmap(mapped, 1);
  return shows ? "yes" : "no: the mapping shows other bytes than the file";
}

void AddTools(Collector& facts) {
  for (const char* tool : {"ipcs", "ipcrm", "ipcmk", "lsipc", "setfacl", "getfacl"}) {
    const bool found =
        IsThere(fmt::format("/usr/bin/{}", tool)) || IsThere(fmt::format("/bin/{}", tool));
    facts.Add(std::string("tool.") + tool, found ? "yes" : "no", "stat(2)");
  }
}

}  // namespace

bool HasSeccompFilter() { return ::prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER; }

std::vector<Fact> ReadEnvironment() {
  Collector facts;
  AddKernel(facts);
  AddPrivileges(facts);
  AddSettings(facts);
  AddShmMount(facts);
  facts.Add("working_directory.shared_mappings", SharesFiles(), "mmap(2)", false);
  facts.Add("container", Container(), "files that runtimes leave");
  facts.Add("logind.RemoveIPC", RemoveIpc(), "/etc/systemd/logind.conf");
  AddTools(facts);
  return facts.Take();
}

}  // namespace shmspec
