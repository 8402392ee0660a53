// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A program that uses a library for an actor, and speaks in lines (adapter_lines.h). It is a
// stranger: it gets nothing of this process but its ids, its namespaces and two pipes.
//
//   Result<std::unique_ptr<Adapter>> adapter = Adapter::Start({.words = {"./my_adapter"}}, 5000);
//   Adapter::Heard heard = (*adapter)->Ask("1 segment.remove name=\"n0\"", 5000);

#ifndef SHMSPEC_HARNESS_ACTOR_ADAPTER_H_
#define SHMSPEC_HARNESS_ACTOR_ADAPTER_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/host/pipe.h"
#include "harness/vocabulary/form/adapter_lines.h"
#include "harness/vocabulary/outcome/outcome.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// The program of an adapter, and what it is known to offer.
struct AdapterProgram {
  std::vector<std::string> words;  // of its command line; none: there is no adapter
  std::uint32_t offers = 0;        // bit N for the Nth family
  /// The user and group that it runs as where its actor has the ids of shmspec; -1: those.
  std::int64_t user = -1;
  bool shows_errors = false;  // its standard error is that of shmspec

  explicit operator bool() const { return !words.empty(); }
};

class Adapter {
 public:
  /// A line, or why there is none.
  struct Heard {
    enum class Kind : std::uint8_t { kLine, kLate, kEnded, kBad };
    Kind kind = Kind::kLate;
    std::string line;
    Gone end;         // of the program, with kEnded
    std::string why;  // with kBad: what the program did
  };

  /// Starts the program and hears what it is. The error says what it did instead.
  static Result<std::unique_ptr<Adapter>> Start(const AdapterProgram& program,
                                                std::int64_t timeout_ms);
  Adapter(const Adapter&) = delete;
  Adapter& operator=(const Adapter&) = delete;
  /// Ends the program.
  ~Adapter();

  const AdapterIntroduction& introduction() const { return introduction_; }
  pid_t pid() const { return pid_; }

  /// Sends a line and hears the one that answers it.
  Heard Ask(std::string_view line, std::int64_t timeout_ms);

  /// The same in two halves.
  bool Send(std::string_view line);
  Heard Hear(std::int64_t timeout_ms);

  /// The line that it has written, if it has; waits at most `timeout_ms` and looks for nothing
  /// else.
  std::optional<std::string> TakeLine(std::int64_t timeout_ms);

  /// Closes its input and waits until it has ended; if it has not by then it is killed. Nothing
  /// then, and when it had ended before. What it has started goes on (strays.h).
  std::optional<Gone> End(std::int64_t timeout_ms);

  /// Its end was seen by somebody else.
  void NoteEnded() { pid_ = 0; }

 private:
  Adapter() = default;
  /// Notes the end if it has ended.
  std::optional<Gone> Reap();

  pid_t pid_ = 0;  // 0: it has ended
  UniqueFd to_;
  UniqueFd from_;
  std::string read_;  // and not yet used
  AdapterIntroduction introduction_;
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_ACTOR_ADAPTER_H_
