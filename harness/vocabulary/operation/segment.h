// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Shared memory as libraries offer it: segments that have a name, are opened as objects and
// attached. What a library calls these is its own affair; an adapter translates
// (harness/target/wrapper/PROTOCOL.md).
//
//   a: g0 = segment.create name="n0" size=4096
//   a: a0 = segment.attach segment=g0
//   a: memory.store at=a0 value=42
//   b: g1 = segment.open name="n0"
//   b: a1 = segment.attach segment=g1
//   b: memory.load at=a1                   -> 42

#ifndef SHMSPEC_HARNESS_VOCABULARY_OPERATION_SEGMENT_H_
#define SHMSPEC_HARNESS_VOCABULARY_OPERATION_SEGMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/vocabulary/operation/role.h"
#include "harness/vocabulary/value/field.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec {

/// Makes a segment that no other has the name of. Without a mode the library chooses one. The
/// outcome is the number of the object in the process: the first is 0.
struct SegmentCreate {
  static constexpr std::string_view kName = "segment.create";
  static constexpr HandleKind kAssigns = HandleKind::kObject;
  static constexpr bool kMayTakeLong = true;
  std::string name = "n0";
  Size size{kDefaultSize};
  std::optional<Mode> mode;
  static constexpr auto kFields =
      Fields(Field{"name", &SegmentCreate::name}, Field{"size", &SegmentCreate::size},
             Field{"mode", &SegmentCreate::mode});
  friend bool operator==(const SegmentCreate&, const SegmentCreate&) = default;
};

/// Opens a segment that exists. With `within_ms` an open that does not end by then is one that
/// does not end: the outcome is a fault with SIGALRM, and the object and all others of the process
/// are gone.
struct SegmentOpen {
  static constexpr std::string_view kName = "segment.open";
  static constexpr HandleKind kAssigns = HandleKind::kObject;
  static constexpr bool kMayTakeLong = true;
  std::string name = "n0";
  bool read_only = false;
  std::uint32_t within_ms = 0;
  static constexpr auto kFields =
      Fields(Field{"name", &SegmentOpen::name}, Field{"read_only", &SegmentOpen::read_only},
             Field{"within_ms", &SegmentOpen::within_ms});
  friend bool operator==(const SegmentOpen&, const SegmentOpen&) = default;
};

/// Opens the segment of that name, or makes one; `within_ms` as for SegmentOpen.
struct SegmentOpenOrCreate {
  static constexpr std::string_view kName = "segment.open_or_create";
  static constexpr HandleKind kAssigns = HandleKind::kObject;
  static constexpr bool kMayTakeLong = true;
  std::string name = "n0";
  Size size{kDefaultSize};
  std::optional<Mode> mode;
  std::uint32_t within_ms = 0;
  static constexpr auto kFields =
      Fields(Field{"name", &SegmentOpenOrCreate::name}, Field{"size", &SegmentOpenOrCreate::size},
             Field{"mode", &SegmentOpenOrCreate::mode},
             Field{"within_ms", &SegmentOpenOrCreate::within_ms});
  friend bool operator==(const SegmentOpenOrCreate&, const SegmentOpenOrCreate&) = default;
};

/// Begins to make a segment and kills the program of the library at its system call number
/// `call`, counted from 1, before the system performs it; by ptrace(2), or without it after
/// `call` times 20 microseconds. The outcome is 0, or 1 when the segment was made before; then the
/// program is killed all the same. Everything that the process had is gone.
struct SegmentCreateKilled {
  static constexpr std::string_view kName = "segment.create_killed";
  static constexpr bool kMayTakeLong = true;
  std::string name = "n0";
  Size size{kDefaultSize};
  std::uint32_t call = 1;
  static constexpr auto kFields =
      Fields(Field{"name", &SegmentCreateKilled::name}, Field{"size", &SegmentCreateKilled::size},
             Field{"call", &SegmentCreateKilled::call});
  friend bool operator==(const SegmentCreateKilled&, const SegmentCreateKilled&) = default;
};

