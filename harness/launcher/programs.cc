// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/launcher/programs.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace shmspec {
namespace {

std::string FolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

bool CanBeExecuted(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::string_view OwnArchitecture() {
#if defined(__x86_64__)
  return "x86_64";
#elif defined(__i386__)
  return "i686";
#elif defined(__aarch64__)
  return "aarch64";
#elif defined(__arm__)
  return "armhf";
#elif defined(__riscv)
  return "riscv64";
#elif defined(__s390x__)
  return "s390x";
#elif defined(__powerpc64__)
  return "ppc64le";
#elif defined(__mips64)
  return "mips64el";
#elif defined(__loongarch64)
  return "loongarch64";
#else
  return "unknown";
#endif
}

std::vector<std::string> ProgramCandidates(const ProgramPlaces& places,
                                           const std::string& architecture, Linkage linkage) {
  const std::string beside = FolderOf(places.own);
  const bool own = architecture == OwnArchitecture();
  std::vector<std::string> candidates;
  if (own && linkage == Linkage::kDynamic) {
    // That of the build is one folder above the static one.
    candidates = {places.own, beside + "/../shmspec"};
    if (places.own_linkage == Linkage::kStatic) candidates.erase(candidates.begin());
    return candidates;
  }
  if (places.folder) {
    candidates.push_back(fmt::format("{}/static-{}/shmspec", *places.folder, architecture));
    candidates.push_back(fmt::format("{}/shmspec-{}", *places.folder, architecture));
  }
  if (own) {
    if (places.own_linkage == Linkage::kStatic) candidates.push_back(places.own);
    candidates.push_back(beside + "/static/shmspec");
    candidates.push_back(beside + "/../release/static/shmspec");
    candidates.push_back(places.own);
    return candidates;
  }
  for (const char* above : {"..", "../.."}) {
    candidates.push_back(fmt::format("{}/{}/static-{}/shmspec", beside, above, architecture));
  }
  candidates.push_back(fmt::format("{}/shmspec-{}", beside, architecture));
  return candidates;
}

Result<std::string> FindProgram(const ProgramPlaces& places, const std::string& architecture,
                                Linkage linkage) {
  for (const std::string& one : ProgramCandidates(places, architecture, linkage)) {
    if (CanBeExecuted(one)) return one;
  }
  if (architecture == OwnArchitecture()) {
    return Error{
        "it needs the dynamic program, and this one is static: make that with cmake "
        "--build --preset release --target shmspec"};
  }
  return Error{
      fmt::format("there is no program for {0}: make it with ./harness/start static {0}, "
                  "or name a folder that has static-{0}/shmspec by --programs",
                  architecture)};
}

Result<std::string> FindKernel(const ProgramPlaces& places, const std::string& name) {
  std::vector<std::string> candidates{name};
  if (name.find('/') == std::string::npos) {
    const std::string beside = FolderOf(places.own);
    candidates = {beside + "/../guests/" + name, beside + "/../../guests/" + name};
    if (places.folder) candidates.insert(candidates.begin(), *places.folder + "/guests/" + name);
  }
  for (const std::string& one : candidates) {
    if (::access(one.c_str(), R_OK) == 0) return one;
  }
  return Error{fmt::format("there is no kernel {0}: make it with harness/guest/kernel {0}", name)};
}

std::string FindTool(const std::string& name) {
  if (name.find('/') != std::string::npos) return CanBeExecuted(name) ? name : "";
  const char* path = std::getenv("PATH");
  // Not in the PATH of everybody, and yet where many of these tools are.
  const std::string folders =
      std::string(path == nullptr ? "/usr/bin:/bin" : path) + ":/usr/sbin:/sbin";
  std::string_view rest = folders;
  while (true) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    std::string candidate = fmt::format("{}/{}", rest.substr(0, end), name);
    if (end != 0 && CanBeExecuted(candidate)) return candidate;
    if (end == rest.size()) return "";
    rest.remove_prefix(end + 1);
  }
}

}  // namespace shmspec
