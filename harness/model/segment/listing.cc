// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/segment/listing.h"

#include <algorithm>
#include <array>
#include <limits>

#include "harness/model/rights/permission.h"
#include "harness/model/segment/lookup.h"
#include "harness/model/segment/record.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr Requirements kProcfsRow{"PROC.SYSVIPC.AGREES_WITH_STAT"_req,
                                  "PROC.SYSVIPC.SHM_COLUMNS"_req, "PROC.SYSVIPC.FORMAT"_req};
constexpr Requirements kToolRow{"TOOL.IPCS.LISTS_ALL"_req, "TOOL.LSIPC.JSON"_req,
                                "TOOL.NAMESPACE"_req};

/// Fills one row; a column that the listing does not have is -1.
class RowWriter {
 public:
  RowWriter(Row& row, ListingKind kind)
      : row_(row),
        tool_(kind != ListingKind::kProcfs),
        requirements_(tool_ ? kToolRow : kProcfsRow) {}

  void Bind(std::uint8_t field, Number low, Number high, const char* why) {
    row_.Bind(field, low, high, requirements_, why);
    Absent();
  }
  void Id(std::uint8_t field, SeenId seen, const char* why) {
    row_.Bind(field, seen.id, seen.id, requirements_, why);
    if (seen.or_overflow) {
      row_.bounds.back().has_other = true;
      row_.bounds.back().other = kOverflowId;
    }
    Absent();
  }
  void Process(std::uint8_t field, ProcessSet processes, const char* why) {
    row_.Bind(field, 0, 0, requirements_, why);
    row_.bounds.back().processes = processes;
    Absent();
  }

 private:
  void Absent() {
    Bound& bound = row_.bounds.back();
    if (!tool_ || bound.has_other) return;
    bound.has_other = true;
    bound.other = -1;
  }

  Row& row_;
  bool tool_;
  Requirements requirements_;
};

/// What a listing shows of the memory of a segment, in bytes: all that was touched is in memory or
/// swapped out, and there is no more of it than the segment has.
void DescribeMemory(const Scene& scene, const Segment& segment, RowWriter& writer) {
  const std::uint64_t touched =
      ObjectOf(scene.state(), segment.object).PagesTouched(scene.page()) * scene.page();
  const std::uint64_t most = std::max(segment.pages * scene.page(), segment.length);
  const auto* seen =
      scene.call().seen != nullptr ? std::get_if<SegmentTable>(scene.call().seen) : nullptr;
  std::uint64_t swapped = 0;
  std::uint64_t resident = 0;
  for (const SegmentRow& row : seen != nullptr ? seen->rows : std::vector<SegmentRow>{}) {
    if (row.id != segment.id) continue;
    swapped = static_cast<std::uint64_t>(std::max<std::int64_t>(row.swap, 0));
    resident = static_cast<std::uint64_t>(std::max<std::int64_t>(row.rss, 0));
  }
  writer.Bind(FieldIndex<SegmentRow>("rss"), touched - std::min(touched, swapped), most,
              "what was touched and is not swapped out");
  writer.Bind(FieldIndex<SegmentRow>("swap"), 0, most - std::min(most, resident),
              "what is swapped out, and not in memory");
}

void DescribeRow(const Scene& scene, const Segment& segment, ListingKind kind, Row& row) {
  RowWriter writer(row, kind);
  row.Bind(FieldIndex<SegmentRow>("id"), segment.id, segment.id, row.requirements, "identifier");
  if (segment.key_known) {
    Bound key{FieldIndex<SegmentRow>("key"),
              segment.key < 0,
              segment.key,
              segment.key,
              static_cast<std::uint32_t>(segment.key),
              0,
              row.requirements,
              "the key"};
    row.bounds.push_back(key);
  }
  const bool exact = Certainly(scene.profile().sysv.mode_shows_state);
  const std::uint32_t mode = ShownMode(segment);
  row.Bind(FieldIndex<SegmentRow>("mode"), exact ? mode : segment.mode, mode,
           kind == ListingKind::kProcfs ? "PROC.SYSVIPC.FORMAT"_req : "TOOL.IPCS.STATUS"_req,
           "the permission and state bits");
  writer.Bind(FieldIndex<SegmentRow>("size"), segment.size, segment.size, "the size");
  writer.Process(FieldIndex<SegmentRow>("cpid"), segment.cpid, "the creating process");
  writer.Process(FieldIndex<SegmentRow>("lpid"), segment.lpid, "the last process");
  const Bound count = AttachCountBound(scene, segment, FieldIndex<SegmentRow>("nattch"));
  writer.Bind(count.field, count.low, count.high, count.why);
  writer.Id(FieldIndex<SegmentRow>("uid"), SeenAs(scene, segment.uid), "the owner");
  writer.Id(FieldIndex<SegmentRow>("gid"), SeenAs(scene, segment.gid), "the owner's group");
  writer.Id(FieldIndex<SegmentRow>("cuid"), SeenAs(scene, segment.cuid), "the creator");
  writer.Id(FieldIndex<SegmentRow>("cgid"), SeenAs(scene, segment.cgid), "the creator's group");
  if (kind == ListingKind::kLsipc) row.bounds.back().other = SeenAs(scene, segment.cuid).id;
  const auto time = [&](std::uint8_t field, const Interval& interval, const char* why) {
    writer.Bind(field, interval.low, interval.high, why);
  };
  time(FieldIndex<SegmentRow>("atime"), segment.atime, "the time of the last attach");
  time(FieldIndex<SegmentRow>("dtime"), segment.dtime, "the time of the last detach");
  time(FieldIndex<SegmentRow>("ctime"), segment.ctime, "the time of the last change");
  DescribeMemory(scene, segment, writer);
}

