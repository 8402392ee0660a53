// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Markup as reports write it, read strictly: stricter than parsers of XML and HTML are, which read
// the kept examples (`reports/form/forms_test.py`, `reports/page_test.py`).

#ifndef SHMSPEC_FUZZ_MARKUP_LAW_H_
#define SHMSPEC_FUZZ_MARKUP_LAW_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/value/check.h"

namespace shmspec {

/// Elements that are closed in their order, attributes in quotes and each once, no mark in text
/// that is not spelt out.
class StrictMarkup {
 public:
  enum class Kind { kXml, kHtml };

  StrictMarkup(std::string_view text, Kind kind) : rest_(text), kind_(kind) {
    while (!rest_.empty()) {
      CheckText(TakeUntil('<'));
      if (!rest_.empty()) TakeMark();
    }
    SHMSPEC_CHECK(open_.empty(), "an element is never closed");
  }

  /// How many elements have that name.
  std::size_t CountOf(std::string_view name) const {
    const auto at = counts_.find(name);
    return at == counts_.end() ? 0 : at->second;
  }

 private:
  static bool IsOfName(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  }
  /// Elements of HTML without an end.
  static bool IsVoid(std::string_view name) {
    return name == "meta" || name == "br" || name == "input";
  }

  std::string_view Take(std::size_t length) {
    const std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  std::string_view TakeUntil(char c) { return Take(std::min(rest_.find(c), rest_.size())); }
  bool Accept(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  std::string_view Name() {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), IsOfName);
    return Take(static_cast<std::size_t>(end - rest_.begin()));
  }
  void SkipSpaces() {
    while (Accept(" ") || Accept("\n")) continue;
  }

  /// Text, or the value of an attribute: `&` begins a character that is spelt out.
  static void CheckText(std::string_view text) {
    static constexpr std::array<std::string_view, 5> kSpelt{"&lt;", "&gt;", "&amp;", "&quot;",
                                                            "&#39;"};
    SHMSPEC_CHECK(text.find("]]>") == text.npos, "]]> stands in text");
    for (std::size_t at = text.find('&'); at != text.npos; at = text.find('&', at + 1)) {
      SHMSPEC_CHECK(
          std::any_of(kSpelt.begin(), kSpelt.end(),
                      [&](std::string_view one) { return text.substr(at).starts_with(one); }),
          "& stands in text");
    }
  }

  void TakeMark() {
    if (Accept("<?xml version=\"1.0\" encoding=\"UTF-8\"?>") || Accept("<!DOCTYPE html>")) return;
    if (Accept("</")) {
      const std::string_view name = Name();
      SHMSPEC_CHECK(!open_.empty() && open_.back() == name && Accept(">"),
                    "an end closes something else");
      open_.pop_back();
      return;
    }
    Take(1);
    const std::string_view name = Name();
    SHMSPEC_CHECK(!name.empty(), "< stands in text");
    ++counts_[std::string(name)];
    TakeAttributes();
    if (Accept("/>")) return;
    SHMSPEC_CHECK(Accept(">"), "a tag does not end");
    if (kind_ == Kind::kHtml && IsVoid(name)) return;
    open_.push_back(name);
    // What they hold is no markup, and ends with them.
    if (kind_ == Kind::kHtml && (name == "style" || name == "script")) {
      Take(std::min(rest_.find("</"), rest_.size()));
    }
  }

  void TakeAttributes() {
    std::set<std::string_view> seen;
    for (SkipSpaces(); !rest_.empty() && IsOfName(rest_[0]); SkipSpaces()) {
      SHMSPEC_CHECK(seen.insert(Name()).second, "an attribute is there twice");
      if (!Accept("=")) {
        SHMSPEC_CHECK(kind_ == Kind::kHtml, "an attribute has no value");
        continue;
      }
      SHMSPEC_CHECK(Accept("\""), "the value of an attribute is not in quotes");
      const std::string_view value = TakeUntil('"');
      SHMSPEC_CHECK(value.find('<') == value.npos, "< stands in an attribute");
      CheckText(value);
      SHMSPEC_CHECK(Accept("\""), "the value of an attribute does not end");
    }
  }

  std::string_view rest_;
  Kind kind_;
  std::vector<std::string_view> open_;
  std::map<std::string, std::size_t, std::less<>> counts_;
};

}  // namespace shmspec

#endif  // SHMSPEC_FUZZ_MARKUP_LAW_H_
