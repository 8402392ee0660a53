// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Threads in columns, one instruction of x86 in each cell.

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string>
#include <utility>

#include "harness/order/reader.h"

namespace shmspec::order {
namespace {

using Kind = Instruction::Kind;

/// What an instruction names.
struct Named {
  enum class What { kNumber, kRegister, kMemory };
  What what = What::kNumber;
  std::int64_t number = 0;
  std::size_t index = 0;  // of a register or a location
  /// Written as %eax or (x): the order of the operands is the other one.
  bool source_first = false;
  std::size_t position = 0;
};

constexpr const char* kInstructions =
    "MOV, MFENCE, XCHG, or INC, DEC, ADD, XADD with LOCK before it";

std::string Upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

bool IsRegister(const std::string& name) {
  static constexpr const char* kKeys[] = {"AX", "BX",  "CX",  "DX",  "SI",  "DI",  "BP", "R8",
                                          "R9", "R10", "R11", "R12", "R13", "R14", "R15"};
  return std::find(std::begin(kKeys), std::end(kKeys), KeyOfRegister(Language::kX86, name)) !=
         std::end(kKeys);
}

class X86Reader {
 public:
  explicit X86Reader(Reader& reader) : reader_(reader) {}

  bool Read() {
    if (!ReadNames()) return false;
    while (reader_.ok() && !AtCondition()) ReadRow();
    return reader_.ok();
  }

 private:
  /// `P0 | P1 ;`
  bool ReadNames() {
    std::vector<Thread>& threads = reader_.test().threads;
    do {
      const std::size_t position = reader_.Position();
      const std::string wanted = "P" + std::to_string(threads.size());
      if (threads.size() == kMostThreads) {
        return reader_.FailAt(position, "expected at most " + std::to_string(kMostThreads) +
                                            " threads, found " + reader_.Found());
      }
      if (!reader_.Demand(wanted)) return false;
      threads.emplace_back();
    } while (reader_.Accept("|"));
    return reader_.Demand(";", "\"|\" or \";\"");
  }

  bool AtCondition() {
    const std::string next = reader_.NextName();
    return next == "exists" || next == "forall" || next == "locations" || reader_.Peek() == '~' ||
           reader_.AtEnd();
  }

  void ReadRow() {
    for (std::size_t thread = 0;; ++thread) {
      if (thread == reader_.test().threads.size()) {
        reader_.Fail("expected \";\" behind the last thread, found " + reader_.Found());
        return;
      }
      const char next = reader_.Peek();
      if (next != '|' && next != ';' && !ReadInstruction(thread)) return;
      if (reader_.Accept(";")) return;
      if (!reader_.Demand("|", "\"|\" or \";\" behind an instruction")) return;
    }
  }

  bool ReadNamed(std::size_t thread, Named& out) {
    out.position = reader_.Position();
    if (reader_.Accept("$")) return reader_.Number(out.number);
    const bool brackets = reader_.Accept("[");
    const bool parentheses = !brackets && reader_.Accept("(");
    const bool percent = reader_.Accept("%");
    out.source_first = parentheses || percent;
    const std::string name = reader_.Name();
    if (name.empty()) {
      return reader_.Fail("expected a number such as $1, a register or memory such as [x], found " +
                          reader_.Found());
    }
    if (!brackets && !parentheses) {
      if (!IsRegister(name)) {
        return reader_.FailAt(out.position,
                              "expected $ before a number, a register such as EAX or "
                              "memory such as [x], found \"" +
                                  name + "\"");
      }
      out.what = Named::What::kRegister;
      out.index = reader_.RegisterOf(thread, name);
      return true;
    }
    if (brackets && !reader_.Demand("]")) return false;
    if (parentheses && !reader_.Demand(")")) return false;
    out.what = Named::What::kMemory;
    if (!IsRegister(name)) {
      out.index = reader_.LocationOf(name);
      return true;
    }
    const auto location = reader_.PointedTo(thread, name);
    if (!location) {
      return reader_.FailAt(out.position,
                            "expected a register that holds an address from the "
                            "beginning, such as 0:" +
                                name + "=x in the initial state");
    }
    out.index = *location;
    return true;
  }

