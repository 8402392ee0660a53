// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "reports/text/markup.h"

#include "reports/text/plain_text.h"

namespace shmspec::reports {

Markup& Markup::operator<<(Text text) {
  for (const char c : Printable(text.text)) {
    switch (c) {
      case '&':
        out_ += "&amp;";
        break;
      case '<':
        out_ += "&lt;";
        break;
      case '>':
        out_ += "&gt;";
        break;
      case '"':
        out_ += "&quot;";
        break;
      case '\'':
        out_ += "&#39;";
        break;
      default:
        out_ += c;
    }
  }
  return *this;
}

}  // namespace shmspec::reports
