// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "suites/performance/exchange_carriers.h"

#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <vector>

#include "harness/vocabulary/value/unique_handle.h"
#include "suites/performance/exchange_signals.h"

namespace shmspec {
namespace {

void Request(std::uint64_t* words, std::size_t count, std::uint64_t seed) {
  for (std::size_t i = 0; i < count; ++i) words[i] = seed + i;
}
void Change(std::uint64_t* words, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) words[i] = ~words[i];
}
bool IsReply(const std::uint64_t* words, std::size_t count, std::uint64_t seed) {
  bool right = true;
  for (std::size_t i = 0; i < count; ++i) right = right && words[i] == ~(seed + i);
  return right;
}

/// What a channel of a segment has, each part on lines of its own.
template <class Signal>
struct Channel {
  alignas(64) Signal replies;
  alignas(64) std::atomic<bool> pending{false};
  alignas(64) std::array<std::uint64_t, kMostWords> message{};
};

template <class Signal>
struct Table {
  alignas(64) Signal requests;
  alignas(64) std::atomic<bool> stop{false};
  std::array<Channel<Signal>, kMostClients> channels;
};

template <class Signal>
class InSegment : public Carrier {
 public:
  explicit InSegment(const Conditions& conditions) : conditions_(conditions) {}

  bool Exchange(std::size_t client, std::uint64_t seed) override {
    std::uint64_t* message = table_->channels[client].message.data();
    Request(message, conditions_.words, seed);
    return Ask(client) && IsReply(message, conditions_.words, seed);
  }
  bool Serve() override {
    for (std::size_t next = 0;;) {
      table_->requests.Take();
      std::size_t looked = 0;
      while (looked < conditions_.clients && !table_->channels[next].pending.exchange(false)) {
        next = (next + 1) % conditions_.clients;
        ++looked;
      }
      if (looked == conditions_.clients) return table_->stop.load();
      if (!Alter(next)) return false;
      table_->channels[next].replies.Post();
      next = (next + 1) % conditions_.clients;
    }
  }
  void StopServer() override {
    table_->stop.store(true);
    table_->requests.Post();
  }

 protected:
  /// Has the server alter the message of the client.
  bool Ask(std::size_t client) {
    table_->channels[client].pending.store(true);
    table_->requests.Post();
    table_->channels[client].replies.Take();
    return true;
  }
  virtual bool Alter(std::size_t client) {
    Change(table_->channels[client].message.data(), conditions_.words);
    return true;
  }

 private:
  Conditions conditions_;
  Shared<Table<Signal>> table_;
};

/// Moves all bytes of a message by calls that may move fewer.
template <class Call>
bool MoveAll(Call call, std::uint64_t* words, std::size_t bytes) {
  auto* at = reinterpret_cast<char*>(words);
  for (std::size_t done = 0; done < bytes;) {
    const ssize_t moved = call(at + done, bytes - done);
    if (moved <= 0) return false;
    done += static_cast<std::size_t>(moved);
  }
  return true;
}

/// Waits as in the segment, but every message goes into a file in memory and out of it by write and
/// read calls.
class InFile : public InSegment<FutexSignal> {
 public:
  explicit InFile(const Conditions& conditions)
      : InSegment(conditions),
        words_(conditions.words),
        file_(::memfd_create("exchange", MFD_CLOEXEC)),
        own_(kMostWords) {}
  bool Exchange(std::size_t client, std::uint64_t seed) override {
    Request(own_.data(), words_, seed);
    return Write(client) && Ask(client) && Read(client) && IsReply(own_.data(), words_, seed);
  }

 private:
  bool Alter(std::size_t client) override {
    if (!Read(client)) return false;
    Change(own_.data(), words_);
    return Write(client);
  }
  bool Write(std::size_t client) {
    return ::pwrite(file_.get(), own_.data(), bytes(), At(client)) == static_cast<ssize_t>(bytes());
  }
  bool Read(std::size_t client) {
    return ::pread(file_.get(), own_.data(), bytes(), At(client)) == static_cast<ssize_t>(bytes());
  }
  std::size_t bytes() const { return words_ * sizeof(std::uint64_t); }
  static off_t At(std::size_t client) { return static_cast<off_t>(client * kMostBytes); }

