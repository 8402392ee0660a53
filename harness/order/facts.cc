// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/order/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "harness/order/fact_tables.h"
#include "harness/order/read.h"
#include "harness/vocabulary/value/check.h"

namespace shmspec::order {
namespace {

std::vector<std::string> Split(std::string_view text, char at) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = std::min(text.find(at), text.size());
    std::string_view part = text.substr(0, end);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    parts.emplace_back(part);
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

/// One access of a fact, in its parts: `r0=swap(x,1).sc`.
struct Written {
  std::string to;        // a register or, where `what` is a store, a location
  std::string what;      // "load", "store", "swap", "add", "fence"
  std::string location;  // of a load, a swap or an addition
  std::string operand;
  std::string strength;  // empty: an instruction of a processor
};

bool IsRegister(std::string_view name) { return name.starts_with('r'); }

Written WrittenAs(std::string text) {
  Written one;
  if (const std::size_t dot = text.find('.'); dot != std::string::npos) {
    one.strength = text.substr(dot + 1);
    text.resize(dot);
  }
  if (text == "fence") return {.what = "fence", .strength = one.strength};
  const std::size_t open = text.find('(');
  const std::size_t equals = text.find('=');
  if (equals != std::string::npos) one.to = text.substr(0, equals);
  if (open != std::string::npos) {
    const std::size_t start = equals == std::string::npos ? 0 : equals + 1;
    const auto arguments =
        Split(std::string_view(text).substr(open + 1, text.size() - open - 2), ',');
    one.what = text.substr(start, open - start);
    one.location = arguments.front();
    one.operand = arguments.back();
  } else if (IsRegister(one.to)) {
    one.what = "load";
    one.location = text.substr(equals + 1);
  } else {
    one.what = "store";
    one.location = one.to;
    one.operand = text.substr(equals + 1);
  }
  return one;
}

/// Which register of which thread each name of a fact is.
class Registers {
 public:
  explicit Registers(bool c) : c_(c) {}

  std::string Of(std::size_t thread, const std::string& name) {
    const auto found = names_.find(name);
    if (found != names_.end()) return found->second.second;
    static constexpr const char* kX86[] = {"EAX", "EBX", "ECX", "EDX", "ESI", "EDI"};
    const std::size_t used = used_[thread]++;
    SHMSPEC_CHECK(used < std::size(kX86), "a thread of a fact has more registers than there are");
    return names_[name] = {thread, c_ ? name : kX86[used]}, names_[name].second;
  }
  /// `0:EAX`
  std::string InCondition(const std::string& name) const {
    const auto& [thread, own] = names_.at(name);
    return fmt::format("{}:{}", thread, own);
  }

 private:
  bool c_;
  std::map<std::string, std::pair<std::size_t, std::string>> names_;
  std::map<std::size_t, std::size_t> used_;
};

/// The instructions for one access.
std::vector<std::string> InX86(const Written& one, std::size_t thread, Registers& registers) {
  const auto value = [&] {
    return IsRegister(one.operand) ? registers.Of(thread, one.operand) : "$" + one.operand;
  };
  if (one.what == "fence") return {"MFENCE"};
  if (one.what == "store") return {fmt::format("MOV [{}],{}", one.location, value())};
  if (one.what == "add" && one.to.empty()) {
    return {fmt::format("LOCK ADD [{}],{}", one.location, value())};
  }
  const std::string to = registers.Of(thread, one.to);
  if (one.what == "load") return {fmt::format("MOV {},[{}]", to, one.location)};
  return {fmt::format("MOV {},{}", to, value()),
          fmt::format("{} [{}],{}", one.what == "add" ? "LOCK XADD" : "XCHG", one.location, to)};
}

std::string InC(const Written& one, std::size_t thread, Registers& registers) {
  static const std::map<std::string, Strength> kStrengths = {
      {"na", Strength::kPlain},          {"rlx", Strength::kRelaxed},
      {"acq", Strength::kAcquire},       {"rel", Strength::kRelease},
      {"ar", Strength::kAcquireRelease}, {"sc", Strength::kSequential}};
  const Strength strength = kStrengths.at(one.strength);
  const std::string order = fmt::format("memory_order_{}", NameOf(strength));
  if (one.what == "fence") return fmt::format("atomic_thread_fence({});", order);
  const std::string to =
      IsRegister(one.to) ? fmt::format("int {} = ", registers.Of(thread, one.to)) : "";
  if (strength == Strength::kPlain) {
    return one.what == "load" ? fmt::format("{}*{};", to, one.location)
                              : fmt::format("*{} = {};", one.location, one.operand);
  }
  const std::string call = one.what == "swap"  ? "atomic_exchange_explicit"
                           : one.what == "add" ? "atomic_fetch_add_explicit"
                                               : "atomic_" + one.what + "_explicit";
  const std::string operand = one.what == "load" ? "" : one.operand + ", ";
  return fmt::format("{}{}({}, {}{});", to, call, one.location, operand, order);
}

std::string Columns(const std::vector<std::vector<std::string>>& threads) {
  std::string text;
  std::size_t rows = 0;
  for (const auto& thread : threads) rows = std::max(rows, thread.size());
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t i = 0; i < threads.size(); ++i) {
      text += fmt::format("{} {:<16}", i == 0 ? "" : " |",
                          row < threads[i].size() ? threads[i][row] : "");
    }
    text += " ;\n";
  }
  return text;
}

/// What a test is apart from names and the order of its threads: the first in the alphabet of what
/// each order of the threads makes of it. Empty where no fact can be like it.
class Shape {
 public:
  explicit Shape(const Litmus& test) : test_(test) {}

