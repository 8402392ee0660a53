// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Reading any bytes as a file of waivers gives waivers or one line with the position and the
// mistake; waivers that were read, written as TOML, read back as the same. At most one waiver holds
// for a case, one that names it and has not expired.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "fuzz/error_line.h"
#include "fuzz/toml_text.h"
#include "harness/runner/filter.h"
#include "harness/runner/waivers.h"

namespace shmspec {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

/// A small suite on a system of which a few facts are known, on a day.
const WaiverContext& Context() {
  static const std::vector<Case> cases{
      {"sysv.attach.one", {}}, {"sysv.attach.two", {}}, {"posix.open.one", {}}};
  static const std::vector<Fact> facts{{"machine", "x86_64", "", true},
                                       {"kernel.release", "6.1.0-18", "", true}};
  static const WaiverContext context{
      cases, facts,
      year_month_day{std::chrono::year{2026}, std::chrono::month{11}, std::chrono::day{26}}};
  return context;
}

void CheckHold(const Waivers& waivers) {
  const std::string today = DateText(Context().today);
  for (const Case& one : Context().cases) {
    const auto at = waivers.by_case.find(one.id);
    if (at == waivers.by_case.end()) continue;
    SHMSPEC_CHECK(at->second < waivers.entries.size(), "a case has a waiver of the file");
    const Waiver& waiver = waivers.entries[at->second];
    SHMSPEC_CHECK(std::any_of(waiver.tests.begin(), waiver.tests.end(),
                              [&](const std::string& glob) { return MatchesName(glob, one.id); }),
                  "the waiver of a case names it");
    SHMSPEC_CHECK(waiver.holds() && waiver.granted <= today && today <= waiver.expires,
                  "the waiver of a case holds here and now");
  }
}

toml::date DateOf(const std::string& text) {
  return toml::date(std::stoi(text.substr(0, 4)), std::stoi(text.substr(5, 2)),
                    std::stoi(text.substr(8)));
}

toml::table TableOf(const Waiver& waiver) {
  toml::table table{{"id", waiver.id},
                    {"reason", waiver.reason},
                    {"url", waiver.url},
                    {"owner", waiver.owner},
                    {"granted", DateOf(waiver.granted)},
                    {"expires", DateOf(waiver.expires)},
                    {"strict", waiver.strict}};
  AddList(table, "tests", waiver.tests);
  AddList(table, "expect", waiver.expect);
  AddList(table, "cause", waiver.cause);
  AddText(table, "when", waiver.when);
  if (waiver.action == WaiverAction::kDoNotRun) table.insert("action", "do-not-run");
  if (waiver.kind != WaiverClass::kNone) table.insert("class", std::string(NameOf(waiver.kind)));
  if (waiver.at_most) {
    table.insert("rate", toml::table{{"at_most", *waiver.at_most}, {"per", "attempt"}});
  }
  return table;
}

std::string Written(const Waivers& waivers) {
  toml::table document{{"format", "shmspec-waivers/1"}};
  toml::array entries;
  for (const Waiver& waiver : waivers.entries) entries.push_back(TableOf(waiver));
  if (!entries.empty()) document.insert("waiver", std::move(entries));
  return TomlText(document);
}

/// Whether they say the same.
bool AreAlike(const Waivers& one, const Waivers& other) {
  return one.by_case == other.by_case &&
         std::equal(one.entries.begin(), one.entries.end(), other.entries.begin(),
                    other.entries.end(), [](const Waiver& a, const Waiver& b) {
                      bool same = true;
                      const auto compare = [&](const auto& field) {
                        same = same && a.*field.member == b.*field.member;
                      };
                      Waiver::kFields.ForEach(compare);
                      return same;
                    });
}

}  // namespace
}  // namespace shmspec

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shmspec;  // NOLINT
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Waivers> waivers = ReadWaivers(text, kInputName, Context());
  if (!waivers.ok()) {
    CheckNamesPlace(waivers.error().message);
    return 0;
  }
  CheckHold(*waivers);
  const Result<Waivers> again = ReadWaivers(Written(*waivers), "written", Context());
  SHMSPEC_CHECK(again.ok() && AreAlike(*again, *waivers),
                "waivers that were read and written read back as the same");
  return 0;
}
