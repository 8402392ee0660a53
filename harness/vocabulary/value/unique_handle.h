// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// One owner for every kind of operating system handle. Traits say what the handle is, what none
// looks like and how to give one back:
//
//   struct FdTraits {
//     using Type = int;
//     static Type Invalid() { return -1; }
//     static void Close(Type fd) { ::close(fd); }
//   };
//   using UniqueFd = UniqueHandle<FdTraits>;

#ifndef SHMSPEC_HARNESS_VOCABULARY_VALUE_UNIQUE_HANDLE_H_
#define SHMSPEC_HARNESS_VOCABULARY_VALUE_UNIQUE_HANDLE_H_

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <utility>

namespace shmspec {

/// Owns at most one handle; moving leaves the source without one.
template <class Traits>
class [[nodiscard]] UniqueHandle {
 public:
  using Type = typename Traits::Type;

  UniqueHandle() = default;
  explicit UniqueHandle(Type handle) : handle_(handle) {}
  UniqueHandle(UniqueHandle&& other) noexcept : handle_(other.release()) {}
  UniqueHandle& operator=(UniqueHandle&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  UniqueHandle(const UniqueHandle&) = delete;
  UniqueHandle& operator=(const UniqueHandle&) = delete;
  ~UniqueHandle() { reset(); }

  const Type& get() const { return handle_; }
  explicit operator bool() const { return !(handle_ == Traits::Invalid()); }
  /// Gives the handle up without closing it.
  Type release() { return std::exchange(handle_, Traits::Invalid()); }
  /// Closes the handle that is held, if any, and takes the other.
  void reset(Type handle = Traits::Invalid()) {
    Type old = std::exchange(handle_, handle);
    if (!(old == Traits::Invalid())) Traits::Close(old);
  }

 private:
  Type handle_ = Traits::Invalid();
};

struct FdTraits {
  using Type = int;
  static Type Invalid() { return -1; }
  static void Close(Type fd) { ::close(fd); }
};
/// A file descriptor.
using UniqueFd = UniqueHandle<FdTraits>;

/// A range of mapped memory, in bytes.
struct MappedRange {
  void* address = nullptr;
  std::size_t size = 0;
  friend bool operator==(const MappedRange&, const MappedRange&) = default;
};
struct MappingTraits {
  using Type = MappedRange;
  static Type Invalid() { return {}; }
  static void Close(Type range) { ::munmap(range.address, range.size); }
};
/// A mapping made with mmap(2).
using UniqueMapping = UniqueHandle<MappingTraits>;

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_VALUE_UNIQUE_HANDLE_H_
