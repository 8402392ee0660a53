// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Subcommands. Each registers itself in a file of its own, and no other names it:
//
//   struct ShowOptions { ... };
//   std::string Footer() { return "Examples:\n..."; }
//   void Declare(OptionList& options, ShowOptions& to) { ... }
//   int Show(const ShowOptions& options) { ... }
//
//   const internal::SubcommandRegistration registration({.name = "show",
//                                                        .about = "Explain a requirement",
//                                                        .place = 100,
//                                                        .footer = &Footer,
//                                                        .start = Performing(&Declare, &Show)});

#ifndef SHMSPEC_HARNESS_COMMAND_SUBCOMMAND_H_
#define SHMSPEC_HARNESS_COMMAND_SUBCOMMAND_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/command/option_list.h"

namespace shmspec {

/// The word that an option was given last on a command line with a mistake in it; empty when none.
using GivenWord = std::function<std::string(std::string_view option)>;

/// Declares options and returns what performs the subcommand with them. That returns an exit code
/// (console.h).
using SubcommandStart = std::function<std::function<int()>(OptionList& options)>;

struct Subcommand {
  std::string_view name;   // `waivers check` is a subcommand of `waivers`
  std::string_view about;  // one line of help
  int place = 0;           // where the help shows it: the lowest number first
  /// Lines about it among the examples of the whole program, each with its end.
  std::string_view examples = "";
  /// What its own help ends with: examples, and exit codes where they are not those of a run.
  std::string (*footer)() = nullptr;
  /// The exit code of a mistake in the command line, where it is not kExitUsage.
  int (*mistake)(const GivenWord& given) = nullptr;
  /// Empty where there are only subcommands of it.
  SubcommandStart start = nullptr;
};

/// A start that declares options of one type and performs what they say.
template <class Values>
SubcommandStart Performing(void (*declare)(OptionList&, Values&), int (*perform)(const Values&)) {
  return [=](OptionList& options) -> std::function<int()> {
    const auto values = std::make_shared<Values>();
    declare(options, *values);
    return [=] { return perform(*values); };
  };
}

/// Every subcommand of this program, by place, and those of another one after it.
std::vector<Subcommand> AllSubcommands();

namespace internal {
struct SubcommandRegistration {
  explicit SubcommandRegistration(Subcommand subcommand);
};
}  // namespace internal

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_SUBCOMMAND_H_