  std::string Text() const {
    if (!IsPlain() || test_.quantifier == Quantifier::kForAll) return "";
    std::vector<std::size_t> order(test_.threads.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::string least;
    do {
      const std::string text = InOrder(order);
      if (least.empty() || text < least) least = text;
    } while (std::next_permutation(order.begin(), order.end()));
    return least;
  }

 private:
  bool IsPlain() const {
    for (const Thread& thread : test_.threads) {
      for (const Instruction& one : thread.instructions) {
        const bool fence = one.kind == Instruction::Kind::kFence;
        const Strength strength = fence ? Strength::kSequential : Strength::kRelaxed;
        if (one.kind != Instruction::Kind::kSet && test_.language == Language::kC &&
            one.strength != strength) {
          return false;
        }
      }
    }
    return true;
  }

  std::string InOrder(const std::vector<std::size_t>& order) const {
    std::map<std::size_t, std::size_t> locations;
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> registers;
    std::string text;
    const auto number = [](auto& numbers, const auto& key) {
      return numbers.emplace(key, numbers.size()).first->second;
    };
    for (const std::size_t thread : order) {
      for (const Instruction& one : test_.threads[thread].instructions) {
        text += fmt::format("{}", static_cast<int>(one.kind));
        if (one.Touches()) text += fmt::format("l{}", number(locations, one.location));
        const auto name = [&](std::size_t i) { return number(registers, std::pair(thread, i)); };
        if (one.to) text += fmt::format("t{}", name(*one.to));
        text += one.operand.from ? fmt::format("f{}", name(*one.operand.from))
                                 : fmt::format("v{}", one.operand.number);
        text += ';';
      }
      text += '|';
    }
    std::vector<std::int64_t> beginning(locations.size());
    for (const auto& [location, named] : locations) {
      beginning[named] = test_.locations[location].value;
    }
    for (const std::int64_t value : beginning) text += fmt::format("i{};", value);
    std::vector<std::string> condition;
    const bool simple = AddTo(condition, test_.condition, [&](const Place& place) {
      return place.thread
                 ? fmt::format("r{}", number(registers, std::pair(*place.thread, place.index)))
                 : fmt::format("l{}", number(locations, place.index));
    });
    if (!simple) return "";
    std::sort(condition.begin(), condition.end());
    for (const std::string& part : condition) text += part + "&";
    return text;
  }

  /// False when it is more than values of some places.
  template <class Name>
  bool AddTo(std::vector<std::string>& parts, const Proposition& one, Name&& name) const {
    if (one.kind == Proposition::Kind::kEquals) {
      parts.push_back(fmt::format("{}={}", name(one.place), one.value));
      return true;
    }
    return one.kind == Proposition::Kind::kAnd &&
           std::all_of(one.parts.begin(), one.parts.end(),
                       [&](const Proposition& part) { return AddTo(parts, part, name); });
  }

  const Litmus& test_;
};

}  // namespace

const std::vector<Fact>& AllFacts() {
  static const std::vector<Fact> kFacts = [] {
    std::vector<Fact> all;
    for (const auto& table : {CyclesOfTwo(), LargerCycles(), FurtherInstructions(), FactsInC()}) {
      all.insert(all.end(), table.begin(), table.end());
    }
    return all;
  }();
  return kFacts;
}

const Fact* FactNamed(std::string_view name) {
  const auto& all = AllFacts();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Fact& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::string LitmusTextOf(const Fact& fact) {
  const bool c = fact.threads.find('.') != std::string_view::npos;
  Registers registers(c);
  std::vector<std::vector<std::string>> threads;
  std::string functions;
  for (const std::string& text : Split(fact.threads, '|')) {
    const std::size_t thread = threads.size();
    auto& lines = threads.emplace_back();
    lines.push_back(fmt::format("P{}", thread));
    functions += fmt::format("P{} (atomic_int* x, atomic_int* y, atomic_int* z) {{\n", thread);
    for (const std::string& access : Split(text, ';')) {
      const Written one = WrittenAs(access);
      if (c) {
        functions += fmt::format("  {}\n", InC(one, thread, registers));
      } else {
        for (const std::string& line : InX86(one, thread, registers)) lines.push_back(line);
      }
    }
    functions += "}\n";
  }
  std::string condition;
  for (const std::string& part : Split(fact.end, ' ')) {
    const std::size_t equals = part.find('=');
    const std::string name = part.substr(0, equals);
    condition += fmt::format("{}{}{}", condition.empty() ? "" : " /\\ ",
                             IsRegister(name) ? registers.InCondition(name) : "[" + name + "]",
                             part.substr(equals));
  }
  return fmt::format("{} {}\n{{ x=0; y=0; z=0; }}\n{}exists ({})\n", c ? "C" : "X86", fact.name,
                     c ? functions : Columns(threads), condition);
}

const Fact* FactAbout(const Litmus& test) {
  static const std::map<std::string, const Fact*> kByShape = [] {
    std::map<std::string, const Fact*> shapes;
    for (const Fact& fact : AllFacts()) {
      const Result<Litmus> read = ReadLitmus(LitmusTextOf(fact), std::string(fact.name));
      SHMSPEC_CHECK(read.ok(), "a fact is no test");
      if (read->language == Language::kX86) shapes.emplace(Shape(*read).Text(), &fact);
    }
    return shapes;
  }();
  const auto found = kByShape.find(Shape(test).Text());
  return found == kByShape.end() || found->first.empty() ? nullptr : found->second;
}

}  // namespace shmspec::order
