// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// HTML and XML that cannot be written unescaped by mistake: only literals of the program are
// written as they are, everything else is escaped as text.
//
//   markup << "<td title=\"" << Text(test.reason) << "\">" << test.line << "</td>";

#ifndef SHMSPEC_REPORTS_TEXT_MARKUP_H_
#define SHMSPEC_REPORTS_TEXT_MARKUP_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace shmspec::reports {

/// Markup known when the program is compiled.
class Literal {
 public:
  consteval Literal(const char* markup) : markup_(markup) {}  // NOLINT: stands for the literal
  constexpr std::string_view markup() const { return markup_; }

 private:
  std::string_view markup_;
};

/// Text of any origin, escaped for use between tags and inside quoted attributes.
struct Text {
  explicit Text(std::string_view shown) : text(shown) {}
  std::string_view text;
};

class Markup {
 public:
  Markup& operator<<(Literal literal) {
    out_ += literal.markup();
    return *this;
  }
  Markup& operator<<(Text text);
  Markup& operator<<(std::uint64_t number) {
    out_ += std::to_string(number);
    return *this;
  }
  /// Markup made before.
  Markup& operator<<(const Markup& other) {
    out_ += other.out_;
    return *this;
  }
  std::string Take() { return std::move(out_); }

 private:
  std::string out_;
};

}  // namespace shmspec::reports

#endif  // SHMSPEC_REPORTS_TEXT_MARKUP_H_
