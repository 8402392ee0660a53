// SPDX-License-Identifier: Apache-2.0 OR MIT

#ifndef SHMSPEC_HARNESS_VOCABULARY_RECORD_FACT_H_
#define SHMSPEC_HARNESS_VOCABULARY_RECORD_FACT_H_

#include <string>
#include <string_view>

#include "harness/vocabulary/record/member.h"

namespace shmspec::record {

/// One fact of the system. Never an error: a fact that cannot be read is `unknown`.
struct Fact {
  static constexpr std::string_view kName = "fact";
  std::string name;  // `kernel.release`
  std::string value;
  std::string source;
  bool stable = true;
  static constexpr auto kKey = &Fact::name;
  static constexpr auto kFields =
      Fields(Member{"value", &Fact::value},
             Member{"source", &Fact::source, "the file or call it comes from"},
             Member{"stable", &Fact::stable, "the same on the next run of the same system"});
};

}  // namespace shmspec::record

#endif  // SHMSPEC_HARNESS_VOCABULARY_RECORD_FACT_H_
