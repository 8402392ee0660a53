// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Records turned into pages. A form of report is a file of its own that registers it:
//
//   const internal::FormRegistration registration(
//       {.name = "lava", .place = 70, .endings = {".txt"}, .render = &RenderLava});

#ifndef SHMSPEC_REPORTS_FORM_REPORT_H_
#define SHMSPEC_REPORTS_FORM_REPORT_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/record/record.h"

namespace shmspec::reports {

/// What a report can be. Every form says the same in the words of its readers.
struct Form {
  std::string_view name;  // `shmspec report --format NAME`
  int place = 0;          // where it is listed: the lowest number first
  /// Ends of the names of files that are of this form and never a record.
  std::vector<std::string_view> endings;
  /// Of one or more records; the same records give the same bytes.
  std::string (*render)(std::span<const Record> records) = nullptr;
  /// The same of one record, and what changed since another one; nullptr where the form has no
  /// words for that.
  std::string (*render_since)(const Record& record, const Record& before) = nullptr;
};

/// Every form of this program, by place.
const std::vector<Form>& AllForms();
/// The names of all forms, by place.
std::vector<std::string> FormNames();
/// The form of that name, or nullptr.
const Form* FindForm(std::string_view name);

/// The report of one or more records in a form that there is. With a baseline, which goes with one
/// record and a form that has words for it, it says what changed since.
std::string Render(std::string_view form, std::span<const Record> records,
                   const Record* baseline = nullptr);

namespace internal {
struct FormRegistration {
  explicit FormRegistration(Form form);
};
}  // namespace internal

}  // namespace shmspec::reports

#endif  // SHMSPEC_REPORTS_FORM_REPORT_H_
