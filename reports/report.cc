// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "reports/report.h"

#include "harness/vocabulary/value/check.h"

namespace shmspec::reports {

std::string Render(Form form, std::span<const Record> records, const Record* baseline) {
  SHMSPEC_CHECK(!records.empty(), "a report of no record");
  switch (form) {
    case Form::kHtml:
      break;
    case Form::kMarkdown:
      return RenderMarkdown(records);
    case Form::kJunit:
      return RenderJunit(records);
    case Form::kKtap:
      return RenderKtap(records);
    case Form::kCtrf:
      return RenderCtrf(records);
    case Form::kKcidb:
      return RenderKcidb(records);
    case Form::kLava:
      return RenderLava(records);
  }
  return RenderHtml(records, baseline);
}

}  // namespace shmspec::reports