/// How large the library says the segment is, in bytes.
struct SegmentSize {
  static constexpr std::string_view kName = "segment.size";
  static constexpr bool kMayTakeLong = true;
  ObjectRef segment;
  static constexpr auto kFields = Fields(Field{"segment", &SegmentSize::segment});
  friend bool operator==(const SegmentSize&, const SegmentSize&) = default;
};

struct SegmentResize {
  static constexpr std::string_view kName = "segment.resize";
  static constexpr bool kMayTakeLong = true;
  ObjectRef segment;
  Size size{kDefaultSize};
  static constexpr auto kFields =
      Fields(Field{"segment", &SegmentResize::segment}, Field{"size", &SegmentResize::size});
  friend bool operator==(const SegmentResize&, const SegmentResize&) = default;
};

/// Makes the bytes of the segment accessible. The outcome stands for an address; it is not the one
/// that the library chose, which a program in another language may not know.
struct SegmentAttach {
  static constexpr std::string_view kName = "segment.attach";
  static constexpr HandleKind kAssigns = HandleKind::kAttach;
  static constexpr bool kMayTakeLong = true;
  ObjectRef segment;
  bool read_only = false;
  static constexpr auto kFields = Fields(Field{"segment", &SegmentAttach::segment},
                                         Field{"read_only", &SegmentAttach::read_only});
  friend bool operator==(const SegmentAttach&, const SegmentAttach&) = default;
};

struct SegmentDetach {
  static constexpr std::string_view kName = "segment.detach";
  static constexpr bool kMayTakeLong = true;
  Address at;
  static constexpr auto kFields = Fields(Field{"at", &SegmentDetach::at});
  friend bool operator==(const SegmentDetach&, const SegmentDetach&) = default;
};

/// Ends the use of an object; its segment stays, as far as the library says so.
struct SegmentClose {
  static constexpr std::string_view kName = "segment.close";
  static constexpr bool kMayTakeLong = true;
  ObjectRef segment;
  static constexpr auto kFields = Fields(Field{"segment", &SegmentClose::segment});
  friend bool operator==(const SegmentClose&, const SegmentClose&) = default;
};

/// Removes the segment of that name.
struct SegmentRemove {
  static constexpr std::string_view kName = "segment.remove";
  static constexpr bool kMayTakeLong = true;
  std::string name = "n0";
  static constexpr auto kFields = Fields(Field{"name", &SegmentRemove::name});
  friend bool operator==(const SegmentRemove&, const SegmentRemove&) = default;
};

/// Removes the segment of that name, if there is one and the library removes any, so that a case
/// leaves nothing. The outcome is 0, whatever the library says.
struct SegmentClear {
  static constexpr std::string_view kName = "segment.clear";
  static constexpr Role kRole = Role::kPrepares;
  std::string name = "n0";
  static constexpr auto kFields = Fields(Field{"name", &SegmentClear::name});
  friend bool operator==(const SegmentClear&, const SegmentClear&) = default;
};

/// How many segments, semaphore sets, queues and names in /dev/shm the system has that it did not
/// have when the plan began. The actor counts them itself, whatever the library says.
struct SegmentResidue {
  static constexpr std::string_view kName = "segment.residue";
  static constexpr auto kFields = Fields();
  friend bool operator==(const SegmentResidue&, const SegmentResidue&) = default;
};

/// Where the Nth attach of a process is said to be; no attach is larger than the distance.
inline constexpr std::uint64_t kLargestSegmentAttach = std::uint64_t{1} << 32;
constexpr std::int64_t SegmentAttachAddress(std::uint32_t nth) {
  return static_cast<std::int64_t>((std::uint64_t{16} + nth) * kLargestSegmentAttach);
}

}  // namespace shmspec

/// Every operation of this header, for lists of all operations.
// clang-format off
#define SHMSPEC_SEGMENT_OPERATIONS(X) \
  X(SegmentCreate) X(SegmentOpen) X(SegmentOpenOrCreate) X(SegmentCreateKilled) X(SegmentSize) \
  X(SegmentResize) X(SegmentAttach) X(SegmentDetach) X(SegmentClose) X(SegmentRemove) \
  X(SegmentClear) X(SegmentResidue)
// clang-format on

#endif  // SHMSPEC_HARNESS_VOCABULARY_OPERATION_SEGMENT_H_
