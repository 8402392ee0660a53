// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The kinds of things that a plan can leave behind. A kind says how its things are listed, told
// apart from those of others, named and removed; inventory.h does the rest for all of them. Each
// has a file of its own; a new one is declared below and has its place in kKinds.

#ifndef SHMSPEC_HARNESS_RESIDUE_KIND_H_
#define SHMSPEC_HARNESS_RESIDUE_KIND_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace shmspec::residue {

/// A thing as a listing shows it. Things of one kind differ in id or name.
struct Entry {
  int id = 0;               // an identifier or a process id
  std::string name;         // of what has a name instead
  std::int64_t key = 0;     // of System V
  std::int64_t size = 0;    // of a segment, in bytes
  std::int64_t maker = 0;   // the process that made it; 0: the system does not say
  std::uint32_t owner = 0;  // a user
  bool removed = false;     // by RemoveResidue
};

/// What the actors of a case are known to have made, where others may make things as well.
struct Made {
  std::vector<std::int64_t> by;  // the actors' process ids
  // Identifiers that actors were given, since the system does not say who made these.
  std::vector<std::int64_t> queues;
  std::vector<std::int64_t> semaphore_sets;
};

enum class Removal : std::uint8_t {
  kDone,
  kGone,  // it went by itself
  kRefused,
};

struct Kind {
  /// Those in the caller's namespaces, as far as the caller may see them; none where the calls are
  /// refused. Every case lists them twice, so by the cheapest means.
  std::vector<Entry> (*list)();
  /// Whether the case made it. Null for what only the case can have and what ends with it: nothing
  /// of the kind belongs to others, and nothing has to be removed for their sake.
  bool (*made)(const Entry&, const Made&);
  /// `segment 7 (key 0x0, 4096 bytes)`
  std::string (*describe)(const Entry&);
  /// Root without CAP_SYS_ADMIN removes as the owner.
  Removal (*remove)(const Entry&);
  /// What a person types to remove it: `ipcrm -m 7`
  std::string (*command)(const Entry&);
};

extern const Kind kSegments;
extern const Kind kQueues;
extern const Kind kSemaphoreSets;
extern const Kind kSharedNames;
extern const Kind kProcesses;

/// In the order in which residue is told.
inline constexpr std::array kKinds{&kSegments, &kQueues, &kSemaphoreSets, &kSharedNames,
                                   &kProcesses};

}  // namespace shmspec::residue

#endif  // SHMSPEC_HARNESS_RESIDUE_KIND_H_