bool IsOneOf(std::span<const std::uint8_t> columns, std::uint8_t field) {
  return std::find(columns.begin(), columns.end(), field) != columns.end();
}

/// Clears the columns that are not listed, and with them the doubt about them, unless they are
/// names. A view of some columns shows the permissions without the state of the segment.
void KeepColumns(std::span<const std::uint8_t> columns, ListingKind kind, Row& row) {
  static constexpr std::array kIds{FieldIndex<SegmentRow>("uid"), FieldIndex<SegmentRow>("gid"),
                                   FieldIndex<SegmentRow>("cuid"), FieldIndex<SegmentRow>("cgid")};
  std::erase_if(row.bounds, [&](const Bound& bound) { return !IsOneOf(columns, bound.field); });
  for (Bound& bound : row.bounds) {
    const bool is_name = kind == ListingKind::kIpcsView && IsOneOf(kIds, bound.field);
    bound.has_other = bound.has_other && (is_name || bound.other != -1);
    if (bound.field != FieldIndex<SegmentRow>("mode")) continue;
    bound.low = static_cast<std::uint32_t>(bound.low) & 0777;
    bound.high = static_cast<std::uint32_t>(bound.high) & 0777;
  }
}

}  // namespace

void DescribeOneRow(const Scene& scene, const Segment& segment,
                    std::span<const std::uint8_t> columns, Requirements requirements,
                    Clauses& clauses) {
  const Force force = segment.dest_known ? Force::kMust : Force::kMay;
  Row& row = clauses.AddRow(segment.id, force, requirements);
  DescribeRow(scene, segment, ListingKind::kIpcs, row);
  KeepColumns(columns, ListingKind::kIpcs, row);
}

void DescribeListing(const Scene& scene, ListingKind kind, std::span<const std::uint8_t> columns,
                     Clauses& clauses) {
  DescribeListingOf(scene, scene.ipc_index(), kind, columns, clauses);
}

void DescribeListingOf(const Scene& scene, std::uint8_t ipc, ListingKind kind,
                       std::span<const std::uint8_t> columns, Clauses& clauses) {
  const Requirements of_row = kind == ListingKind::kProcfs ? kProcfsRow : kToolRow;
  clauses.Returns<SegmentTable>(
      kind == ListingKind::kProcfs
          ? Requirements{"PROC.SYSVIPC.WORLD_READABLE"_req, "PROC.SYSVIPC.CONCURRENT_READ"_req}
          : kToolRow,
      "one row for each segment of the namespace");
  if (MayBeForeign(scene) || scene.state().namespaces[ipc]->crowded) clauses.AllowOtherRows();
  if (!scene.call().Alone()) {
    // The tool reads rows one by one while others act.
    clauses.AllowOtherRows();
    clauses.Observe("a listing made while others act");
    return;
  }
  for (const Segment& segment : scene.state().namespaces[ipc]->segments) {
    if (segment.id < 0) continue;
    const Force force = segment.dest_known ? Force::kMust : Force::kMay;
    Row& row = clauses.AddRow(segment.id, force, of_row);
    DescribeRow(scene, segment, kind, row);
    if (!columns.empty()) KeepColumns(columns, kind, row);
  }
}

}  // namespace shmspec::model
