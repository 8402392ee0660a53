// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The parts of shmat(2) and shmdt(2), for the calls as a whole and for their phases.

#ifndef SHMSPEC_HARNESS_MODEL_SYSV_ATTACH_H_
#define SHMSPEC_HARNESS_MODEL_SYSV_ATTACH_H_

#include <optional>

#include "harness/model/language/clauses.h"
#include "harness/model/language/scene.h"
#include "harness/model/space/backing.h"

namespace shmspec::model {

/// The first half of shmat: the identifier and the permission. The segment, or null.
const Segment* DescribeAttachSource(const SysvAttach& op, const Scene& scene, Clauses& clauses);
/// The second half: the address, and what a success looks like.
void DescribeAttachPlace(const SysvAttach& op, const Scene& scene, const Segment& segment,
                         Clauses& clauses);
/// Whether the address alone is refused, before the segment counts as in use for a moment.
bool IsRefusedEarly(const SysvAttach& op, const Scene& scene);
/// Maps the segment at the address that was seen.
void MapSegment(const SysvAttach& op, const Scene& scene, State& state, SegmentName name,
                std::uint64_t address);

/// Follows shmdt over the fragments of one attach.
struct Detachment {
  std::uint32_t attach = 0;  // 0: the first fragment is still to be found
  std::uint64_t size = 0;    // of the segment, in whole pages
};
/// Index of the next mapping that shmdt of `address` takes away.
std::optional<std::size_t> NextToDetach(const AddressSpace& space, std::uint64_t address,
                                        const Detachment& detachment);
/// Takes it away. False when there is none left.
bool DetachOne(State& state, const Cause& cause, std::uint8_t process, std::uint64_t address,
               std::uint64_t page, Detachment& detachment);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_SYSV_ATTACH_H_
