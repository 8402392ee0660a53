// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Litmus tests: the results that a few accesses of several actors to the same memory may have. The
// side of one actor is a program; the result of one round is an ending.
//
//   x=1; r0=y                stores 1 into x, then loads y into the register r0
//   x=1; fence; r0=y         the same with everything before the fence done before it goes on
//   r0=exchange(x,1)         atomic exchange
//   x=1; r0=x'               the load goes through the second address of the branch
//
// Variables are cells of the memory that the branches of a test share; they are 0 at first, and
// every round has cells of its own. Registers belong to the test, so that each is named once.

#ifndef SHMSPEC_HARNESS_VOCABULARY_LITMUS_LITMUS_H_
#define SHMSPEC_HARNESS_VOCABULARY_LITMUS_LITMUS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/value/field.h"
#include "harness/vocabulary/value/names.h"

namespace shmspec {

enum class Variable : std::uint8_t { kX, kY, kZ };
template <>
struct NamesOf<Variable> {
  static constexpr std::array kNames{Named<Variable>{"x", Variable::kX},
                                     Named<Variable>{"y", Variable::kY},
                                     Named<Variable>{"z", Variable::kZ}};
};
inline constexpr std::size_t kVariables = NamesOf<Variable>::kNames.size();

enum class Register : std::uint8_t { kR0, kR1, kR2, kR3 };
template <>
struct NamesOf<Register> {
  static constexpr std::array kNames{
      Named<Register>{"r0", Register::kR0}, Named<Register>{"r1", Register::kR1},
      Named<Register>{"r2", Register::kR2}, Named<Register>{"r3", Register::kR3}};
};
inline constexpr std::size_t kRegisters = NamesOf<Register>::kNames.size();

enum class AccessKind : std::uint8_t { kLoad, kStore, kExchange, kFence };
template <>
struct NamesOf<AccessKind> {
  static constexpr std::array kNames{Named<AccessKind>{"load", AccessKind::kLoad},
                                     Named<AccessKind>{"store", AccessKind::kStore},
                                     Named<AccessKind>{"exchange", AccessKind::kExchange},
                                     Named<AccessKind>{"fence", AccessKind::kFence}};
};

/// One access of a program. Members that its kind does not use are 0.
struct Access {
  static constexpr std::string_view kName = "access";
  AccessKind kind = AccessKind::kFence;
  Variable variable = Variable::kX;
  bool also = false;  // through the second address of the branch
  Register to = Register::kR0;
  std::uint64_t value = 0;
  static constexpr auto kFields = Fields(
      Field{"kind", &Access::kind}, Field{"variable", &Access::variable},
      Field{"also", &Access::also}, Field{"to", &Access::to}, Field{"value", &Access::value});

  bool Loads() const { return kind == AccessKind::kLoad || kind == AccessKind::kExchange; }
  bool Stores() const { return kind == AccessKind::kStore || kind == AccessKind::kExchange; }
  friend bool operator==(const Access&, const Access&) = default;
};

/// One branch of a test: its accesses in program order. Text: `"x=1; r0=y"`.
struct Program {
  static constexpr std::string_view kName = "program";
  static constexpr std::size_t kLimit = 8;  // accesses

  std::vector<Access> accesses;
  static constexpr auto kFields = Fields(Field{"accesses", &Program::accesses});
  friend bool operator==(const Program&, const Program&) = default;
};

/// Some registers and variables with the values they end with; those that are not named may have
/// any. Text: `"r0=1 r1=0"`.
struct Ending {
  static constexpr std::string_view kName = "ending";
  static constexpr std::size_t kNames = kRegisters + kVariables;
  static constexpr std::int64_t kAny = -1;

  /// Registers first, then variables.
  std::array<std::int64_t, kNames> values;
  static constexpr auto kFields = Fields(Field{"values", &Ending::values});

  constexpr Ending() { values.fill(kAny); }
  constexpr std::int64_t& Of(Register name) { return values[static_cast<std::size_t>(name)]; }
  constexpr std::int64_t& Of(Variable name) {
    return values[kRegisters + static_cast<std::size_t>(name)];
  }
  /// Whether `whole` has every value that is named here.
  bool Includes(const Ending& whole) const;

