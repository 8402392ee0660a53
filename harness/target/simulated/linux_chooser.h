// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The choices of Linux where the specification leaves them to the system: identifiers made of an
// index that goes round and a sequence number, addresses from the top down.

#ifndef SHMSPEC_HARNESS_TARGET_SIMULATED_LINUX_CHOOSER_H_
#define SHMSPEC_HARNESS_TARGET_SIMULATED_LINUX_CHOOSER_H_

#include <cstdint>
#include <map>

#include "harness/model/memory/trial.h"
#include "harness/model/segment/identifier.h"
#include "harness/model/space/fresh_address.h"
#include "harness/model/sysv/info.h"

namespace shmspec {

class LinuxChooser : public model::SegmentChooser,
                     public model::AddressChooser,
                     public model::KeyChooser,
                     public model::EndingChooser {
 public:
  std::int64_t SegmentId(const model::Scene& scene, std::int64_t wanted) override;
  std::uint64_t PickAddress(const model::Scene& scene, std::uint64_t size,
                            std::int64_t wanted) override;
  Outcome Key(const SysvKeyOfPath& file) override;
  Outcome Count(const model::Scene& scene) override;

 private:
  struct Cursor {
    std::int64_t next = 0;
    std::int64_t last = -1;
    std::int64_t sequence = 0;
  };
  std::map<std::uint8_t, Cursor> cursors_;  // by namespace
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_SIMULATED_LINUX_CHOOSER_H_
