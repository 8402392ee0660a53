// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/faulty/without_fault.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

constexpr WithoutFault kList[] = {
    {"HUGE.BAD_SIZE"_req,
     "flags name no size of huge pages, so that nothing asks for one that there is not"},
    {"HUGE.NO_PAGES"_req,
     "how many huge pages are free is the machine's affair: the model allows success and ENOMEM"},
    {"HUGE.PRIVILEGE"_req,
     "who is in vm.hugetlb_shm_group is not known to a plan: the model allows success and EPERM"},
};

}  // namespace

std::span<const WithoutFault> RequirementsWithoutFault() { return kList; }

}  // namespace shmspec
