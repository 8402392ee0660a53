// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The text of a litmus test from left to right, and the test that it has made so far. Private to
// this folder.

#ifndef SHMSPEC_HARNESS_ORDER_READER_H_
#define SHMSPEC_HARNESS_ORDER_READER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/order/litmus.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec::order {

/// What a register holds at first, as the text says before its thread is known.
struct Beginning {
  std::size_t thread = 0;
  std::string name;
  std::int64_t number = 0;
  std::optional<std::size_t> address_of;  // a location
};

/// Once something failed, everything after it fails as well. Functions that return a bool return
/// whether all is well.
class Reader {
 public:
  /// Comments become spaces, so that positions stay.
  explicit Reader(std::string_view text);

  Litmus& test() { return test_; }
  std::vector<Beginning>& beginnings() { return beginnings_; }

  bool ok() const { return !message_; }
  bool AtEnd();
  char Peek();
  std::size_t Position();
  void GoTo(std::size_t position) { at_ = position; }
  std::string_view text() const { return text_; }

  bool Accept(std::string_view text);
  bool Demand(std::string_view text, std::string_view instead = "");
  /// A name, which may be empty.
  std::string Name();
  /// The same, without taking it.
  std::string NextName();
  bool Number(std::int64_t& out);
  /// Takes words of types, since every value is a number; whether there were any.
  bool SkipType();

  bool Fail(const std::string& message) { return FailAt(Position(), message); }
  bool FailAt(std::size_t position, const std::string& message);
  /// What stands here, for messages.
  std::string Found();
  /// The failure, with the line and the column of it.
  Error ErrorIn(const std::string& file) const;

  /// The location of that name, made if it is new.
  std::size_t LocationOf(const std::string& name);
  /// The register of that name of a thread, made if it is new.
  std::size_t RegisterOf(std::size_t thread, const std::string& name);
  /// Whether the initial state gives a register a value.
  bool Begins(std::size_t thread, const std::string& name) const;
  /// The location that a register holds the address of.
  std::optional<std::size_t> PointedTo(std::size_t thread, const std::string& name);
  /// Adds an instruction to a thread.
  bool Add(std::size_t thread, const Instruction& instruction, std::size_t position);

 private:
  void SkipSpaces();

  std::string text_;
  std::size_t at_ = 0;
  std::size_t failed_at_ = 0;
  std::optional<std::string> message_;
  Litmus test_;
  std::vector<Beginning> beginnings_;
};

/// The same for names of one register: `EAX`, `rax` and `%eax`.
std::string KeyOfRegister(Language language, const std::string& name);

/// The parts of a test: what stands between the header and the condition, in each language.
bool ReadX86Threads(Reader& reader);
bool ReadCThreads(Reader& reader);
/// The initial state, and what stands behind the threads.
bool ReadBeginning(Reader& reader);
bool ReadCondition(Reader& reader);

}  // namespace shmspec::order

#endif  // SHMSPEC_HARNESS_ORDER_READER_H_
