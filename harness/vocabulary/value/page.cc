// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/value/page.h"

namespace shmspec {
namespace {

MemoryUnits units;

}  // namespace

const MemoryUnits& Units() { return units; }

void SetMemoryUnits(const MemoryUnits& of_system) { units = of_system; }

}  // namespace shmspec
