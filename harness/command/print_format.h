// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// In which of two ways a subcommand prints what it has to say.

#ifndef SHMSPEC_HARNESS_COMMAND_PRINT_FORMAT_H_
#define SHMSPEC_HARNESS_COMMAND_PRINT_FORMAT_H_

#include <array>
#include <cstdint>

#include "harness/vocabulary/value/names.h"

namespace shmspec {

enum class Format : std::uint8_t { kHuman, kJson };

template <>
struct NamesOf<Format> {
  static constexpr std::array kNames{Named<Format>{"human", Format::kHuman},
                                     Named<Format>{"json", Format::kJson}};
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_COMMAND_PRINT_FORMAT_H_
