// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/sandbox/environment.h"

namespace shmspec {
namespace {

Meaning OfIsolation(Isolation isolation) {
  switch (isolation) {
    case Isolation::kPrivate:
      return {"isolation", "each case gets its own IPC and mount namespaces",
              "limits and sysctls can be tested; nothing on the host is touched"};
    case Isolation::kUserNamespace:
      return {"isolation", "namespaces only inside a user namespace",
              "cases that need other users may be UNSUPPORTED; run as root for all of them"};
    case Isolation::kShared:
      break;
  }
  return {"isolation", "no private namespaces: cases share the host's IPC namespace",
          "keys are unique; cases about limits and sysctls are UNSUPPORTED; run as root or allow "
          "unprivileged user namespaces"};
}

}  // namespace

std::vector<Meaning> Assess(const std::vector<Fact>& facts, Isolation isolation) {
  std::vector<Meaning> meanings{OfIsolation(isolation)};
  if (ValueOf(facts, "seccomp") == "filter") {
    meanings.push_back({"seccomp", "a filter is active",
                        "a call may be refused by the filter and not by the kernel"});
  }
  const std::string besides = ValueOf(facts, "libraries.besides");
  if (!besides.empty() && besides != "none") {
    meanings.push_back({"libraries", besides, "what is judged is the kernel as these show it"});
  }
  if (ValueOf(facts, "vm.nr_hugepages") == "0") {
    meanings.push_back({"huge pages", "none are reserved", "cases about SHM_HUGETLB say little"});
  }
  if (ValueOf(facts, "kernel.shm_rmid_forced") == "1") {
    meanings.push_back({"shm_rmid_forced", "is 1 in this namespace",
                        "segments without attaches vanish with their creator"});
  }
  const std::string remove_ipc = ValueOf(facts, "logind.RemoveIPC");
  if (remove_ipc.starts_with("yes")) {
    meanings.push_back({"RemoveIPC", "systemd-logind removes a user's segments at logout",
                        "services run as ordinary users lose segments; see logind.conf(5)"});
  }
  for (const char* tool : {"ipcs", "ipcrm", "ipcmk", "lsipc"}) {
    if (ValueOf(facts, std::string("tool.") + tool) == "no") {
      meanings.push_back({tool, "is not installed", "its cases are UNSUPPORTED"});
    }
  }
  if (ValueOf(facts, "cpus") == "1") {
    meanings.push_back({"cpus", "there is only one", "races overlap less often"});
  }
  const std::string container = ValueOf(facts, "container");
  if (container != "none seen") {
    meanings.push_back({"container", container, "what is judged is kernel and container together"});
  }
  return meanings;
}

}  // namespace shmspec
