// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/faulty/without_fault.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr std::string_view kNotYet = "nobody has seeded one yet";

constexpr WithoutFault kList[] = {
    {"SEED.IPCRM_Q_KEY"_req, kNotYet},
    {"SEED.KEYSPACES_INDEPENDENT"_req, kNotYet},
    {"SYSV.SHMDT.MSEALED_NOOP"_req, kNotYet},
    {"SYSV.LIFE.VFORK_SHARES"_req, kNotYet},
    {"SYSV.DATA.SYSCALL_BUFFERS"_req, kNotYet},
    {"PERM.SYSV.FSGID"_req, kNotYet},
    {"PROC.SYSVIPC.NAMESPACE_AT_OPEN"_req, kNotYet},
    {"PROC.MAP_FILES"_req, kNotYet},
    {"NS.IPC.SETNS"_req, kNotYet},
    {"NS.IPC.CLONE_SYSVSEM_CONFLICT"_req, kNotYet},
    {"TOOL.IPCS.VIEWS"_req, kNotYet},
    {"TOOL.IPCS.BY_ID"_req, kNotYet},
    {"TOOL.IPCRM.SEVERAL"_req, kNotYet},
    {"TOOL.IPCRM.OLD_SYNTAX"_req, kNotYet},
    {"TOOL.IPCRM.ALL_OPTARG"_req, kNotYet},
    {"COMPAT.STAT_FIELDS"_req, kNotYet},
    {"COMPAT.INFO_CAPPED"_req, kNotYet},
    {"COMPAT.ATTACH_TOO_BIG"_req, kNotYet},
    {"HUGE.PRIVILEGE"_req,
     "who is in vm.hugetlb_shm_group is not known to a plan: the model allows success and EPERM"},
    {"HUGE.NO_PAGES"_req,
     "how many huge pages are free is the machine's affair: the model allows success and ENOMEM"},
    {"HUGE.BAD_SIZE"_req,
     "flags name no size of huge pages, so that nothing asks for one that there is not"},
    {"HUGE.ALIGNMENT"_req, kNotYet},
};

}  // namespace

std::span<const WithoutFault> RequirementsWithoutFault() { return kList; }

}  // namespace shmspec
