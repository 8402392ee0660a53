// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What wrapper libraries document differently from what most of them have in common.

#ifndef SHMSPEC_HARNESS_MODEL_PROFILE_LIBRARY_PROFILE_H_
#define SHMSPEC_HARNESS_MODEL_PROFILE_LIBRARY_PROFILE_H_

#include <array>
#include <string_view>

#include "harness/model/profile/says.h"

namespace shmspec::model {

struct LibraryProfile {
  /// The segment is gone when the last object or attach of it ends, unless a process was killed.
  Says ends_with_last_detach = Says::kSilent;
  /// The segment is gone when the object that made it is closed, or its process exits.
  Says ends_with_creator = Says::kSilent;
  /// The size that is reported may be larger, up to the end of the page.
  Says size_rounds_up = Says::kSilent;
  /// Without a mode other users may read, or write.
  Says others_may_read = Says::kSilent;
  Says others_may_write = Says::kSilent;
  /// What is opened for reading can be attached for writing.
  Says open_ignores_read_only = Says::kSilent;
  /// There is no exclusive creation: a segment that exists is opened.
  Says create_opens = Says::kSilent;
  /// The bytes of a new segment need not be zero.
  Says no_zeros = Says::kSilent;
};

/// What most libraries do.
inline constexpr LibraryProfile kUsualLibrary{Says::kNo, Says::kNo, Says::kNo, Says::kNo,
                                              Says::kNo, Says::kNo, Says::kNo, Says::kNo};

/// A field and its name in the file of a profile (`--adapter-profile`).
struct LibraryRule {
  std::string_view name;
  Says LibraryProfile::*field;
};

inline constexpr std::array kLibraryRules{
    LibraryRule{"ends_with_last_detach", &LibraryProfile::ends_with_last_detach},
    LibraryRule{"ends_with_creator", &LibraryProfile::ends_with_creator},
    LibraryRule{"size_rounds_up", &LibraryProfile::size_rounds_up},
    LibraryRule{"others_may_read", &LibraryProfile::others_may_read},
    LibraryRule{"others_may_write", &LibraryProfile::others_may_write},
    LibraryRule{"open_ignores_read_only", &LibraryProfile::open_ignores_read_only},
    LibraryRule{"create_opens", &LibraryProfile::create_opens},
    LibraryRule{"no_zeros", &LibraryProfile::no_zeros}};

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_PROFILE_LIBRARY_PROFILE_H_
