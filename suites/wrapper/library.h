// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Short forms of cases about wrapper libraries.

#ifndef SHMSPEC_SUITES_WRAPPER_LIBRARY_H_
#define SHMSPEC_SUITES_WRAPPER_LIBRARY_H_

#include <cstdint>
#include <string>
#include <utility>

#include "suites/shorthand.h"

namespace shmspec {

/// Any failure: libraries have errors of their own.
inline Pattern Refused() { return Between(Lowest<Failure>(), Highest<Failure>()); }

/// A segment that is made, opened and attached, each expected to succeed.
inline LibraryObject Create(const Actor& actor, std::string name = "n0",
                            std::uint64_t bytes = Pages(1)) {
  LibraryObject object;
  actor.ObjectAs(object, SegmentCreate{std::move(name), {bytes}, {}}).Succeeds();
  return object;
}

inline LibraryObject CreateWithMode(const Actor& actor, std::uint32_t mode) {
  LibraryObject object;
  actor.ObjectAs(object, SegmentCreate{"n0", {Pages(1)}, Mode{mode}}).Succeeds();
  return object;
}

inline LibraryObject OpenedBy(const Actor& actor, std::string name = "n0", bool read_only = false) {
  LibraryObject object;
  actor.ObjectAs(object, SegmentOpen{std::move(name), read_only}).Succeeds();
  return object;
}

inline Attach AttachedBy(const Actor& actor, const LibraryObject& object, bool read_only = false) {
  Attach attach;
  actor.AttachObjectAs(attach, SegmentAttach{object, read_only}).Succeeds();
  return attach;
}

/// Opens or attaches; whether that succeeds is for the profile to say.
inline LibraryObject TriesToOpen(const Actor& actor, SegmentOpen open) {
  LibraryObject object;
  actor.ObjectAs(object, std::move(open));
  return object;
}

inline StepName TriesToCreate(const Actor& actor, std::string name, std::uint64_t bytes) {
  LibraryObject object;
  return actor.ObjectAs(object, SegmentCreate{std::move(name), {bytes}, {}});
}

inline void Clear(const Actor& actor, std::string name = "n0") {
  actor.Do(SegmentClear{std::move(name)}).Gives(0);
}

/// New files and segments get the mode that they are made with.
inline void WithoutUmask(const Actor& actor) { actor.Do(ProcessSetUmask{{0}}).Succeeds(); }

}  // namespace shmspec

#endif  // SHMSPEC_SUITES_WRAPPER_LIBRARY_H_
