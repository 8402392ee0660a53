// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Which names are those of files in /dev/shm and of nothing else.

#ifndef SHMSPEC_HARNESS_TARGET_CALL_OBJECT_NAME_H_
#define SHMSPEC_HARNESS_TARGET_CALL_OBJECT_NAME_H_

#include <string>
#include <string_view>

namespace shmspec {

/// The path of the object of that name; empty when the name could lead out of /dev/shm. Slashes
/// that it begins with do not count.
inline std::string PathOfObject(std::string_view name) {
  name = name.substr(0, name.find('\0'));
  name.remove_prefix(name.find_first_not_of('/') < name.size() ? name.find_first_not_of('/')
                                                               : name.size());
  const bool stays =
      !name.empty() && name != "." && name != ".." && name.find('/') == std::string_view::npos;
  return stays ? "/dev/shm/" + std::string(name) : std::string();
}

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_CALL_OBJECT_NAME_H_
