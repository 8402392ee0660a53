// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Loads and stores at an address. A fault is an outcome, not an accident.

#ifndef SHMSPEC_HARNESS_VOCABULARY_OPERATION_MEMORY_H_
#define SHMSPEC_HARNESS_VOCABULARY_OPERATION_MEMORY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/litmus/litmus.h"
#include "harness/vocabulary/operation/role.h"
#include "harness/vocabulary/value/field.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec {

/// One load; the outcome is the value, zero-extended.
struct MemoryLoad {
  static constexpr std::string_view kName = "memory.load";
  Address at;
  Width width = Width::k8;
  Order order = Order::kSeqCst;
  static constexpr auto kFields =
      Fields(Field{"at", &MemoryLoad::at}, Field{"width", &MemoryLoad::width},
             Field{"order", &MemoryLoad::order});
  friend bool operator==(const MemoryLoad&, const MemoryLoad&) = default;
};

/// One store of the low `width` bytes of `value`.
struct MemoryStore {
  static constexpr std::string_view kName = "memory.store";
  Address at;
  Width width = Width::k8;
  std::uint64_t value = 0;
  Order order = Order::kSeqCst;
  static constexpr auto kFields =
      Fields(Field{"at", &MemoryStore::at}, Field{"width", &MemoryStore::width},
             Field{"value", &MemoryStore::value}, Field{"order", &MemoryStore::order});
  friend bool operator==(const MemoryStore&, const MemoryStore&) = default;
};

/// Atomic exchange; the outcome is the old value.
struct MemoryExchange {
  static constexpr std::string_view kName = "memory.exchange";
  Address at;
  Width width = Width::k8;
  std::uint64_t value = 0;
  Order order = Order::kSeqCst;
  static constexpr auto kFields =
      Fields(Field{"at", &MemoryExchange::at}, Field{"width", &MemoryExchange::width},
             Field{"value", &MemoryExchange::value}, Field{"order", &MemoryExchange::order});
  friend bool operator==(const MemoryExchange&, const MemoryExchange&) = default;
};

/// Strong compare and exchange; the outcome is the value found.
struct MemoryCompareExchange {
  static constexpr std::string_view kName = "memory.compare_exchange";
  Address at;
  Width width = Width::k8;
  std::uint64_t expected = 0;
  std::uint64_t value = 0;
  Order order = Order::kSeqCst;
  static constexpr auto kFields = Fields(
      Field{"at", &MemoryCompareExchange::at}, Field{"width", &MemoryCompareExchange::width},
      Field{"expected", &MemoryCompareExchange::expected},
      Field{"value", &MemoryCompareExchange::value}, Field{"order", &MemoryCompareExchange::order});
  friend bool operator==(const MemoryCompareExchange&, const MemoryCompareExchange&) = default;
};

/// Atomic addition; the outcome is the old value.
struct MemoryFetchAdd {
  static constexpr std::string_view kName = "memory.fetch_add";
  Address at;
  Width width = Width::k8;
  std::uint64_t value = 1;
  Order order = Order::kSeqCst;
  static constexpr auto kFields =
      Fields(Field{"at", &MemoryFetchAdd::at}, Field{"width", &MemoryFetchAdd::width},
             Field{"value", &MemoryFetchAdd::value}, Field{"order", &MemoryFetchAdd::order});
  friend bool operator==(const MemoryFetchAdd&, const MemoryFetchAdd&) = default;
};

/// Stores a byte pattern over a range: byte i becomes (value + i * 131) modulo 256, so that
/// shifted or lost pages show.
struct MemoryFill {
  static constexpr std::string_view kName = "memory.fill";
  static constexpr bool kInPhases = true;
  static constexpr bool kMayTakeLong = true;
  Address at;
  Size size{kDefaultSize};
  std::uint64_t value = 0;
  static constexpr auto kFields =
      Fields(Field{"at", &MemoryFill::at}, Field{"size", &MemoryFill::size},
             Field{"value", &MemoryFill::value});
  friend bool operator==(const MemoryFill&, const MemoryFill&) = default;
};

/// Reads a range; the outcome is the 64-bit FNV-1a hash of its bytes, see Checksum().
struct MemoryChecksum {
  static constexpr std::string_view kName = "memory.checksum";
  static constexpr bool kMayTakeLong = true;
  Address at;
  Size size{kDefaultSize};
  static constexpr auto kFields =
      Fields(Field{"at", &MemoryChecksum::at}, Field{"size", &MemoryChecksum::size});
  friend bool operator==(const MemoryChecksum&, const MemoryChecksum&) = default;
};

