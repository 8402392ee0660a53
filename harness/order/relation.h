// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Relations between a few events, as rows of bits. A set of events is the relation of each of them
// to itself.

#ifndef SHMSPEC_HARNESS_ORDER_RELATION_H_
#define SHMSPEC_HARNESS_ORDER_RELATION_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace shmspec::order {

inline constexpr std::size_t kMostEvents = 32;

class Relation {
 public:
  explicit Relation(std::size_t events = 0) : events_(events) {}

  std::size_t events() const { return events_; }
  bool Has(std::size_t from, std::size_t to) const { return (rows_[from] >> to & 1) != 0; }
  void Add(std::size_t from, std::size_t to) { rows_[from] |= std::uint32_t{1} << to; }

  friend Relation operator|(Relation a, const Relation& b) {
    for (std::size_t i = 0; i < a.events_; ++i) a.rows_[i] |= b.rows_[i];
    return a;
  }
  friend Relation operator&(Relation a, const Relation& b) {
    for (std::size_t i = 0; i < a.events_; ++i) a.rows_[i] &= b.rows_[i];
    return a;
  }
  friend Relation operator-(Relation a, const Relation& b) {
    for (std::size_t i = 0; i < a.events_; ++i) a.rows_[i] &= ~b.rows_[i];
    return a;
  }
  /// One step of `a`, then one of `b`.
  friend Relation Then(const Relation& a, const Relation& b) {
    Relation both(a.events_);
    for (std::size_t i = 0; i < a.events_; ++i) {
      for (std::size_t j = 0; j < a.events_; ++j) {
        if (a.Has(i, j)) both.rows_[i] |= b.rows_[j];
      }
    }
    return both;
  }
  Relation Inverse() const {
    Relation inverse(events_);
    for (std::size_t i = 0; i < events_; ++i) {
      for (std::size_t j = 0; j < events_; ++j) {
        if (Has(i, j)) inverse.Add(j, i);
      }
    }
    return inverse;
  }
  /// One step or several.
  Relation Closure() const {
    Relation closure = *this;
    for (std::size_t via = 0; via < events_; ++via) {
      for (std::size_t i = 0; i < events_; ++i) {
        if (closure.Has(i, via)) closure.rows_[i] |= closure.rows_[via];
      }
    }
    return closure;
  }
  /// No step at all.
  static Relation Identity(std::size_t events) {
    Relation identity(events);
    for (std::size_t i = 0; i < events; ++i) identity.Add(i, i);
    return identity;
  }

  bool IsEmpty() const {
    for (std::size_t i = 0; i < events_; ++i) {
      if (rows_[i] != 0) return false;
    }
    return true;
  }
  bool IsIrreflexive() const {
    for (std::size_t i = 0; i < events_; ++i) {
      if (Has(i, i)) return false;
    }
    return true;
  }
  bool IsAcyclic() const { return Closure().IsIrreflexive(); }

 private:
  std::size_t events_;
  std::array<std::uint32_t, kMostEvents> rows_{};
};

}  // namespace shmspec::order

#endif  // SHMSPEC_HARNESS_ORDER_RELATION_H_
