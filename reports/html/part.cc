// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <algorithm>
#include <tuple>

#include "reports/html/page.h"

namespace shmspec::reports {
namespace {

/// By place. Parts register themselves before main() begins, and none after.
std::vector<Part>& Registered() {
  static std::vector<Part> registered;
  return registered;
}

}  // namespace

const std::vector<Part>& AllParts() { return Registered(); }

namespace internal {

PartRegistration::PartRegistration(Part part) {
  std::vector<Part>& parts = Registered();
  const auto after =
      std::upper_bound(parts.begin(), parts.end(), part, [](const Part& a, const Part& b) {
        return std::tuple(a.place, a.id.markup()) < std::tuple(b.place, b.id.markup());
      });
  parts.insert(after, part);
}

}  // namespace internal
}  // namespace shmspec::reports
