// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Memory that the harness's own processes share. Never System V shared memory, because a test must
// not depend on what it tests.

#ifndef SHMSPEC_HARNESS_HOST_SHARED_FILE_H_
#define SHMSPEC_HARNESS_HOST_SHARED_FILE_H_

#include <cstddef>

#include "harness/vocabulary/value/result.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec {

/// An empty file without a name, closed on exec: memfd_create(2), or a temporary file in $TMPDIR,
/// /dev/shm or /tmp that is removed at once.
Result<UniqueFd> MakeSharedFile();

/// Makes the file at least that large, in bytes; what is new is zero.
Result<void> GrowSharedFile(int fd, std::size_t bytes);

/// Maps the first bytes of the file, to be shared.
Result<UniqueMapping> MapSharedFile(int fd, std::size_t bytes);

/// Memory that processes forked from here on share, for systems that offer no such file. It cannot
/// grow.
Result<UniqueMapping> MapSharedByFork(std::size_t bytes);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_HOST_SHARED_FILE_H_
