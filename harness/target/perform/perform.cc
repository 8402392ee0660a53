// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/perform/perform.h"

#include <limits>
#include <string>
#include <type_traits>

#include "harness/host/text_file.h"
#include "harness/target/perform/families.h"
#include "harness/vocabulary/value/check.h"

namespace shmspec {
namespace {

constexpr const char* kTooWide =
    "a 32-bit caller cannot pass a number that needs more than 32 bits";

/// Why the numbers of the operation do not fit: in the process, or in its calls; nullptr
/// when they do. A call with a truncated number would test something else.
template <class Op>
const char* CannotSay(const Op& op, const Context& context) {
  constexpr Family kFamily = kFamilyOf<Op>;
  if (kFamily == Family::kSystem) return nullptr;  // arguments of tools are text
  const bool sysv = kFamily == Family::kSysv;
  const SysvCalls& calls = context.sysv();
  const bool narrow = (sysv || kFamily == Family::kMap) && context.calls().low_memory;
  const std::uint64_t most = narrow ? std::numeric_limits<std::uint32_t>::max()
                                    : std::numeric_limits<std::uintptr_t>::max();
  // A handle without a value is all ones, which fits in any width.
  const char* why = nullptr;
  ForEachField<Op>([&](const auto& field) {
    const auto& value = op.*field.member;
    using Value = std::remove_cvref_t<decltype(value)>;
    if constexpr (std::is_same_v<Value, Address>) {
      const std::uint64_t address = context.AddressOf(value);
      if (address > most && ~address != 0) why = kTooWide;
    }
    if constexpr (std::is_same_v<Value, Size>) {
      if (value.bytes > most) why = kTooWide;
    }
    if constexpr (std::is_same_v<Value, Id>) {
      if (sysv && value.number > calls.largest_id) why = "the old records have 16 bits for an id";
    }
  });
  if constexpr (std::is_same_v<Op, SysvControl>) {
    if ((op.command & calls.record_bits) != 0) {
      why = "ipc(2) takes a bit of this command for the kind of record";
    }
  }
  return why;
}

}  // namespace

Outcome Perform(const Operation& operation, Context& context) {
  return std::visit(
      [&]<class Op>(const Op& op) -> Outcome {
        if constexpr (ConcerningOthers<Op>) {
          SHMSPEC_CHECK(false, "an operation on processes reached the target instead of the actor");
        } else {
          if (const char* why = CannotSay(op, context)) return Trouble{true, why};
          return perform::Do(op, context);
        }
      },
      operation);
}

std::int64_t IndexOfIdentifier(std::int64_t identifier) {
  static const std::int64_t mask = [] {
    const Result<std::string> line = ReadTextFile("/proc/cmdline");
    const bool extended = line.ok() && line->find("ipcmni_extend") != std::string::npos;
    return extended ? 0xffffff : 0x7fff;
  }();
  return identifier < 0 ? identifier : identifier & mask;
}

}  // namespace shmspec
