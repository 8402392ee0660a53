// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// How processes begin and end, piece by piece: a fork copies one mapping after another, an end
// closes one after another. Each call does all pieces at once; its phases do one at a time.

#ifndef SHMSPEC_HARNESS_MODEL_PROCESS_PROCESS_H_
#define SHMSPEC_HARNESS_MODEL_PROCESS_PROCESS_H_

#include "harness/model/language/scene.h"
#include "harness/model/segment/lifetime.h"
#include "harness/model/space/backing.h"

namespace shmspec::model {

/// Gives the child being made a copy of the parent's next mapping. False when nothing is left to
/// copy.
bool CopyNextMapping(const Scene& scene, State& state, std::uint8_t child);
/// The child lives.
void BeginChild(const Scene& scene, State& state, std::uint8_t child);
/// The child will never run: gives back what it has.
void AbandonChild(State& state, const Cause& cause, std::uint8_t child);

/// Stamps the attaches that the child of a failed fork had for a moment. `certain`: the fork failed
/// for lack of a process id, the last thing it needs; otherwise it may have failed before that.
void StampFailedFork(const Scene& scene, State& state, bool certain);

/// The process to which the call puts an end, or kNobody: an exit of its last task, or a lethal
/// kill of a living process.
std::uint8_t ProcessEndedBy(const Scene& scene);

/// What the end of all tasks of a process, or of its image, means to locks and to those who wait.
void EndSyncOf(State& state, std::uint8_t process);

/// Closes the lowest mapping of the process. False when there is none left.
bool CloseLowest(State& state, const Cause& cause, std::uint8_t process);
/// All tasks of a process are gone; releases what depended on them.
void EndTasks(State& state, const Cause& cause, std::uint8_t process, GoneHow how,
              std::int32_t code);
/// Stops the tasks of the process.
void BeginEnd(State& state, std::uint8_t process);
/// Finishes the process that the call ended or died in.
void FinishEnd(const Scene& scene, State& state, std::uint8_t process);
/// The new image begins with nothing mapped.
void BeginImage(const Scene& scene, State& state);
/// The actor of the end of a process: the process itself.
Cause CauseOfDeath(const Scene& scene, std::uint8_t process);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_PROCESS_PROCESS_H_
