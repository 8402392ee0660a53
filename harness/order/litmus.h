// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A litmus test as a file describes it: threads of a few accesses to shared locations, and a
// condition on how they end. read.h makes one of a text, allowed.h computes how it may end.

#ifndef SHMSPEC_HARNESS_ORDER_LITMUS_H_
#define SHMSPEC_HARNESS_ORDER_LITMUS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/vocabulary/value/names.h"

namespace shmspec::order {

inline constexpr std::size_t kMostThreads = 4;
/// Of one thread.
inline constexpr std::size_t kMostInstructions = 16;

enum class Language : std::uint8_t { kX86, kC };

/// What an access promises besides its value. Instructions of a processor are plain.
enum class Strength : std::uint8_t {
  kPlain,  // in C: not atomic
  kRelaxed,
  kAcquire,
  kRelease,
  kAcquireRelease,
  kSequential,
};
}  // namespace shmspec::order

namespace shmspec {
/// As C spells them behind `memory_order_`.
template <>
struct NamesOf<order::Strength> {
  using S = order::Strength;
  static constexpr std::array kNames{Named<S>{"plain", S::kPlain},
                                     Named<S>{"relaxed", S::kRelaxed},
                                     Named<S>{"acquire", S::kAcquire},
                                     Named<S>{"release", S::kRelease},
                                     Named<S>{"acq_rel", S::kAcquireRelease},
                                     Named<S>{"seq_cst", S::kSequential}};
};
}  // namespace shmspec

namespace shmspec::order {

inline bool Acquires(Strength s) {
  return s == Strength::kAcquire || s == Strength::kAcquireRelease || s == Strength::kSequential;
}
inline bool Releases(Strength s) {
  return s == Strength::kRelease || s == Strength::kAcquireRelease || s == Strength::kSequential;
}

/// A number, or what a register of the thread holds.
struct Operand {
  std::optional<std::size_t> from;  // an index of Thread::registers
  std::int64_t number = 0;
  friend bool operator==(const Operand&, const Operand&) = default;
};

struct Instruction {
  enum class Kind : std::uint8_t {
    kSet,       // a register, without memory
    kLoad,      // into a register
    kStore,     // of the operand
    kExchange,  // the same, and what was there into a register
    kAdd,       // of the operand to what is there, and what was there into a register, atomically
    kFence,     // everything before it shows before everything behind it
  };

  Kind kind = Kind::kFence;
  Strength strength = Strength::kPlain;
  std::size_t location = 0;       // an index of Litmus::locations
  std::optional<std::size_t> to;  // an index of Thread::registers
  Operand operand;

  bool Touches() const { return kind != Kind::kSet && kind != Kind::kFence; }
  bool Loads() const { return Touches() && kind != Kind::kStore; }
  bool Stores() const { return Touches() && kind != Kind::kLoad; }
  friend bool operator==(const Instruction&, const Instruction&) = default;
};

/// A register of a thread, or a local variable in C, and what it holds at first.
struct Local {
  std::string name;  // as it was written first
  std::int64_t value = 0;
  friend bool operator==(const Local&, const Local&) = default;
};

struct Thread {
  std::vector<Local> registers;
  std::vector<Instruction> instructions;
  friend bool operator==(const Thread&, const Thread&) = default;
};

/// What lies in memory, and with which value at first.
using Location = Local;

/// A register of a thread or, without a thread, a location.
struct Place {
  std::optional<std::size_t> thread;
  std::size_t index = 0;
  friend bool operator==(const Place&, const Place&) = default;
};

/// What holds of an end, or not.
struct Proposition {
  enum class Kind : std::uint8_t { kTrue, kEquals, kNot, kAnd, kOr };

  Kind kind = Kind::kTrue;
  Place place;             // equals
  std::int64_t value = 0;  // this
  std::vector<Proposition> parts;
  friend bool operator==(const Proposition&, const Proposition&) = default;
};

enum class Quantifier : std::uint8_t { kExists, kNever, kForAll };

struct Litmus {
  Language language = Language::kX86;
  std::string name;
  std::vector<Location> locations;
  std::vector<Thread> threads;
  Quantifier quantifier = Quantifier::kExists;
  Proposition condition;
  /// What ends are made of: everything that the condition or the list of locations names, registers
  /// first.
  std::vector<Place> places;
  friend bool operator==(const Litmus&, const Litmus&) = default;
};

/// How a test ended: the values at Litmus::places.
using End = std::vector<std::int64_t>;

/// Whether the proposition of the condition holds, without its quantifier.
bool Holds(const Litmus& test, const End& end);

/// `0:EAX=1; x=2;`
std::string PrintEnd(const Litmus& test, const End& end);
/// `exists (0:EAX=1 /\ [x]=2)`
std::string PrintCondition(const Litmus& test);
std::string PrintPlace(const Litmus& test, const Place& place);

/// The test as a compiler for x86 may translate it: loads and stores are plain, a fence is behind
/// each sequentially consistent store, and of the fences only sequentially consistent ones stay. A
/// test in instructions of x86 is itself.
Litmus OnX86(Litmus test);

}  // namespace shmspec::order

#endif  // SHMSPEC_HARNESS_ORDER_LITMUS_H_
