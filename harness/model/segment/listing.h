// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The listing of segments, as procfs and the tools show it.

#ifndef SHMSPEC_HARNESS_MODEL_SEGMENT_LISTING_H_
#define SHMSPEC_HARNESS_MODEL_SEGMENT_LISTING_H_

#include <cstdint>
#include <span>

#include "harness/model/language/clauses.h"
#include "harness/model/language/scene.h"

namespace shmspec::model {

/// kProcfs shows every column; a tool shows some, and -1 stands for the others. A view of ipcs
/// names users and groups, and a name that is not known stands for -1 as well. lsipc before
/// util-linux 2.41 shows the creator in the column of the creator's group.
enum class ListingKind : std::uint8_t { kProcfs, kIpcs, kIpcsView, kLsipc };

/// Success is a table of the segments of the caller's namespace; with `columns` it is a tool's that
/// has exactly those fields of SegmentRow.
void DescribeListing(const Scene& scene, ListingKind kind, std::span<const std::uint8_t> columns,
                     Clauses& clauses);
/// The same of the namespace with that index, which the caller may have left.
void DescribeListingOf(const Scene& scene, std::uint8_t ipc, ListingKind kind,
                       std::span<const std::uint8_t> columns, Clauses& clauses);
/// Adds to a listing that was begun the row of one segment alone.
void DescribeOneRow(const Scene& scene, const Segment& segment,
                    std::span<const std::uint8_t> columns, Requirements requirements,
                    Clauses& clauses);

/// Binds the fields of a UsageRecord to what the segments of the namespace use; `narrow`: the
/// record has 32-bit fields.
void BindUsage(const Scene& scene, bool narrow, Requirements requirements, Clauses& clauses);

}  // namespace shmspec::model

#endif  // SHMSPEC_HARNESS_MODEL_SEGMENT_LISTING_H_
