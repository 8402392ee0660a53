// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// How processes begin and end, piece by piece: a fork copies one mapping after another, an end
// closes one after another. The calls do all pieces at once, their phases do one at a time.

#ifndef SHMSPEC_HARNESS_MODEL_PROCESS_PROCESS_H_
#define SHMSPEC_HARNESS_MODEL_PROCESS_PROCESS_H_

#include "harness/model/language/scene.h"
#include "harness/model/segment/lifetime.h"

namespace shmspec::model {

/// Gives the child being made a copy of the parent's next mapping. False when it has them all.
bool CopyNextMapping(const Scene& scene, State& state, std::uint8_t child);
/// The child lives.
void BeginChild(const Scene& scene, State& state, std::uint8_t child);
/// The child will never live: what it has is given back.
void AbandonChild(State& state, const Actor& actor, std::uint8_t child);

/// What a fork that failed leaves: the attaches that the child had for a moment. `certain`: it
/// failed for want of a process id, the last thing it needs; else it may have failed before.
void StampFailedFork(const Scene& scene, State& state, bool certain);

/// The process to which the call puts an end, or kNobody: an exit of its last task, or a lethal
/// kill of a living process.
std::uint8_t ProcessEndedBy(const Scene& scene);

/// Closes the lowest mapping of the process. False when there is none left.
bool CloseLowest(State& state, const Actor& actor, std::uint8_t process);
/// All tasks of a process are gone, and with them what they were answerable for.
void EndTasks(State& state, const Actor& actor, std::uint8_t process, GoneHow how,
              std::int32_t code);
/// The tasks of the process do nothing any more.
void BeginEnd(State& state, std::uint8_t process);
/// Everything that is left of the process to which the call puts an end, or in which it died.
void FinishEnd(const Scene& scene, State& state, std::uint8_t process);
/// The new image begins with nothing mapped.
void BeginImage(const Scene& scene, State& state);
/// Who acts when a process ends: the process itself.
Actor DyingActor(const Scene& scene, std::uint8_t process);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_PROCESS_PROCESS_H_
