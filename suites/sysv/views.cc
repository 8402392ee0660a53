// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Records of shmctl(2) that could show one field in the place of another.

#include "suites/varied.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("sysv.stat.tells_all_fields_apart", "SEED.CONTROL_STRUCT_PER_SEGMENT"_req,
             "SYSV.SHMGET.INITIAL_FIELDS"_req) {
  const Varied varied = MakeVaried(plan);
  varied.reader.Stat(varied.first)
      .Expects(Record().With("size", 5000).With("nattch", 2).With("dtime", 0));
  varied.reader.Stat(varied.second)
      .Expects(Record().With("size", PageOffset(3) + 1).With("nattch", 3).With("dtime", 1, kMost));
  varied.Remove();
}

SHMSPEC_CASE("sysv.index.tells_all_fields_apart", "SYSV.INFO.SHM_STAT_INDEX"_req) {
  const Varied varied = MakeVaried(plan);
  for (const Segment& segment : {varied.first, varied.second}) {
    varied.reader.Do(SysvStatIndex{segment}).Expects(Record().With("returned", segment));
    varied.reader.Do(SysvStatAny{segment}).Expects(Record().With("returned", segment));
  }
  varied.Remove();
}

}  // namespace
}  // namespace shmspec