/// Sends a range through a pipe to another: write(2) and read(2), a page at a time, in this
/// process. The outcome is how many bytes arrived, or the errno when none did.
struct MemoryTransfer {
  static constexpr std::string_view kName = "memory.transfer";
  static constexpr Role kRole = Role::kNeighbour;
  Address from;
  Address to;
  Size size{kDefaultSize};
  static constexpr auto kFields =
      Fields(Field{"from", &MemoryTransfer::from}, Field{"to", &MemoryTransfer::to},
             Field{"size", &MemoryTransfer::size});
  friend bool operator==(const MemoryTransfer&, const MemoryTransfer&) = default;
};

/// One branch of a litmus test (litmus.h): runs its program for many rounds at the same pace as the
/// other branches. They meet at `at`, which has to be the same memory for all of them, and run in a
/// race of the plan. The outcome is the number of rounds: `rounds` without tuning, at least that
/// number when a technique is kept, the number needed when one is searched. Trouble when the others
/// do not come, or run on the same processor.
struct MemoryBranch {
  static constexpr std::string_view kName = "memory.branch";
  static constexpr bool kMayTakeLong = true;
  static constexpr std::uint64_t kUsualRounds = 65536;

  Address at;    // the bytes of layout() from here belong to the test
  Address also;  // another address of the same memory, for variables written with a prime
  Program program;
  Width width = Width::k8;
  std::uint64_t rounds = kUsualRounds;  // at a time, when there are more
  std::uint32_t branches = 2;           // of the test, this one included
  std::uint64_t stride = LitmusLayout::kCellBytes;
  std::uint64_t shift = 0;
  Tuning tuning = Tuning::kNone;
  Ending until;                // sought by a search,
  std::uint64_t at_least = 0;  // the least number of hits
  static constexpr auto kFields =
      Fields(Field{"at", &MemoryBranch::at}, Field{"also", &MemoryBranch::also},
             Field{"program", &MemoryBranch::program}, Field{"width", &MemoryBranch::width},
             Field{"rounds", &MemoryBranch::rounds}, Field{"branches", &MemoryBranch::branches},
             Field{"stride", &MemoryBranch::stride}, Field{"shift", &MemoryBranch::shift},
             Field{"tuning", &MemoryBranch::tuning}, Field{"until", &MemoryBranch::until},
             Field{"at_least", &MemoryBranch::at_least});

  constexpr LitmusLayout layout() const { return {rounds, stride, shift}; }
  friend bool operator==(const MemoryBranch&, const MemoryBranch&) = default;
};

/// Counts how the rounds of the test at `at` ended, which begins a new test there. `of` is what the
/// hits of the histogram count. Trouble when they are fewer than `at_least`: then the test is too
/// weak on this machine to be trusted.
struct MemoryHistogram {
  static constexpr std::string_view kName = "memory.histogram";
  static constexpr bool kMayTakeLong = true;
  Address at;
  Ending of;
  std::uint64_t at_least = 0;
  static constexpr auto kFields =
      Fields(Field{"at", &MemoryHistogram::at}, Field{"of", &MemoryHistogram::of},
             Field{"at_least", &MemoryHistogram::at_least});
  friend bool operator==(const MemoryHistogram&, const MemoryHistogram&) = default;
};

/// vmsplice(2) of the range into a pipe of this process, which holds its pages until memory.unpin;
/// the outcome is how many bytes.
struct MemoryPin {
  static constexpr std::string_view kName = "memory.pin";
  static constexpr Role kRole = Role::kNeighbour;
  Address at;
  Size size{kDefaultSize};
  static constexpr auto kFields =
      Fields(Field{"at", &MemoryPin::at}, Field{"size", &MemoryPin::size});
  friend bool operator==(const MemoryPin&, const MemoryPin&) = default;
};

/// Closes that pipe. The outcome is 0.
struct MemoryUnpin {
  static constexpr std::string_view kName = "memory.unpin";
  static constexpr Role kRole = Role::kPrepares;
  static constexpr auto kFields = Fields();
  friend bool operator==(const MemoryUnpin&, const MemoryUnpin&) = default;
};

}  // namespace shmspec

/// Every operation of this header, for lists of all operations.
// clang-format off
#define SHMSPEC_MEMORY_OPERATIONS(X) \
  X(MemoryLoad) X(MemoryStore) X(MemoryExchange) X(MemoryCompareExchange) X(MemoryFetchAdd) \
  X(MemoryFill) X(MemoryChecksum) X(MemoryTransfer) X(MemoryBranch) X(MemoryHistogram) \
  X(MemoryPin) X(MemoryUnpin)
// clang-format on

#endif  // SHMSPEC_HARNESS_VOCABULARY_OPERATION_MEMORY_H_
