// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/command/subcommand.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "harness/vocabulary/value/check.h"

namespace shmspec {
namespace {

std::vector<Subcommand>& Registered() {
  static std::vector<Subcommand> registered;
  return registered;
}

bool IsPart(const Subcommand& one) { return one.name.find(' ') != std::string_view::npos; }

}  // namespace

std::vector<Subcommand> AllSubcommands() {
  std::vector<Subcommand> all = Registered();
  std::sort(all.begin(), all.end(), [](const Subcommand& a, const Subcommand& b) {
    return std::tuple(IsPart(a), a.place, a.name) < std::tuple(IsPart(b), b.place, b.name);
  });
  return all;
}

namespace internal {

SubcommandRegistration::SubcommandRegistration(Subcommand subcommand) {
  const bool known =
      std::any_of(Registered().begin(), Registered().end(),
                  [&](const Subcommand& one) { return one.name == subcommand.name; });
  SHMSPEC_CHECK(!known, "two subcommands of one name");
  Registered().push_back(std::move(subcommand));
}

}  // namespace internal
}  // namespace shmspec