  friend bool operator==(const Ending&, const Ending&) = default;
  friend auto operator<=>(const Ending&, const Ending&) = default;
};

/// How the rounds of a test are run. Each processor and each test shows most with a technique of
/// its own.
enum class Technique : std::uint8_t {
  kPaced,        // each round on cells of its own, at a tick of the clock for all branches
  kBackToBack,   // the same without a clock, as fast as each branch can
  kScattered,    // paced, and neighbouring rounds are on different cache lines
  kAlternating,  // all rounds on a few cells, where stores and zeros take turns in a tight loop
  kPerpetual,  // all on the same cells, without a pause; rounds are found afterwards (perpetual.h)
};
template <>
struct NamesOf<Technique> {
  static constexpr std::array kNames{Named<Technique>{"paced", Technique::kPaced},
                                     Named<Technique>{"back_to_back", Technique::kBackToBack},
                                     Named<Technique>{"scattered", Technique::kScattered},
                                     Named<Technique>{"alternating", Technique::kAlternating},
                                     Named<Technique>{"perpetual", Technique::kPerpetual}};
};
inline constexpr std::size_t kTechniques = NamesOf<Technique>::kNames.size();

/// Where the technique of a test comes from.
enum class Tuning : std::uint8_t {
  kNone,    // paced
  kSearch,  // one after the other is tried until one shows the ending that is sought
  kKeep,    // the one that the last search at the same place chose, with as many rounds
};
template <>
struct NamesOf<Tuning> {
  static constexpr std::array kNames{Named<Tuning>{"none", Tuning::kNone},
                                     Named<Tuning>{"search", Tuning::kSearch},
                                     Named<Tuning>{"keep", Tuning::kKeep}};
};

/// Whether branches with these programs can share the cells of many rounds: each is a single load
/// or store, so that a round is no more than what one load sees. `programs` is a range of them.
template <class Programs>
bool CanAlternate(const Programs& programs) {
  std::size_t loads = 0;
  std::size_t stores = 0;
  for (const Program& program : programs) {
    if (program.accesses.size() != 1) return false;
    const AccessKind kind = program.accesses.front().kind;
    if (kind != AccessKind::kLoad && kind != AccessKind::kStore) return false;
    ++(kind == AccessKind::kLoad ? loads : stores);
  }
  return loads > 0 && stores > 0;
}

/// The name at a position of Ending::values.
std::string_view NameOfEnding(std::size_t position);

std::string PrintProgram(const Program& program);
std::string PrintEnding(const Ending& ending);

/// The program or the ending that a text means; a malformed text is a mistake of the programmer.
Program ProgramOf(std::string_view text);
Ending EndingOf(std::string_view text);

/// Where things lie in the memory of a test, in bytes from where it begins: what its branches agree
/// on, then a cell of each variable for every round, then what each register held.
struct LitmusLayout {
  static constexpr std::uint64_t kHeadBytes = 4096;
  static constexpr std::uint64_t kCellBytes = 8;
  static constexpr std::uint64_t kMostStride = 4096;
  static constexpr std::uint64_t kMostShift = 63;

  std::uint64_t rounds = 0;
  std::uint64_t stride = kCellBytes;  // from one cell of a variable to the next, a multiple of 8
  std::uint64_t shift = 0;            // of all cells of variables, from where they are aligned

  constexpr bool IsSound() const {
    return stride != 0 && stride % kCellBytes == 0 && stride <= kMostStride && shift <= kMostShift;
  }
  /// From the cells of one name to those of the next. They are not at the same place within a page:
  /// processors first compare such addresses by their low bits.
  constexpr std::uint64_t ColumnBytes() const {
    return (rounds * stride + 4095) / 4096 * 4096 + 5 * 64;
  }
  constexpr std::uint64_t At(Variable name) const {
    return kHeadBytes + static_cast<std::uint64_t>(name) * ColumnBytes() + shift;
  }
  constexpr std::uint64_t At(Register name) const {
    return kHeadBytes + (kVariables + static_cast<std::uint64_t>(name)) * ColumnBytes();
  }
  /// What a variable or a register takes from where it begins.
  constexpr std::uint64_t BytesOf(Variable) const { return rounds * stride; }
  constexpr std::uint64_t BytesOf(Register) const { return rounds * kCellBytes; }
  constexpr std::uint64_t Bytes() const {
    return kHeadBytes + (kVariables + kRegisters) * ColumnBytes();
  }
  friend bool operator==(const LitmusLayout&, const LitmusLayout&) = default;
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_LITMUS_LITMUS_H_
