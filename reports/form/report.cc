// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "reports/form/report.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "harness/vocabulary/value/check.h"

namespace shmspec::reports {
namespace {

/// By place. Forms register themselves before main() begins, and none after.
std::vector<Form>& Registered() {
  static std::vector<Form> registered;
  return registered;
}

}  // namespace

const std::vector<Form>& AllForms() { return Registered(); }

std::vector<std::string> FormNames() {
  std::vector<std::string> names;
  for (const Form& form : Registered()) names.emplace_back(form.name);
  return names;
}

const Form* FindForm(std::string_view name) {
  const std::vector<Form>& forms = Registered();
  const auto found =
      std::find_if(forms.begin(), forms.end(), [&](const Form& form) { return form.name == name; });
  return found == forms.end() ? nullptr : &*found;
}

std::string Render(std::string_view form, std::span<const Record> records, const Record* baseline) {
  SHMSPEC_CHECK(!records.empty(), "a report of no record");
  const Form* found = FindForm(form);
  SHMSPEC_CHECK(found != nullptr, "there is no such form of report");
  if (baseline == nullptr) return found->render(records);
  SHMSPEC_CHECK(records.size() == 1 && found->render_since != nullptr,
                "only one record is compared, in a form with words for it");
  return found->render_since(records.front(), *baseline);
}

namespace internal {

FormRegistration::FormRegistration(Form form) {
  SHMSPEC_CHECK(FindForm(form.name) == nullptr, "two forms of report of one name");
  std::vector<Form>& forms = Registered();
  const auto after =
      std::upper_bound(forms.begin(), forms.end(), form, [](const Form& a, const Form& b) {
        return std::tuple(a.place, a.name) < std::tuple(b.place, b.name);
      });
  forms.insert(after, std::move(form));
}

}  // namespace internal
}  // namespace shmspec::reports
