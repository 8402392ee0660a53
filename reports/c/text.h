// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The parts of c_program.h, and how values are written in C.

#ifndef SHMSPEC_REPORTS_C_TEXT_H_
#define SHMSPEC_REPORTS_C_TEXT_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "harness/vocabulary/plan/plan.h"
#include "harness/vocabulary/value/result.h"
#include "reports/record/record.h"

namespace shmspec::reports {

/// `h->s0`, `h->a1 + 8`, `-1`.
std::string CReference(const Reference& reference);
/// `EINVAL`, `SIGSEGV`; a number where there is no name.
std::string CErrno(int error);
std::string CSignal(int signal);
std::string CNumber(std::int64_t number);
/// A string literal of the text on one line, with everything escaped.
std::string CString(std::string_view text);
/// `u1` for a user of plans, `1000u` for any other user or group.
std::string CId(Id id);

/// `NULL` or an expression that gives the address.
std::string CAddress(const Address& place);
/// A number of bytes.
std::string CSize(std::uint64_t bytes);

/// A bit and its name in C.
using CFlagName = std::pair<std::uint64_t, const char*>;
/// The bits by their names, the rest in octal.
std::string CFlags(std::uint64_t bits, std::span<const CFlagName> names);
inline constexpr CFlagName kCProtection[] = {{1, "PROT_READ"}, {2, "PROT_WRITE"}, {4, "PROT_EXEC"}};

/// Statements for an operation on a file, a descriptor or a mapping of one; nothing for others.
std::optional<std::string> CFileStatements(const Operation& operation);

/// Statements that perform a step and put its outcome into `o`. The error names the operation.
Result<std::string> CStatements(const Step& step);

/// Statements that give a process the identity of an actor; empty when it stays as it is.
Result<std::string> CIdentity(const ActorSpec& actor);

/// An expression that is true when `o` is what the pattern means.
std::string CCondition(const Pattern& pattern);

/// The part of an objection by the specification that applies to any run: of records the fields in
/// which it was not met, and no process ids, identifiers and times, which are of one run. Nothing
/// when that leaves nothing.
Pattern DemandOf(const Objection& objection, std::span<const ActorSpec> actors);

/// A part of a program, included when the program has the text `used_as`.
struct CPart {
  std::string_view used_as;
  std::string_view code;
};
/// The parts about files in memory, descriptors and lists of rights.
std::span<const CPart> CFileParts();

/// The parts of the program that do not depend on the plan; leaves out those that `body` does not
/// use, about which the compiler would warn.
std::string CBeginning(const std::string& body);
/// The parts by which actors take turns and print steps.
std::string_view CActors();
std::string_view CShow();

}  // namespace shmspec::reports

#endif  // SHMSPEC_REPORTS_C_TEXT_H_
