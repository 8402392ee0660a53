// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/order/order_table.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "harness/vocabulary/value/check.h"

namespace shmspec::order {

/// Reads one expression.
class Axioms::Compiler {
 public:
  Compiler(std::string_view text, const std::vector<Definition>& defined)
      : text_(text), defined_(defined) {}

  Expression Compile() {
    Union();
    SHMSPEC_CHECK(Peek() == '\0', "something stands behind an expression of an order");
    return std::move(parts_);
  }

 private:
  using Kind = Part::Kind;

  char Peek() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool Accept(char c) {
    if (Peek() != c) return false;
    ++at_;
    return true;
  }

  template <class Read>
  void Joined(char sign, Kind kind, Read&& read) {
    read();
    while (Accept(sign)) {
      read();
      parts_.push_back({kind});
    }
  }
  void Union() {
    Joined('|', Kind::kUnion, [this] { Sequence(); });
  }
  void Sequence() {
    Joined(';', Kind::kThen, [this] { Difference(); });
  }
  void Difference() {
    Joined('\\', Kind::kMinus, [this] { Intersection(); });
  }
  void Intersection() {
    Joined('&', Kind::kBoth, [this] { WithSigns(); });
  }

  void WithSigns() {
    Simple();
    while (true) {
      if (Accept('+')) {
        parts_.push_back({Kind::kPlus});
      } else if (Accept('*')) {
        parts_.push_back({Kind::kStar});
      } else if (Accept('?')) {
        parts_.push_back({Kind::kOptional});
      } else if (Accept('^')) {
        SHMSPEC_CHECK(text_.substr(at_).starts_with("-1"), "only ^-1 is a power in an order");
        at_ += 2;
        parts_.push_back({Kind::kInverse});
      } else {
        return;
      }
    }
  }

  void Simple() {
    for (const auto& [open, close] : {std::pair{'(', ')'}, std::pair{'[', ']'}}) {
      if (!Accept(open)) continue;
      Union();
      SHMSPEC_CHECK(Accept(close), "a bracket of an order is not closed");
      return;
    }
    Peek();
    const std::size_t start = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_')) {
      ++at_;
    }
    const std::string_view name = text_.substr(start, at_ - start);
    // The last definition of a name counts.
    const auto found = std::find_if(defined_.rbegin(), defined_.rend(),
                                    [&](const Definition& one) { return one.name == name; });
    if (found != defined_.rend()) {
      parts_.push_back({Kind::kDefined, static_cast<std::size_t>(defined_.rend() - found) - 1});
      return;
    }
    const auto base = FromName<Base>(name);
    SHMSPEC_CHECK(base, "an order names a relation that there is not");
    parts_.push_back({Kind::kBase, static_cast<std::size_t>(*base)});
  }

  std::string_view text_;
  const std::vector<Definition>& defined_;
  std::size_t at_ = 0;
  Expression parts_;
};

Axioms::Axioms(const OrderTable& table) {
  std::vector<Definition> defined;
  for (const Definition& one : table.definitions) {
    definitions_.push_back(Compiler(one.relation, defined).Compile());
    defined.push_back(one);
  }
  for (const Axiom& one : table.axioms) {
    rules_.push_back({one.must, Compiler(one.relation, defined).Compile()});
  }
  if (!table.race.empty()) race_ = Compiler(table.race, defined).Compile();
}

Relation Axioms::Value(const Expression& expression, const Execution& execution,
                       std::span<const Relation> defined) const {
  using Kind = Part::Kind;
  std::vector<Relation> stack;
  const auto pop = [&] {
    Relation top = stack.back();
    stack.pop_back();
    return top;
  };
  const Relation identity = Relation::Identity(execution.front().events());
  for (const Part& part : expression) {
    switch (part.kind) {
      case Kind::kBase:
        stack.push_back(execution[part.index]);
        continue;
      case Kind::kDefined:
        stack.push_back(defined[part.index]);
        continue;
      default:
        break;
    }
    Relation last = pop();
    switch (part.kind) {
      case Kind::kInverse:
        last = last.Inverse();
        break;
      case Kind::kPlus:
        last = last.Closure();
        break;
      case Kind::kStar:
        last = last.Closure() | identity;
        break;
      case Kind::kOptional:
        last = last | identity;
        break;
      case Kind::kUnion:
        last = pop() | last;
        break;
      case Kind::kBoth:
        last = pop() & last;
        break;
      case Kind::kMinus:
        last = pop() - last;
        break;
      default:
        last = Then(pop(), last);
        break;
    }
    stack.push_back(last);
  }
  SHMSPEC_CHECK(stack.size() == 1, "an expression of an order has no value");
  return stack.front();
}

Axioms::Verdict Axioms::Judge(const Execution& execution) const {
  std::vector<Relation> defined;
  for (const Expression& one : definitions_) defined.push_back(Value(one, execution, defined));
  for (const Rule& rule : rules_) {
    const Relation relation = Value(rule.expression, execution, defined);
    const bool holds = rule.must == Must::kBeEmpty         ? relation.IsEmpty()
                       : rule.must == Must::kBeIrreflexive ? relation.IsIrreflexive()
                                                           : relation.IsAcyclic();
    if (!holds) return {};
  }
  return {true, !race_.empty() && !Value(race_, execution, defined).IsEmpty()};
}

}  // namespace shmspec::order
