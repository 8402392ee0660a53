// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A value that equal states share and that the first one to change it copies.

#ifndef SHMSPEC_HARNESS_MODEL_STATE_COPY_ON_WRITE_H_
#define SHMSPEC_HARNESS_MODEL_STATE_COPY_ON_WRITE_H_

#include <memory>
#include <utility>

namespace shmspec::model {

/// Copies like a value, at the price of a pointer. One thread at a time.
template <class T>
class CopyOnWrite {
 public:
  CopyOnWrite() : value_(std::make_shared<T>()) {}
  explicit CopyOnWrite(T value) : value_(std::make_shared<T>(std::move(value))) {}

  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }

  /// The value for changing: nobody else sees the change.
  T& Own() {
    if (value_.use_count() != 1) value_ = std::make_shared<T>(*value_);
    return *value_;
  }

  friend bool operator==(const CopyOnWrite& a, const CopyOnWrite& b) {
    return a.value_ == b.value_ || *a.value_ == *b.value_;
  }

 private:
  std::shared_ptr<T> value_;
};

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_STATE_COPY_ON_WRITE_H_
