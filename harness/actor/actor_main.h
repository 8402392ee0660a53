// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Actors are this program, started a second time with a hidden first word, or its part for 32-bit
// actors (i386_program.h).
//
//   int main(int argc, char** argv) {
//     if (const auto exit_code = shmspec::RunAsActor(argc, argv)) return *exit_code;

#ifndef SHMSPEC_HARNESS_ACTOR_ACTOR_MAIN_H_
#define SHMSPEC_HARNESS_ACTOR_ACTOR_MAIN_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace shmspec {

/// The hidden word.
inline constexpr char kActorWord[] = "--actor";

/// The exit code of an actor that is started with anything other than a region and an index.
inline constexpr int kActorUsage = 4;

/// Call it first in main() of the program and of every test that performs plans by processes.
/// Nothing when this process was not started as an actor.
std::optional<int> RunAsActor(int argc, char** argv);

/// The rest of an actor that was executed: `shmspec --actor REGION INDEX`. The exit code, if it
/// returns.
int RunActorImage(int argc, char** argv);

/// A word that is a number, as a whole.
std::optional<int> NumberOfWord(std::string_view word);

/// Replaces this process by a fresh image that goes on as an actor of the open region; returns only
/// on failure, with errno.
void ExecActor(const char* program, int region_fd, std::uint32_t actor);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_ACTOR_MAIN_H_
