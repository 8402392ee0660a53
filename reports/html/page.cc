// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The page: one file that loads nothing, needs no script and can be read, printed and kept.

#include "reports/html/page.h"

#include <cstdint>

#include "harness/vocabulary/value/sha256.h"
#include "reports/form/report.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

std::uint32_t HexValue(char digit) {
  return static_cast<std::uint32_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

/// Hexadecimal digits of whole bytes as base64 (RFC 4648).
std::string Base64OfHex(std::string_view hex) {
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 6) {
    std::uint32_t bits = 0;
    const std::size_t digits = std::min<std::size_t>(6, hex.size() - i);
    for (std::size_t j = 0; j < 6; ++j) bits = bits << 4 | (j < digits ? HexValue(hex[i + j]) : 0);
    const std::size_t letters = digits / 2 + 1;  // 3 bytes are 4 letters, 2 are 3, 1 is 2
    for (std::size_t j = 0; j < 4; ++j) {
      out += j < letters ? kAlphabet[bits >> (18 - 6 * j) & 63] : '=';
    }
  }
  return out;
}

/// The hash of a text in a content security policy.
std::string HashOf(std::string_view text) { return "sha256-" + Base64OfHex(Sha256(text)); }

/// The page may use its own style sheet and its own script, by their hashes, and nothing else.
void WriteHead(Markup& page, const View& view) {
  page << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '"
       << Text(HashOf(PageStyle())) << "'; script-src '" << Text(HashOf(PageScript()))
       << "'; base-uri 'none'; form-action 'none'\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"referrer\" content=\"no-referrer\">\n<title>";
  for (std::size_t i = 0; i < view.records.size(); ++i) {
    const std::string& conformant = view.records[i].conformant;
    if (i > 0) page << "; ";
    page << (conformant == "yes"  ? Literal("Conforms")
             : conformant == "no" ? Literal("Does not conform")
                                  : Literal("Undecided"))
         << ": " << Text(view.labels[i]);
  }
  page << " - shmspec</title>\n<style>";
}

void WriteNavigation(Markup& page, const View& view) {
  page << "<a class=\"skip\" href=\"#main\">To the results</a>\n"
          "<nav aria-label=\"On this page\"><ul><li class=\"brand\">shmspec</li>";
  for (const Part& part : AllParts()) {
    if (part.id.markup().empty() || !part.shown(view)) continue;
    page << "<li><a href=\"#" << part.id << "\">" << part.title << "</a></li>";
  }
  page << "</ul></nav>\n";
}

std::string RenderHtml(std::span<const Record> records, const Record* baseline) {
  const View view = ViewOf(records, baseline);
  Markup head;
  WriteHead(head, view);
  Markup page;
  page << "</style>\n</head>\n<body>\n";
  WriteNavigation(page, view);
  page << "<main id=\"main\">\n";
  for (const Part& part : AllParts()) {
    if (part.shown(view)) part.write(page, view);
  }
  page << "</main>\n<footer>Made by shmspec from "
       << Text(Counted(records.size(), "record", "records")) << ".</footer>\n<script>";
  return head.Take() + std::string(PageStyle()) + page.Take() + std::string(PageScript()) +
         "</script>\n</body>\n</html>\n";
}

const internal::FormRegistration registration(
    {.name = "html",
     .place = 10,
     .endings = {".html", ".htm"},
     .render = [](std::span<const Record> records) { return RenderHtml(records, nullptr); },
     .render_since =
         [](const Record& record, const Record& before) {
           return RenderHtml(std::span(&record, 1), &before);
         }});

}  // namespace
}  // namespace shmspec::reports
