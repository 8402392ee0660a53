// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What every user of a requirement writes. The tests catalogue.* compile it with an identifier that
// the catalogue has and with one that it has not; see catalogue.cmake.

#include "harness/vocabulary/requirement.h"

namespace {

using namespace shmspec::literals;  // NOLINT: as users write it

constexpr shmspec::Requirement kUsed = SHMSPEC_REQUIREMENT_ID ""_req;
static_assert(kUsed.id() == SHMSPEC_REQUIREMENT_ID);

}  // namespace
