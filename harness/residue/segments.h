// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Removes segments without an inventory, which costs less: between plans, and when a run is lost.

#ifndef SHMSPEC_HARNESS_RESIDUE_SEGMENTS_H_
#define SHMSPEC_HARNESS_RESIDUE_SEGMENTS_H_

#include <cstdint>
#include <vector>

namespace shmspec {

/// As far as the caller may, as for all of these.
void RemoveSegment(int id);

/// Removes the segment if one of the processes made it: an identifier may belong to another
/// process by now.
void RemoveSegmentMadeBy(const std::vector<std::int64_t>& makers, int id);

/// Removes every segment that one of the processes made, in a namespace that others use.
void RemoveSegmentsMadeBy(const std::vector<std::int64_t>& makers);

/// Removes every segment of the IPC namespace, which nobody else uses.
void RemoveEverySegment();

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RESIDUE_SEGMENTS_H_
