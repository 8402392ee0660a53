// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What an adapter writes, a program of somebody else: the first line says what it is, line N + 1
// answers step N. Each is understood, and says the same when it is written again; or one line says
// what was expected.

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/error_line.h"
#include "harness/vocabulary/form/adapter_lines.h"
#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/form/text_cursor.h"

namespace shmspec {
namespace {

std::string Introducing(const AdapterIntroduction& adapter) {
  std::string families;
  for (const auto& family : NamesOf<Family>::kNames) {
    if (!adapter.Offers(family.value)) continue;
    families += fmt::format("{}{}", families.empty() ? "" : ",", family.name);
  }
  return fmt::format("adapter library={} version={} offers={}", text::Quote(adapter.library),
                     text::Quote(adapter.version), families);
}

void CheckIntroduction(std::string_view line) {
  const Result<AdapterIntroduction> adapter = ReadIntroduction(line);
  if (!adapter.ok()) return CheckIsOneLine(adapter.error().message);
  const Result<AdapterIntroduction> again = ReadIntroduction(Introducing(*adapter));
  SHMSPEC_CHECK(again.ok() && again->library == adapter->library &&
                    again->version == adapter->version && again->offers == adapter->offers,
                "an introduction reads back as itself");
}

/// As an adapter would say it: where plans have no words for an outcome, in the protocol's own.
std::string Answering(const Outcome& outcome, std::uint32_t number) {
  std::string words = PrintOutcome(outcome, {});
  if (const auto* trouble = std::get_if<Trouble>(&outcome)) {
    words = "lacking " + text::Quote(trouble->reason);
  }
  if (outcome == Outcome(Failure{ErrorCode{kUnnamedError}})) words = "fails";
  return fmt::format("{} -> {}", number, words);
}

void CheckAnswer(std::string_view line, std::uint32_t number) {
  const Result<Outcome> outcome = ReadAnswer(line, number);
  if (!outcome.ok()) return CheckIsOneLine(outcome.error().message);
  const Result<Outcome> again = ReadAnswer(Answering(*outcome, number), number);
  SHMSPEC_CHECK(again.ok() && *again == *outcome, "an answer reads back as itself");
}

}  // namespace
}  // namespace shmspec

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  for (std::uint32_t number = 0; !rest.empty(); ++number) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() < rest.size() ? line.size() + 1 : line.size());
    number == 0 ? shmspec::CheckIntroduction(line) : shmspec::CheckAnswer(line, number);
  }
  return 0;
}
