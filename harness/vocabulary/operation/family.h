// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The families of operations. The name of an operation begins with its family: `sysv.get`.

#ifndef SHMSPEC_HARNESS_VOCABULARY_OPERATION_FAMILY_H_
#define SHMSPEC_HARNESS_VOCABULARY_OPERATION_FAMILY_H_

#include <array>
#include <cstdint>

#include "harness/vocabulary/value/names.h"

namespace shmspec {

enum class Family : std::uint8_t {
  kSysv,
  kIpc,
  kMemory,
  kProcess,
  kMap,
  kSystem,
  kMemfd,
  kFile,
  kDescriptor,
  kPosix,
  kSegment,
  kSync,
};
template <>
struct NamesOf<Family> {
  static constexpr std::array kNames{Named<Family>{"sysv", Family::kSysv},
                                     Named<Family>{"ipc", Family::kIpc},
                                     Named<Family>{"memory", Family::kMemory},
                                     Named<Family>{"process", Family::kProcess},
                                     Named<Family>{"map", Family::kMap},
                                     Named<Family>{"system", Family::kSystem},
                                     Named<Family>{"memfd", Family::kMemfd},
                                     Named<Family>{"file", Family::kFile},
                                     Named<Family>{"descriptor", Family::kDescriptor},
                                     Named<Family>{"posix", Family::kPosix},
                                     Named<Family>{"segment", Family::kSegment},
                                     Named<Family>{"sync", Family::kSync}};
};

/// The family of an operation. A name that begins with no family does not compile.
template <class Op>
inline constexpr Family kFamilyOf = *FromName<Family>(Op::kName.substr(0, Op::kName.find('.')));

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_OPERATION_FAMILY_H_
