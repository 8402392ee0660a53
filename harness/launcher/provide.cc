// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/launcher/provide.h"

#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "harness/host/capability.h"

namespace shmspec {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr unsigned kFolder = 0040755;
constexpr unsigned kProgram = 0100755;

Error Refusal(const std::string& path, const std::string& why) {
  return Error{fmt::format("{}: cannot be made: {}", path, why)};
}

Result<void> MakeFolder(const std::string& path, mode_t mode) {
  // Whatever the umask is.
  if (::mkdir(path.c_str(), mode) == 0 && ::chmod(path.c_str(), mode) == 0) return {};
  return Refusal(path, std::strerror(errno));
}

Result<void> WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file.fail()) return {};
  return Refusal(path, "it cannot be written; is the disk full?");
}

/// One file or folder of a cpio archive. Numbers are hexadecimal; name and contents are padded to
/// multiples of 4 bytes: see Documentation/driver-api/early-userspace/buffer-format.rst of Linux.
void AppendToArchive(std::string& archive, unsigned number, const std::string& name, unsigned mode,
                     const std::string& contents) {
  const auto pad = [&archive] { archive.append((4 - archive.size() % 4) % 4, '\0'); };
  const auto links = 1;
  archive += fmt::format("070701{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}",
                         number, mode, 0, 0, links, 0, contents.size(), 0, 0, 0, 0);
  archive += fmt::format("{:08x}{:08x}{}", name.size() + 1, 0, name);
  archive += '\0';
  pad();
  archive += contents;
  pad();
}

Json Mount(const char* at, const char* type, std::vector<std::string> options) {
  return {{"destination", at}, {"type", type}, {"source", type}, {"options", std::move(options)}};
}

/// Those that the usual container has, and those that tests of users and of shared memory need.
/// With CAP_SYS_ADMIN each case gets namespaces of its own without one of users, in which there
/// would be one user alone.
constexpr std::array kCapabilities{std::pair{CAP_CHOWN, "CAP_CHOWN"},
                                   std::pair{CAP_DAC_OVERRIDE, "CAP_DAC_OVERRIDE"},
                                   std::pair{CAP_FOWNER, "CAP_FOWNER"},
                                   std::pair{CAP_FSETID, "CAP_FSETID"},
                                   std::pair{CAP_IPC_LOCK, "CAP_IPC_LOCK"},
                                   std::pair{CAP_IPC_OWNER, "CAP_IPC_OWNER"},
                                   std::pair{CAP_KILL, "CAP_KILL"},
                                   std::pair{CAP_MKNOD, "CAP_MKNOD"},
                                   std::pair{CAP_SETGID, "CAP_SETGID"},
                                   std::pair{CAP_SETPCAP, "CAP_SETPCAP"},
                                   std::pair{CAP_SETUID, "CAP_SETUID"},
                                   std::pair{CAP_SYS_CHROOT, "CAP_SYS_CHROOT"},
                                   std::pair{CAP_SETFCAP, "CAP_SETFCAP"},
                                   std::pair{CAP_SYS_ADMIN, "CAP_SYS_ADMIN"},
                                   std::pair{CAP_SYS_RESOURCE, "CAP_SYS_RESOURCE"}};

/// A runtime refuses to give more than it has itself.
Json ContainerCapabilities() {
  const std::uint64_t own = ReadCapabilities().value_or(CapabilitySets{}).permitted;
  Json names = Json::array();
  for (const auto& [number, name] : kCapabilities) {
    if ((own >> number & 1) != 0) names.push_back(name);
  }
  return names;
}

Json ContainerNamespaces() {
  Json list = Json::array();
  for (const char* type : {"pid", "network", "ipc", "uts", "mount"})
    list.push_back({{"type", type}});
  return list;
}

}  // namespace

Result<void> MakeRoot(const std::string& root, const std::string& program) {
  if (const auto made = MakeFolder(root, 0755); !made.ok()) return made;
  for (const char* folder : {"/proc", "/sys", "/dev", "/etc", "/usr"}) {
    if (const auto made = MakeFolder(root + folder, 0755); !made.ok()) return made;
  }
  for (const char* folder : {"/dev/shm", "/tmp"}) {
    if (const auto made = MakeFolder(root + folder, 01777); !made.ok()) return made;
  }
  const std::string copy = root + kProgramInRoot;
  std::error_code error;
  fs::copy_file(program, copy, error);
  if (error) return Refusal(copy, error.message());
  if (::chmod(copy.c_str(), 0755) != 0) return Refusal(copy, std::strerror(errno));
  return {};
}

std::string BundleConfig(const std::vector<std::string>& command) {
  Json capabilities;
  for (const char* set : {"bounding", "effective", "permitted"})
    capabilities[set] = ContainerCapabilities();
  const Json config{
      {"ociVersion", "1.0.2"},
      {"process",
       {{"terminal", false},
        {"user", {{"uid", 0}, {"gid", 0}}},
        {"args", command},
        {"env", {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}},
        {"cwd", "/"},
        {"capabilities", capabilities},
        {"noNewPrivileges", false}}},
      {"root", {{"path", "root"}, {"readonly", false}}},
      {"hostname", "shmspec"},
      {"mounts",
       {Mount("/proc", "proc", {}),
        Mount("/dev", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}),
        Mount("/dev/shm", "tmpfs", {"nosuid", "noexec", "nodev", "mode=1777", "size=262144k"}),
        Mount("/sys", "sysfs", {"nosuid", "noexec", "nodev", "ro"})}},
      {"linux", {{"namespaces", ContainerNamespaces()}}}};
  return config.dump(2) + "\n";
}

std::string InitramfsOf(const std::string& program) {
  std::string archive;
  AppendToArchive(archive, 1, "dev", kFolder, "");
  AppendToArchive(archive, 2, "init", kProgram, program);
  AppendToArchive(archive, 0, "TRAILER!!!", 0, "");
  return archive;
}

Result<void> Provide(Provision what, const std::string& folder, const std::string& program,
                     const std::vector<std::string>& command) {
  if (what == Provision::kNothing) return {};
  if (what == Provision::kInitramfs) {
    std::ifstream file(program, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (bytes.empty()) return Error{program + ": cannot be read"};
    return WriteFile(folder + "/initramfs", InitramfsOf(bytes));
  }
  if (const auto made = MakeRoot(folder + "/root", program); !made.ok()) return made;
  if (what == Provision::kRoot) return {};
  return WriteFile(folder + "/config.json", BundleConfig(command));
}

}  // namespace shmspec
