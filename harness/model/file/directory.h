// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What the calls on names in /dev/shm share.

#ifndef SHMSPEC_HARNESS_MODEL_FILE_DIRECTORY_H_
#define SHMSPEC_HARNESS_MODEL_FILE_DIRECTORY_H_

#include <string>
#include <string_view>

#include "harness/model/language/clauses.h"
#include "harness/model/language/scene.h"

namespace shmspec::model {

inline constexpr std::uint32_t kStickyBit = 01000;

/// The name as the system gets it, up to the first NUL and without the slashes it begins with.
std::string_view PlainName(const std::string& name);

/// What the C library makes of a name.
enum class NameKind { kPlain, kUnspecified, kRefused };
/// kRefused: no library lets it reach the system. kUnspecified: the profile does not say what it
/// stands for.
NameKind KindOf(const std::string& name, const Scene& scene);

/// The file system that the caller has at /dev/shm, or null.
const FileSystem* ShmOf(const Scene& scene);
/// The entry of that name there, or null.
const DirectoryEntry* FindEntry(const Scene& scene, const std::string& name);

/// A new file there, of the caller, for AddNode.
Node FreshNode(const Scene& scene, Mode mode);
/// Whether the caller may remove the name from a sticky directory.
Says MayRemove(const Scene& scene, const FileSystem& system, const DirectoryEntry& entry);

/// Adds the errors of a caller that may not look up names, or not change them.
void DescribeSearch(const Scene& scene, Clauses& clauses);
void DescribeChange(const Scene& scene, Requirements requirements, Clauses& clauses);
/// Adds the error of a directory in which there is no room for another name.
void DescribeRoomForName(const Scene& scene, Clauses& clauses);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_FILE_DIRECTORY_H_
