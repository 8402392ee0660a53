// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/requirement.h"

namespace shmspec {
namespace {

#include "shmspec/catalogue.inc"

}  // namespace

const RequirementText& Requirement::text() const { return kCatalogue[index_]; }

std::string_view CatalogueSha256() { return kCatalogueSha256; }

}  // namespace shmspec
