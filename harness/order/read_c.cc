// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Threads as functions in C: `P0 (atomic_int* x, int* y) { ... }`.

#include <string>

#include "harness/order/reader.h"

namespace shmspec::order {
namespace {

using Kind = Instruction::Kind;

constexpr const char* kStatements =
    "a load, a store, an exchange or an addition of <stdatomic.h>, atomic_thread_fence, *x = 1 or "
    "r = *x; branches and loops cannot be read";

class CReader {
 public:
  explicit CReader(Reader& reader) : reader_(reader) {}

  bool Read() {
    do {
      if (!ReadThread()) return false;
    } while (reader_.NextName().starts_with('P'));
    return true;
  }

 private:
  bool ReadThread() {
    std::vector<Thread>& threads = reader_.test().threads;
    thread_ = threads.size();
    if (thread_ == kMostThreads) {
      return reader_.Fail("expected at most " + std::to_string(kMostThreads) + " threads, found " +
                          reader_.Found());
    }
    if (!reader_.Demand("P" + std::to_string(thread_)) || !reader_.Demand("(")) return false;
    threads.emplace_back();
    while (!reader_.Accept(")")) {
      reader_.SkipType();
      while (reader_.Accept("*")) {
      }
      const std::string name = reader_.Name();
      if (name.empty()) {
        return reader_.Fail("expected a parameter such as atomic_int* x, found " + reader_.Found());
      }
      reader_.LocationOf(name);
      if (!reader_.Accept(",") && reader_.Peek() != ')') {
        return reader_.Fail("expected \",\" or \")\", found " + reader_.Found());
      }
    }
    if (!reader_.Demand("{")) return false;
    while (!reader_.Accept("}")) {
      if (!ReadStatement()) return false;
    }
    return true;
  }

  bool ReadStatement() {
    if (reader_.Accept(";")) return true;
    start_ = reader_.Position();
    if (reader_.Accept("*")) return ReadPlainStore();
    const bool declares = reader_.SkipType();
    const std::string name = reader_.NextName();
    if (!declares && name.starts_with("atomic_")) {
      reader_.Name();
      return ReadCall(name, std::nullopt) && reader_.Demand(";");
    }
    reader_.Name();
    if (name.empty() || name == "if" || name == "while" || name == "for" || name == "do") {
      return reader_.FailAt(start_, std::string("expected ") + kStatements);
    }
    if (declares && reader_.Accept(";")) {
      reader_.RegisterOf(thread_, name);
      return true;
    }
    return reader_.Demand("=", std::string("\"=\"; a statement is ") + kStatements) &&
           ReadValue(name) && reader_.Demand(";");
  }

  bool ReadPlainStore() {
    Instruction one{.kind = Kind::kStore};
    return ReadPointer(one.location) && reader_.Demand("=") && ReadOperand(one.operand) &&
           reader_.Demand(";") && reader_.Add(thread_, one, start_);
  }

  /// What stands behind `r =`.
  bool ReadValue(const std::string& name) {
    const std::size_t to = reader_.RegisterOf(thread_, name);
    if (reader_.Accept("*")) {
      Instruction one{.kind = Kind::kLoad, .to = to};
      return ReadPointer(one.location) && reader_.Add(thread_, one, start_);
    }
    const std::string next = reader_.NextName();
    if (next.starts_with("atomic_")) {
      reader_.Name();
      return ReadCall(next, to);
    }
    Instruction one{.kind = Kind::kSet, .to = to};
    return ReadOperand(one.operand) && reader_.Add(thread_, one, start_);
  }

  bool ReadPointer(std::size_t& location) {
    reader_.Accept("&");
    const std::size_t position = reader_.Position();
    const std::string name = reader_.Name();
    if (name.empty()) return reader_.Fail("expected a pointer, found " + reader_.Found());
    const std::size_t before = reader_.test().locations.size();
    location = reader_.LocationOf(name);
    if (location < before) return true;
    return reader_.FailAt(position, "expected a parameter of the thread, found \"" + name + "\"");
  }

