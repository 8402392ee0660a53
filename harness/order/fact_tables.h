// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The tables behind AllFacts(). Private to this folder.

#ifndef SHMSPEC_HARNESS_ORDER_FACT_TABLES_H_
#define SHMSPEC_HARNESS_ORDER_FACT_TABLES_H_

#include <vector>

#include "harness/order/facts.h"

namespace shmspec::order {

std::vector<Fact> CyclesOfTwo();
std::vector<Fact> LargerCycles();
std::vector<Fact> FurtherInstructions();
std::vector<Fact> FactsInC();

}  // namespace shmspec::order

#endif  // SHMSPEC_HARNESS_ORDER_FACT_TABLES_H_
