// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A value that equal states share and that the first one to change it copies.

#ifndef SHMSPEC_HARNESS_MODEL_STATE_COPY_ON_WRITE_H_
#define SHMSPEC_HARNESS_MODEL_STATE_COPY_ON_WRITE_H_

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

namespace shmspec::model {

template <class T>
class CopyOnWrite {
 public:
  CopyOnWrite() : shared_(std::make_shared<Shared>()) {}
  explicit CopyOnWrite(T value) : shared_(std::make_shared<Shared>(std::move(value))) {}

  const T& operator*() const { return shared_->value; }
  const T* operator->() const { return &shared_->value; }

  /// The value for changing: nobody else sees the change.
  T& Own() {
    if (shared_.use_count() != 1) shared_ = std::make_shared<Shared>(shared_->value);
    shared_->digest = 0;
    return shared_->value;
  }

  /// compute(value), which is remembered for as long as nobody owns it anew.
  template <class Compute>
  std::uint64_t DigestBy(Compute compute) const {
    if (shared_->digest == 0) shared_->digest = compute(shared_->value);
    return shared_->digest;
  }

  friend bool operator==(const CopyOnWrite& a, const CopyOnWrite& b) {
    return a.shared_ == b.shared_ || a.shared_->value == b.shared_->value;
  }

 private:
  struct Shared {
    Shared() = default;
    explicit Shared(T of) : value(std::move(of)) {}
    T value{};
    std::uint64_t digest = 0;  // 0: not known
  };
  std::shared_ptr<Shared> shared_;
};

/// A vector that is copied when it is about to change. Access that could change it counts as a
/// change, so that what is only read is read through a const State.
template <class T>
class SharedVector {
 public:
  SharedVector() = default;
  SharedVector(std::initializer_list<T> list) : vector_(std::vector<T>(list)) {}

  std::size_t size() const { return vector_->size(); }
  bool empty() const { return vector_->empty(); }
  const T& operator[](std::size_t i) const { return (*vector_)[i]; }
  T& operator[](std::size_t i) { return vector_.Own()[i]; }
  const T& back() const { return vector_->back(); }
  T& back() { return vector_.Own().back(); }
  const T* data() const { return vector_->data(); }
  auto begin() const { return vector_->begin(); }
  auto end() const { return vector_->end(); }
  auto begin() { return vector_.Own().begin(); }
  auto end() { return vector_.Own().end(); }
  void push_back(T value) { vector_.Own().push_back(std::move(value)); }
  template <class... Arguments>
  T& emplace_back(Arguments&&... arguments) {
    return vector_.Own().emplace_back(std::forward<Arguments>(arguments)...);
  }
  /// For what else changes it.
  std::vector<T>& Own() { return vector_.Own(); }

  template <class Compute>
  std::uint64_t DigestBy(Compute compute) const {
    return vector_.DigestBy(compute);
  }
  friend bool operator==(const SharedVector&, const SharedVector&) = default;

 private:
  CopyOnWrite<std::vector<T>> vector_;
};

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_STATE_COPY_ON_WRITE_H_