  std::size_t words_;
  UniqueFd file_;
  std::vector<std::uint64_t> own_;
};

/// Through a pipe each way, or a pair of sockets, for each client.
class InStreams : public Carrier {
 public:
  InStreams(const Conditions& conditions, bool sockets)
      : conditions_(conditions), own_(kMostWords) {
    for (std::size_t i = 0; i < conditions.clients; ++i) {
      int there[2];
      int back[2];
      if (sockets) {
        if (::socketpair(AF_UNIX, SOCK_STREAM, 0, there) != 0) return;
        clients_.push_back({UniqueFd(there[0]), UniqueFd(::dup(there[0]))});
        servers_.push_back({UniqueFd(there[1]), UniqueFd(::dup(there[1]))});
      } else {
        if (::pipe(there) != 0 || ::pipe(back) != 0) return;
        clients_.push_back({UniqueFd(back[0]), UniqueFd(there[1])});
        servers_.push_back({UniqueFd(there[0]), UniqueFd(back[1])});
      }
    }
  }
  bool Exchange(std::size_t client, std::uint64_t seed) override {
    Request(own_.data(), conditions_.words, seed);
    return WriteTo(clients_[client]) && ReadFrom(clients_[client]) &&
           IsReply(own_.data(), conditions_.words, seed);
  }
  bool Serve() override {
    clients_.clear();
    std::vector<pollfd> open;
    for (const Ends& ends : servers_) open.push_back({ends.in.get(), POLLIN, 0});
    for (std::size_t left = servers_.size(); left > 0;) {
      if (servers_.size() > 1 && ::poll(open.data(), open.size(), -1) <= 0) return false;
      for (std::size_t i = 0; i < servers_.size(); ++i) {
        if (open[i].fd < 0 || (servers_.size() > 1 && open[i].revents == 0)) continue;
        if (ReadFrom(servers_[i])) {
          Change(own_.data(), conditions_.words);
          if (!WriteTo(servers_[i])) return false;
        } else {
          open[i].fd = -1;  // the client is gone, which is how the server ends
          --left;
        }
      }
    }
    return true;
  }
  void StopServer() override { clients_.clear(); }
  void KeepOnly(std::size_t client) override {
    servers_.clear();
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      if (i != client) clients_[i] = {};
    }
  }

 private:
  struct Ends {
    UniqueFd in;
    UniqueFd out;
  };
  bool WriteTo(const Ends& ends) {
    return MoveAll([&](char* at, std::size_t n) { return ::write(ends.out.get(), at, n); },
                   own_.data(), conditions_.bytes());
  }
  bool ReadFrom(const Ends& ends) {
    return MoveAll([&](char* at, std::size_t n) { return ::read(ends.in.get(), at, n); },
                   own_.data(), conditions_.bytes());
  }

  Conditions conditions_;
  std::vector<std::uint64_t> own_;
  std::vector<Ends> clients_;
  std::vector<Ends> servers_;
};

}  // namespace

std::unique_ptr<Carrier> MakeCarrier(const std::string& name, const Conditions& conditions) {
  if (name == "spinning") return std::make_unique<InSegment<SpinningSignal>>(conditions);
  if (name == "futex") return std::make_unique<InSegment<FutexSignal>>(conditions);
  if (name == "semaphore") return std::make_unique<InSegment<SemaphoreSignal>>(conditions);
  if (name == "condition") return std::make_unique<InSegment<ConditionSignal>>(conditions);
  if (name == "file") return std::make_unique<InFile>(conditions);
  return std::make_unique<InStreams>(conditions, name == "sockets");
}

}  // namespace shmspec
