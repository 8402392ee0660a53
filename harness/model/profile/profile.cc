// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/profile/profile.h"

#include <array>

namespace shmspec::model {
namespace {

constexpr std::array kProfiles{&kLinux, &kPosix};

}  // namespace

const Profile* FindProfile(std::string_view name) {
  for (const Profile* profile : kProfiles) {
    if (profile->name == name) return profile;
  }
  return nullptr;
}

std::span<const Profile* const> AllProfiles() { return kProfiles; }

}  // namespace shmspec::model
