// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What the tables of faults of libraries share.

#ifndef SHMSPEC_HARNESS_TARGET_FAULTY_LIBRARY_STATE_H_
#define SHMSPEC_HARNESS_TARGET_FAULTY_LIBRARY_STATE_H_

#include <csignal>
#include <cstdint>
#include <string>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {

/// The name that the call names, or an empty one.
std::string NameIn(const model::Call& call);

/// The segment that the call made, for changing, or null.
model::NamedSegment* MadeSegment(const Aftermath& a);

/// Makes a segment of that name and of one page that nobody has opened.
void AddSegment(const Aftermath& a, const std::string& name);

/// Makes the node of a segment, with one reference.
std::uint32_t AddLibraryNode(const Aftermath& a, std::uint64_t size);

/// The call succeeds and opens what has the name, if anything does.
void OpenAnyway(const Aftermath& a);

bool HasNode(const model::State& state, std::uint32_t serial);
bool IsNamed(const model::State& state, std::uint32_t node);

/// The object that is the call's first reference, or null.
const model::SegmentObject* ObjectIn(const model::State& state, const model::Call& call);

/// The index of the mapping that an attach made, or -1.
int IndexOfAttach(const Aftermath& a);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_FAULTY_LIBRARY_STATE_H_
