// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The adapter of a run: the program through which a library is used, and what the library documents
// differently (harness/target/wrapper/README.md).

#ifndef SHMSPEC_HARNESS_RUNNER_ADAPTER_H_
#define SHMSPEC_HARNESS_RUNNER_ADAPTER_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/actor/adapter.h"
#include "harness/model/profile/profile.h"
#include "harness/runner/case.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// The name of the target, in records and in `--target`.
inline constexpr std::string_view kAdapterTarget = "adapter";

struct RunAdapter {
  AdapterProgram program;
  AdapterIntroduction introduction;
  std::string command;       // as it was given
  std::string profile_file;  // empty: none was given
  /// The profile of the run with what the library documents differently.
  std::shared_ptr<const model::Profile> profile;

  explicit operator bool() const { return static_cast<bool>(program); }
};

/// The words of a command line, as a shell reads them: blanks between them, quotes, backslashes.
Result<std::vector<std::string>> SplitWords(std::string_view line);

/// Starts the program once and asks what it is.
Result<AdapterIntroduction> Introduce(const AdapterProgram& program);

/// Reads what a library documents differently: tables [[differs]] with a rule and its source. The
/// error is one line, `FILE:LINE:COLUMN: what was expected`.
Result<model::LibraryProfile> ReadLibraryProfile(std::string_view text, const std::string& file);

/// Whether a run selects the case when no filter names any: with an adapter those that it can
/// perform and that use what it offers, without one those that need no library.
bool IsForAdapter(const Case& test_case, const RunAdapter& adapter);

/// `--adapter 'PROGRAM' --adapter-profile FILE`.
std::string AdapterOptions(const RunAdapter& adapter);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_RUNNER_ADAPTER_H_
