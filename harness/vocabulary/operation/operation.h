// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Every operation an actor can be asked to perform. To add one: declare it in the header of its
// family, name it in the list at the end of that header, give it a model function and a target
// function. Text, wire form, JSON and generation follow from the declaration.

#ifndef SHMSPEC_HARNESS_VOCABULARY_OPERATION_OPERATION_H_
#define SHMSPEC_HARNESS_VOCABULARY_OPERATION_OPERATION_H_

#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "harness/vocabulary/operation/descriptor.h"
#include "harness/vocabulary/operation/family.h"
#include "harness/vocabulary/operation/file.h"
#include "harness/vocabulary/operation/futex.h"
#include "harness/vocabulary/operation/map.h"
#include "harness/vocabulary/operation/memfd.h"
#include "harness/vocabulary/operation/memory.h"
#include "harness/vocabulary/operation/posix.h"
#include "harness/vocabulary/operation/process.h"
#include "harness/vocabulary/operation/segment.h"
#include "harness/vocabulary/operation/sync.h"
#include "harness/vocabulary/operation/system.h"
#include "harness/vocabulary/operation/sysv.h"

namespace shmspec {

#define SHMSPEC_OPERATIONS(X)      \
  SHMSPEC_SYSV_OPERATIONS(X)       \
  SHMSPEC_MEMORY_OPERATIONS(X)     \
  SHMSPEC_PROCESS_OPERATIONS(X)    \
  SHMSPEC_MAP_OPERATIONS(X)        \
  SHMSPEC_SYSTEM_OPERATIONS(X)     \
  SHMSPEC_MEMFD_OPERATIONS(X)      \
  SHMSPEC_FILE_OPERATIONS(X)       \
  SHMSPEC_DESCRIPTOR_OPERATIONS(X) \
  SHMSPEC_POSIX_OPERATIONS(X)      \
  SHMSPEC_SEGMENT_OPERATIONS(X)    \
  SHMSPEC_SYNC_OPERATIONS(X)       \
  SHMSPEC_FUTEX_OPERATIONS(X)

#define SHMSPEC_NEXT_OPERATION(Op) , Op
using OperationVariant = VariantAfter<void SHMSPEC_OPERATIONS(SHMSPEC_NEXT_OPERATION)>;
#undef SHMSPEC_NEXT_OPERATION

/// One of them. A class of its own, so that its construction, copying and comparison are compiled
/// once and not in every file.
class Operation : public OperationVariant {
 public:
  Operation();
  template <class Op>
  requires(AlternativeIndex<Op, OperationVariant>::kValue != static_cast<std::size_t>(-1))
      Operation(Op op);  // NOLINT(google-explicit-constructor): as for the variant
  Operation(const Operation& other);
  Operation(Operation&& other) noexcept;
  Operation& operator=(const Operation& other);
  Operation& operator=(Operation&& other) noexcept;
  ~Operation();

  friend bool operator==(const Operation& a, const Operation& b);
};

/// An operation whose success gives a value to a handle.
template <class Op>
concept Assigning = requires {
  Op::kAssigns;
};

/// An operation that is not atomic: other calls can see it half done.
template <class Op>
concept InPhases = requires {
  Op::kInPhases;
};

/// An operation on other actors. The actor performs it, and no target has a function for it.
template <class Op>
concept ConcerningOthers = requires {
  Op::kConcernsOthers;
};

/// An operation that runs a command line tool, which says in words why it failed.
template <class Op>
concept RunningTool = requires {
  Op::kRunsTool;
};

/// An operation on the socket by which the actors of a plan pass descriptors.
template <class Op>
concept Passing = requires {
  Op::kPasses;
};

/// An operation in phases in which the caller may sleep until others act.
template <class Op>
concept Sleeping = requires {
  Op::kSleeps;
};

/// `sysv.attach` and so on.
std::string_view OperationName(const Operation& operation);

Family FamilyOf(const Operation& operation);

/// Whether the operation is ConcerningOthers.
bool ConcernsOthers(const Operation& operation);

/// Whether the operation is RunningTool.
bool RunsTool(const Operation& operation);

/// Whether the operation is Passing.
bool Passes(const Operation& operation);

/// Whether the operation is Sleeping.
bool Sleeps(const Operation& operation);

/// What the operation is to shared memory.
Role RoleOf(const Operation& operation);

/// Whether the operation may take long although nothing is wrong: its work grows with a size, it
/// waits for another actor, or no specification of shared memory covers it.
bool MayTakeLong(const Operation& operation);

/// The kind of handle that a success assigns, if any.
std::optional<HandleKind> AssignedKind(const Operation& operation);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_OPERATION_OPERATION_H_
