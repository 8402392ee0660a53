// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// How messages get from a client to the server and back.
//
//   const auto carrier = MakeCarrier("futex", {.clients = 1, .words = 8});
//   ... fork; the child calls carrier->Serve()
//   carrier->Exchange(0, 42);  // the server has changed every word
//   carrier->StopServer();

#ifndef SHMSPEC_SUITES_PERFORMANCE_EXCHANGE_CARRIERS_H_
#define SHMSPEC_SUITES_PERFORMANCE_EXCHANGE_CARRIERS_H_

#include <sys/ipc.h>
#include <sys/shm.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string>

namespace shmspec {

constexpr std::size_t kMostClients = 7;
constexpr std::size_t kMostBytes = 1 << 16;
constexpr std::size_t kMostWords = kMostBytes / sizeof(std::uint64_t);

/// One run: how many clients, the bytes of a message, and whether all share one CPU.
struct Conditions {
  std::size_t bytes() const { return words * sizeof(std::uint64_t); }

  std::size_t clients = 1;
  std::size_t words = 1;
  std::int64_t cpus = 1;
};

/// How a client sends one message and gets it back, and how the server serves them all. What they
/// share is made before any of them starts.
class Carrier {
 public:
  Carrier() = default;
  Carrier(const Carrier&) = delete;
  Carrier& operator=(const Carrier&) = delete;
  virtual ~Carrier() = default;
  /// False when the reply is wrong, or the server is gone.
  virtual bool Exchange(std::size_t client, std::uint64_t seed) = 0;
  /// Until StopServer().
  virtual bool Serve() = 0;
  virtual void StopServer() = 0;
  /// Called by each process for what it does not use.
  virtual void KeepOnly(std::size_t) {}
};

/// Memory for one object that children share.
template <class T>
class Shared {
 public:
  Shared() : id_(::shmget(IPC_PRIVATE, sizeof(T), IPC_CREAT | 0600)) {
    void* at = ::shmat(id_, nullptr, 0);
    ::shmctl(id_, IPC_RMID, nullptr);
    object_ = at == reinterpret_cast<void*>(-1) ? nullptr : new (at) T;
  }
  ~Shared() {
    if (object_ != nullptr) ::shmdt(object_);
  }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  T* operator->() const { return object_; }
  bool there() const { return object_ != nullptr; }

 private:
  int id_;
  T* object_ = nullptr;
};

/// `spinning`, `futex`, `semaphore`, `condition`: in a segment, waiting that way. `file`, `pipes`,
/// `sockets`: by read and write calls.
std::unique_ptr<Carrier> MakeCarrier(const std::string& name, const Conditions& conditions);

}  // namespace shmspec

#endif  // SHMSPEC_SUITES_PERFORMANCE_EXCHANGE_CARRIERS_H_
