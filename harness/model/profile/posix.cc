// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <array>
#include <cerrno>

#include "harness/model/profile/profile.h"

namespace shmspec::model {
namespace {

constexpr std::array kAddressErrors{EINVAL, ENOMEM, EPERM};

}  // namespace

// Silent about everything that this does not name.
constinit const Profile kPosix{
    .name = "posix",
    .describes = "POSIX.1-2017 with XSI, whatever any system may do within it",
    .sysv = {.address_errors = kAddressErrors},
};

}  // namespace shmspec::model
