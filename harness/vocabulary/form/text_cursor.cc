// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/vocabulary/form/text_cursor.h"

#include <charconv>
#include <limits>
#include <utility>

#include "harness/vocabulary/value/wide_number.h"

namespace shmspec::text {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsNameCharacter(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool IsWordCharacter(char c) {
  return IsNameCharacter(c) || c == '.' || c == ':' || c == '-' || c == '/';
}

int HexDigit(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

void Cursor::SkipSpaces() {
  while (Peek() == ' ' || Peek() == '\t') ++at_;
}

bool Cursor::Accept(std::string_view text) {
  if (!ok() || !Rest().starts_with(text)) return false;
  at_ += text.size();
  return true;
}

bool Cursor::Demand(std::string_view text) {
  return Accept(text) || Fail("expected \"" + std::string(text) + "\", found " + Found());
}

std::string_view Cursor::Word() {
  const std::size_t start = at_;
  while (!AtEnd() && IsWordCharacter(Peek()) && !Rest().starts_with("..")) ++at_;
  return line_.substr(start, at_ - start);
}

std::string_view Cursor::Name() {
  const std::size_t start = at_;
  while (!AtEnd() && IsNameCharacter(Peek())) ++at_;
  return line_.substr(start, at_ - start);
}

std::optional<Number> Cursor::TakeNumber() {
  if (!ok()) return std::nullopt;
  const std::size_t start = at_;
  Number number;
  number.negative = Accept("-");
  int base = 10;
  if (Accept("0x")) {
    base = 16;
  } else if (Rest().size() > 1 && Peek() == '0' && IsDigit(Rest()[1])) {
    base = 8;
  }
  const char* first = line_.data() + at_;
  const char* last = line_.data() + line_.size();
  const auto [end, error] = std::from_chars(first, last, number.magnitude, base);
  if (error == std::errc() && end != first) {
    at_ += static_cast<std::size_t>(end - first);
    if (base == 10 && Accept("p")) return TakePages(number, start);
    if (AtEnd() || !IsWordCharacter(Peek()) || Rest().starts_with("..")) return number;
  }
  at_ = start;
  if (error == std::errc::result_out_of_range) {
    Fail("expected a number of at most 2^64 - 1, found " + Found());
  } else if (error == std::errc() && end != first) {
    Fail("expected a number without a unit or anything else behind it, found " + Found());
  } else {
    Fail("expected a number, found " + Found());
  }
  return std::nullopt;
}

std::optional<Number> Cursor::TakePages(const Number& count, std::size_t start) {
  took_pages_ = true;
  WideNumber bytes = count.magnitude * page_;
  const bool fits = count.magnitude <= std::numeric_limits<std::uint64_t>::max() / page_;
  if (count.negative) bytes = -bytes;
  const bool more = (Peek() == '+' || Peek() == '-') && Rest().size() > 1 && IsDigit(Rest()[1]);
  if (more) {
    const bool minus = Peek() == '-';
    ++at_;
    const auto rest = TakeNumber();
    if (!rest) return std::nullopt;
    bytes = minus ? bytes - rest->magnitude : bytes + rest->magnitude;
  }
  if (!fits) {
    FailAt(start, "expected a number of at most 2^64 - 1");
    return std::nullopt;
  }
  if (!AtEnd() && IsWordCharacter(Peek()) && !Rest().starts_with("..")) {
    Fail("expected pages, with or without bytes behind them, such as 2p or 1p+1, found " + Found());
    return std::nullopt;
  }
  const bool negative = bytes < 0;
  return Number{negative, static_cast<std::uint64_t>(negative ? -bytes : bytes)};
}

bool Cursor::TakeQuoted(std::string& out) {
  out.clear();
  const std::size_t start = at_;
  if (!Demand("\"")) return false;
  while (!AtEnd()) {
    const char c = line_[at_++];
    if (c == '"') return true;
    if (c != '\\') {
      out += c;
      continue;
    }
    const char escape = Peek();
    if (escape == '"' || escape == '\\') {
      out += escape;
      ++at_;
    } else if (escape == 'n') {
      out += '\n';
      ++at_;
    } else if (escape == 'x' && Rest().size() >= 3 && HexDigit(Rest()[1]) >= 0 &&
               HexDigit(Rest()[2]) >= 0) {
      out += static_cast<char>(HexDigit(Rest()[1]) * 16 + HexDigit(Rest()[2]));
      at_ += 3;
    } else {
      return Fail("expected one of the escapes \\\" \\\\ \\n \\xNN");
    }
  }
  return FailAt(start, "expected a closing quote before the end of the line");
}

bool Cursor::FailAt(std::size_t position, std::string message) {
  if (!message_) {
    failed_at_ = position;
    message_ = std::move(message);
  }
  return false;
}

std::string Cursor::Found() const {
  if (AtEnd()) return "the end of the line";
  std::string_view rest = Rest().substr(0, 24);
  const std::size_t space = rest.find_first_of(" \t", 1);
  return Quote(rest.substr(0, space));
}

std::string Quote(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (byte < 0x20 || byte >= 0x7f) {
      quoted += "\\x";
      quoted += "0123456789abcdef"[byte >> 4];
      quoted += "0123456789abcdef"[byte & 15];
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

}  // namespace shmspec::text
