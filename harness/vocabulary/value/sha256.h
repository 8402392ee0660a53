// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// SHA-256 (FIPS 180-4), for fingerprints in records. Of our own because the static program must not
// drag a cryptography library along for one hash.

#ifndef SHMSPEC_HARNESS_VOCABULARY_VALUE_SHA256_H_
#define SHMSPEC_HARNESS_VOCABULARY_VALUE_SHA256_H_

#include <string>
#include <string_view>

namespace shmspec {

/// The digest in 64 lower-case hexadecimal digits.
std::string Sha256(std::string_view bytes);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_VALUE_SHA256_H_
