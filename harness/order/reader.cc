// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/order/reader.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <iterator>

#include "harness/vocabulary/value/one_line.h"

namespace shmspec::order {
namespace {

bool IsOfName(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Replaces what stands between two marks by spaces; returns where it ended.
std::size_t Blank(std::string& text, std::size_t start, std::string_view end) {
  const std::size_t found = text.find(end, start + 2);
  const std::size_t last = found == std::string::npos ? text.size()
                           : end == "\n"              ? found
                                                      : found + end.size();
  for (std::size_t i = start; i < last; ++i) {
    if (text[i] != '\n') text[i] = ' ';
  }
  return last;
}

std::string WithoutComments(std::string_view whole) {
  std::string text(whole);
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    const std::string_view mark = std::string_view(text).substr(at, 2);
    if (mark == "(*") at = Blank(text, at, "*)") - 1;
    if (mark == "/*") at = Blank(text, at, "*/") - 1;
    if (mark == "//") at = Blank(text, at, "\n") - 1;
  }
  return text;
}

}  // namespace

Reader::Reader(std::string_view text) : text_(WithoutComments(text)) {}

void Reader::SkipSpaces() {
  while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
}

bool Reader::AtEnd() {
  SkipSpaces();
  return at_ == text_.size();
}

char Reader::Peek() { return AtEnd() ? '\0' : text_[at_]; }

std::size_t Reader::Position() {
  SkipSpaces();
  return at_;
}

bool Reader::Accept(std::string_view text) {
  SkipSpaces();
  if (!ok() || !std::string_view(text_).substr(at_).starts_with(text)) return false;
  // A word is taken as a whole or not at all.
  const std::size_t end = at_ + text.size();
  if (IsOfName(text.back()) && end < text_.size() && IsOfName(text_[end])) return false;
  at_ = end;
  return true;
}

bool Reader::Demand(std::string_view text, std::string_view instead) {
  if (Accept(text)) return true;
  const std::string wanted =
      instead.empty() ? "\"" + std::string(text) + "\"" : std::string(instead);
  return Fail("expected " + wanted + ", found " + Found());
}

std::string Reader::NextName() {
  SkipSpaces();
  std::size_t end = at_;
  while (end < text_.size() && IsOfName(text_[end])) ++end;
  return text_.substr(at_, end - at_);
}

std::string Reader::Name() {
  if (!ok()) return "";
  const std::string name = NextName();
  at_ += name.size();
  return name;
}

bool Reader::Number(std::int64_t& out) {
  const std::size_t start = Position();
  const bool minus = Accept("-");
  std::string digits = Name();
  int base = 10;
  if (digits.starts_with("0x") || digits.starts_with("0X")) {
    digits.erase(0, 2);
    base = 16;
  }
  const char* last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, out, base);
  if (minus) out = -out;
  if (ok() && !digits.empty() && error == std::errc() && end == last) return true;
  GoTo(start);
  return Fail("expected a number, found " + Found());
}

bool Reader::SkipType() {
  static constexpr const char* kWords[] = {"volatile", "const",       "unsigned", "long",
                                           "int",      "atomic_int",  "uint64_t", "uint32_t",
                                           "int64_t",  "atomic_long", "int32_t",  "_Atomic"};
  const std::size_t start = Position();
  const auto accepts = [&](const char* word) { return Accept(word); };
  while (std::any_of(std::begin(kWords), std::end(kWords), accepts)) {
  }
  return Position() != start;
}

bool Reader::FailAt(std::size_t position, const std::string& message) {
  if (!message_) {
    message_ = message;
    failed_at_ = position;
  }
  return false;
}

std::string Reader::Found() {
  if (AtEnd()) return "the end of the file";
  std::size_t end = at_;
  while (end < text_.size() && IsOfName(text_[end])) ++end;
  if (end == at_) ++end;
  const std::string found = text_.substr(at_, std::min<std::size_t>(end - at_, 24));
  return "\"" + found + "\"";
}

Error Reader::ErrorIn(const std::string& file) const {
  const auto end = text_.begin() + static_cast<std::ptrdiff_t>(failed_at_);
  const auto line = std::count(text_.begin(), end, '\n') + 1;
  const std::size_t before =
      failed_at_ == 0 ? std::string::npos : text_.rfind('\n', failed_at_ - 1);
  const std::size_t column = before == std::string::npos ? failed_at_ + 1 : failed_at_ - before;
  return Error{file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " +
               OnOneLine(message_.value_or("no failure"))};
}

std::size_t Reader::LocationOf(const std::string& name) {
  auto& all = test_.locations;
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Location& one) { return one.name == name; });
  const auto index = static_cast<std::size_t>(found - all.begin());
  if (found == all.end()) all.push_back({name, 0});
  return index;
}

std::string KeyOfRegister(Language language, const std::string& name) {
  if (language == Language::kC) return name;
  std::string key;
  for (const char c : name) key += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (key.size() == 3 && (key[0] == 'E' || key[0] == 'R') &&
      std::isalpha(static_cast<unsigned char>(key[1])) != 0) {
    return key.substr(1);
  }
  const bool numbered =
      key.size() > 2 && key[0] == 'R' && std::isdigit(static_cast<unsigned char>(key[1])) != 0;
  if (numbered && std::isalpha(static_cast<unsigned char>(key.back())) != 0) key.pop_back();
  return key;
}

std::size_t Reader::RegisterOf(std::size_t thread, const std::string& name) {
  const std::string key = KeyOfRegister(test_.language, name);
  auto& all = test_.threads[thread].registers;
  const auto found = std::find_if(all.begin(), all.end(), [&](const Local& one) {
    return KeyOfRegister(test_.language, one.name) == key;
  });
  const auto index = static_cast<std::size_t>(found - all.begin());
  if (found == all.end()) {
    all.push_back({name, 0});
    for (const Beginning& one : beginnings_) {
      if (one.thread == thread && KeyOfRegister(test_.language, one.name) == key) {
        all.back().value = one.number;
      }
    }
  }
  return index;
}

bool Reader::Begins(std::size_t thread, const std::string& name) const {
  return std::any_of(beginnings_.begin(), beginnings_.end(), [&](const Beginning& one) {
    return one.thread == thread &&
           KeyOfRegister(test_.language, one.name) == KeyOfRegister(test_.language, name);
  });
}

std::optional<std::size_t> Reader::PointedTo(std::size_t thread, const std::string& name) {
  for (const Beginning& one : beginnings_) {
    if (one.thread == thread && one.address_of &&
        KeyOfRegister(test_.language, one.name) == KeyOfRegister(test_.language, name)) {
      return one.address_of;
    }
  }
  return std::nullopt;
}

bool Reader::Add(std::size_t thread, const Instruction& instruction, std::size_t position) {
  if (!ok()) return false;
  auto& all = test_.threads[thread].instructions;
  if (all.size() == kMostInstructions) {
    return FailAt(position, "expected at most " + std::to_string(kMostInstructions) +
                                " instructions of a thread; leave some out");
  }
  all.push_back(instruction);
  return true;
}

}  // namespace shmspec::order
