// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Segments as libraries offer them. This program has no such library: adapters do
// (harness/actor/foreign.h).

#include "harness/target/perform/families.h"

namespace shmspec::perform {
namespace {

Outcome NoLibrary() {
  return Trouble{true, "libraries are used through a program: name it by --adapter"};
}

}  // namespace

Outcome Do(const SegmentCreate&, Context&) { return NoLibrary(); }
Outcome Do(const SegmentOpen&, Context&) { return NoLibrary(); }
Outcome Do(const SegmentOpenOrCreate&, Context&) { return NoLibrary(); }
Outcome Do(const SegmentCreateKilled&, Context&) { return NoLibrary(); }
Outcome Do(const SegmentSize&, Context&) { return NoLibrary(); }
Outcome Do(const SegmentResize&, Context&) { return NoLibrary(); }
Outcome Do(const SegmentAttach&, Context&) { return NoLibrary(); }
Outcome Do(const SegmentDetach&, Context&) { return NoLibrary(); }
Outcome Do(const SegmentClose&, Context&) { return NoLibrary(); }
Outcome Do(const SegmentRemove&, Context&) { return NoLibrary(); }
Outcome Do(const SegmentClear&, Context&) { return NoLibrary(); }
Outcome Do(const SegmentResidue&, Context&) { return NoLibrary(); }

}  // namespace shmspec::perform