  /// A number or a local variable.
  bool ReadOperand(Operand& out) {
    const std::string next = reader_.NextName();
    const bool number = next.empty() || (next[0] >= '0' && next[0] <= '9');
    if (number) return reader_.Number(out.number);
    const std::size_t position = reader_.Position();
    reader_.Name();
    const std::size_t before = reader_.test().threads[thread_].registers.size();
    out.from = reader_.RegisterOf(thread_, next);
    if (*out.from < before) return true;
    return reader_.FailAt(
        position, "expected a number or a variable that has a value, found \"" + next + "\"");
  }

  bool ReadStrength(Strength& out) {
    const std::size_t position = reader_.Position();
    const std::string name = reader_.Name();
    const std::string start = "memory_order_";
    if (name == start + "consume") {
      return reader_.FailAt(position,
                            "memory_order_consume cannot be read; compilers take it for "
                            "memory_order_acquire");
    }
    const auto strength =
        name.starts_with(start) ? FromName<Strength>(name.substr(start.size())) : std::nullopt;
    if (!strength || *strength == Strength::kPlain) {
      return reader_.FailAt(position,
                            "expected memory_order_relaxed, _acquire, _release, _acq_rel "
                            "or _seq_cst, found \"" +
                                name + "\"");
    }
    out = *strength;
    return true;
  }

  bool ReadCall(const std::string& called, std::optional<std::size_t> to) {
    struct Function {
      const char* name;
      Kind kind;
    };
    static constexpr Function kFunctions[] = {{"atomic_load", Kind::kLoad},
                                              {"atomic_store", Kind::kStore},
                                              {"atomic_exchange", Kind::kExchange},
                                              {"atomic_fetch_add", Kind::kAdd},
                                              {"atomic_thread_fence", Kind::kFence}};
    for (const Function& function : kFunctions) {
      const bool explicitly = called == std::string(function.name) + "_explicit";
      if (called != function.name && !explicitly) continue;
      const bool fence = function.kind == Kind::kFence;
      if (fence && explicitly) break;
      return ReadArguments(function.kind, explicitly || fence, to);
    }
    return reader_.FailAt(start_,
                          std::string("expected ") + kStatements + ", found \"" + called + "\"");
  }

  bool ReadArguments(Kind kind, bool explicitly, std::optional<std::size_t> to) {
    Instruction one{.kind = kind, .strength = Strength::kSequential, .to = to};
    if (!reader_.Demand("(")) return false;
    if (one.Touches() && !ReadPointer(one.location)) return false;
    if (one.Stores() && (!reader_.Demand(",") || !ReadOperand(one.operand))) return false;
    if (explicitly && one.Touches() && !reader_.Demand(",")) return false;
    const std::size_t position = reader_.Position();
    if (explicitly && !ReadStrength(one.strength)) return false;
    if (!one.Loads() && to) {
      return reader_.FailAt(start_, "expected a call that returns a value behind \"=\"");
    }
    const Strength s = one.strength;
    const bool wrong = (kind == Kind::kLoad && Releases(s) && s != Strength::kSequential) ||
                       (kind == Kind::kStore && Acquires(s) && s != Strength::kSequential);
    if (wrong) {
      return reader_.FailAt(position,
                            "C has no load that releases and no store that acquires; "
                            "choose another order");
    }
    if (kind == Kind::kLoad && !one.to) one.to = reader_.RegisterOf(thread_, "(unused)");
    return reader_.Demand(")") && reader_.Add(thread_, one, start_);
  }

  Reader& reader_;
  std::size_t thread_ = 0;
  std::size_t start_ = 0;
};

}  // namespace

bool ReadCThreads(Reader& reader) { return CReader(reader).Read(); }

}  // namespace shmspec::order
