// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "reports/report.h"

#include "harness/vocabulary/check.h"

namespace shmspec::reports {

std::string Render(Form form, std::span<const Record> records) {
  SHMSPEC_CHECK(!records.empty(), "a report of no record");
  switch (form) {
    case Form::kHtml:
      break;
  }
  return RenderHtml(records);
}

}  // namespace shmspec::reports
