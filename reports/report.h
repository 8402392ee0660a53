// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Records turned into pages.

#ifndef SHMSPEC_REPORTS_REPORT_H_
#define SHMSPEC_REPORTS_REPORT_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "harness/vocabulary/value/names.h"
#include "reports/record.h"

namespace shmspec {
namespace reports {

/// The forms of a report. Each form has the same content in the words of its readers.
enum class Form : std::uint8_t { kHtml, kMarkdown, kJunit, kKtap, kCtrf, kKcidb, kLava };

/// The report of one or more records; the same records give the same bytes. With a baseline, which
/// goes with one record and the form html, it shows what changed since.
std::string Render(Form form, std::span<const Record> records, const Record* baseline = nullptr);

std::string RenderHtml(std::span<const Record> records, const Record* baseline = nullptr);
std::string RenderMarkdown(std::span<const Record> records);
std::string RenderJunit(std::span<const Record> records);
std::string RenderKtap(std::span<const Record> records);
std::string RenderCtrf(std::span<const Record> records);
std::string RenderKcidb(std::span<const Record> records);
std::string RenderLava(std::span<const Record> records);

}  // namespace reports

template <>
struct NamesOf<reports::Form> {
  static constexpr std::array kNames{Named<reports::Form>{"html", reports::Form::kHtml},
                                     Named<reports::Form>{"markdown", reports::Form::kMarkdown},
                                     Named<reports::Form>{"junit", reports::Form::kJunit},
                                     Named<reports::Form>{"ktap", reports::Form::kKtap},
                                     Named<reports::Form>{"ctrf", reports::Form::kCtrf},
                                     Named<reports::Form>{"kcidb", reports::Form::kKcidb},
                                     Named<reports::Form>{"lava", reports::Form::kLava}};
};

}  // namespace shmspec

#endif  // SHMSPEC_REPORTS_REPORT_H_