  /// The operands, the destination first.
  bool ReadTwo(std::size_t thread, Named& to, Named& from) {
    if (!ReadNamed(thread, to) || !reader_.Demand(",") || !ReadNamed(thread, from)) return false;
    if (to.source_first || from.source_first) std::swap(to, from);
    return true;
  }

  static Operand OperandOf(const Named& named) {
    if (named.what == Named::What::kRegister) return {named.index, 0};
    return {std::nullopt, named.number};
  }

  bool ReadMove(std::size_t thread, std::size_t position) {
    Named to;
    Named from;
    if (!ReadTwo(thread, to, from)) return false;
    if (to.what == Named::What::kNumber) {
      return reader_.FailAt(to.position, "expected a register or memory to move to");
    }
    if (to.what == Named::What::kMemory && from.what == Named::What::kMemory) {
      return reader_.FailAt(from.position,
                            "expected a number or a register: nothing moves from "
                            "memory to memory");
    }
    Instruction one;
    if (to.what == Named::What::kMemory) {
      one = {.kind = Kind::kStore, .location = to.index, .operand = OperandOf(from)};
    } else if (from.what == Named::What::kMemory) {
      one = {.kind = Kind::kLoad, .location = from.index, .to = to.index};
    } else {
      one = {.kind = Kind::kSet, .to = to.index, .operand = OperandOf(from)};
    }
    return reader_.Add(thread, one, position);
  }

  /// Memory and a register, in any order.
  bool ReadSwap(std::size_t thread, Kind kind, std::size_t position) {
    Named memory;
    Named other;
    if (!ReadTwo(thread, memory, other)) return false;
    if (memory.what != Named::What::kMemory) std::swap(memory, other);
    if (memory.what != Named::What::kMemory || other.what != Named::What::kRegister) {
      return reader_.FailAt(position, "expected memory and a register behind XCHG or XADD");
    }
    return reader_.Add(
        thread,
        {.kind = kind, .location = memory.index, .to = other.index, .operand = {other.index, 0}},
        position);
  }

  bool ReadAddition(std::size_t thread, std::int64_t by, std::size_t position) {
    Named memory;
    Named amount{.number = by};
    const bool read = by != 0 ? ReadNamed(thread, memory) : ReadTwo(thread, memory, amount);
    if (!read) return false;
    if (memory.what != Named::What::kMemory || amount.what == Named::What::kMemory) {
      return reader_.FailAt(position, "expected memory behind LOCK INC, DEC or ADD");
    }
    return reader_.Add(thread,
                       {.kind = Kind::kAdd, .location = memory.index, .operand = OperandOf(amount)},
                       position);
  }

  /// Without the letter for the width.
  static std::string Bare(std::string name) {
    for (const char* one : {"MOV", "XCHG", "XADD", "INC", "DEC", "ADD"}) {
      const std::string bare = one;
      if (name.size() == bare.size() + 1 && name.starts_with(bare) &&
          std::string("BWLQ").find(name.back()) != std::string::npos) {
        return bare;
      }
    }
    return name;
  }

  bool ReadInstruction(std::size_t thread) {
    const std::size_t position = reader_.Position();
    std::string written = reader_.Name();
    bool locked = Upper(written) == "LOCK";
    if (locked) written = reader_.Name();
    const std::string name = Bare(Upper(written));
    if (!locked && name == "MOV") return ReadMove(thread, position);
    if (!locked && name == "MFENCE") return reader_.Add(thread, {.kind = Kind::kFence}, position);
    if (name == "XCHG") return ReadSwap(thread, Kind::kExchange, position);
    if (locked && name == "XADD") return ReadSwap(thread, Kind::kAdd, position);
    if (locked && name == "INC") return ReadAddition(thread, 1, position);
    if (locked && name == "DEC") return ReadAddition(thread, -1, position);
    if (locked && name == "ADD") return ReadAddition(thread, 0, position);
    if (written.empty()) written = reader_.Found().substr(1, 1);
    return reader_.FailAt(position, std::string("expected ") + kInstructions + ", found \"" +
                                        (locked ? "LOCK " : "") + written + "\"");
  }

  Reader& reader_;
};

}  // namespace

bool ReadX86Threads(Reader& reader) { return X86Reader(reader).Read(); }

}  // namespace shmspec::order
