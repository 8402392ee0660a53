// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Every view of a segment with every field in the place of every other: the case about that view
// has to fail on each such system.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/model/profile/profile.h"
#include "harness/runner/case.h"
#include "harness/runner/perform_plan.h"
#include "harness/target/simulated/simulated_stage.h"

namespace shmspec {
namespace {

/// One field of a record or row by position, as a number.
template <class R>
std::optional<WideNumber> Number(const R& record, std::size_t wanted) {
  std::optional<WideNumber> number;
  std::size_t index = 0;
  ForEachField<R>([&](const auto& field) {
    if (index++ == wanted) number = Ordinal(record.*field.member);
  });
  return number;
}

template <class R>
void Copy(R& record, std::size_t to, std::size_t from) {
  const auto number = Number(record, from);
  std::size_t index = 0;
  ForEachField<R>([&](const auto& field) {
    if (index++ == to && number) SetOrdinal(record.*field.member, *number);
  });
}

/// A system that shows one field in the place of another in one view.
class Misplacing : public Tampering {
 public:
  Misplacing(bool (*meant)(const Operation&), std::size_t to, std::size_t from)
      : meant_(meant), to_(to), from_(from) {}

  void After(const model::State&, const model::Call& call, model::State&,
             Outcome& outcome) override {
    if (!meant_(*call.operation)) return;
    if (auto* record = std::get_if<SegmentRecord>(&outcome)) Copy(*record, to_, from_);
    if (auto* table = std::get_if<SegmentTable>(&outcome)) {
      for (SegmentRow& row : table->rows) Copy(row, to_, from_);
    }
    if (auto* table = std::get_if<MappingTable>(&outcome)) {
      for (MappingRow& row : table->rows) Copy(row, to_, from_);
    }
  }

 private:
  bool (*meant_)(const Operation&);
  std::size_t to_;
  std::size_t from_;
};

template <class Op>
bool Is(const Operation& operation) {
  return std::holds_alternative<Op>(operation);
}

template <IpcsView kView>
bool IsView(const Operation& operation) {
  const auto* ipcs = std::get_if<SystemIpcs>(&operation);
  return ipcs != nullptr && ipcs->views == std::vector<IpcsView>{kView};
}

bool IsTable(const Operation& operation) {
  const auto* ipcs = std::get_if<SystemIpcs>(&operation);
  return ipcs != nullptr && ipcs->views.empty();
}

/// A view, the case about it and the fields that it shows.
struct View {
  std::string_view name;
  std::string_view test_case;
  bool (*meant)(const Operation&);
  std::vector<std::string_view> fields;
};

template <class R>
std::vector<std::string_view> FieldsBut(const std::vector<std::string_view>& left_out) {
  std::vector<std::string_view> fields;
  ForEachField<R>([&](const auto& field) {
    const bool out = std::find(left_out.begin(), left_out.end(), field.name) != left_out.end();
    if (!out) fields.push_back(field.name);
  });
  return fields;
}

std::vector<View> Views() {
  // The return value of a command is no field of its record, and a sequence number may be as small
  // as any number.
  const auto record = FieldsBut<SegmentRecord>({"returned", "reserved", "seq"});
  return {
      {"IPC_STAT", "sysv.stat.tells_all_fields_apart", Is<SysvStat>, record},
      {"SHM_STAT", "sysv.index.tells_all_fields_apart", Is<SysvStatIndex>, record},
      {"SHM_STAT_ANY", "sysv.index.tells_all_fields_apart", Is<SysvStatAny>, record},
      {"procfs", "tools.procfs.tells_all_columns_apart", Is<SystemSegments>,
       FieldsBut<SegmentRow>({})},
      {"ipcs",
       "tools.ipcs.tells_all_columns_apart",
       IsTable,
       {"key", "id", "uid", "mode", "size", "nattch"}},
      {"ipcs -p",
       "tools.ipcs.tells_all_columns_apart",
       IsView<IpcsView::kPids>,
       {"id", "uid", "cpid", "lpid"}},
      {"ipcs -t",
       "tools.ipcs.tells_all_columns_apart",
       IsView<IpcsView::kTimes>,
       {"id", "uid", "atime", "dtime", "ctime"}},
      {"ipcs -c",
       "tools.ipcs.tells_all_columns_apart",
       IsView<IpcsView::kCreators>,
       {"id", "mode", "cuid", "cgid", "uid", "gid"}},
      {"ipcs -i", "tools.ipcs.tells_all_columns_apart", Is<SystemIpcsOne>,
       FieldsBut<SegmentRow>({"key", "rss", "swap"})},
      {"lsipc", "tools.lsipc.tells_all_columns_apart", Is<SystemLsipc>,
       FieldsBut<SegmentRow>({"rss", "swap"})},
      {"maps",
       "tools.maps.tell_parts_of_attaches_apart",
       Is<MapLayout>,
       {"at", "size", "offset", "id", "protection"}},
  };
}

std::size_t IndexOf(std::string_view view, std::string_view wanted) {
  std::size_t found = 0;
  std::size_t index = 0;
  const auto visit = [&](const auto& field) {
    if (field.name == wanted) found = index;
    ++index;
  };
  if (view == "maps") {
    ForEachField<MappingRow>(visit);
  } else if (view.find("STAT") != std::string_view::npos) {
    ForEachField<SegmentRecord>(visit);
  } else {
    ForEachField<SegmentRow>(visit);
  }
  return found;
}

/// lsipc before util-linux 2.41 has the creator in the column of the creator's group by itself.
bool IsKnownDefect(const View& view, std::string_view to, std::string_view from) {
  return view.name == "lsipc" && to == "cgid" && from == "cuid";
}

Status StatusWith(const View& view, std::string_view to, std::string_view from) {
  const model::Profile& profile = *model::FindProfile("linux");
  auto tampering =
      std::make_unique<Misplacing>(view.meant, IndexOf(view.name, to), IndexOf(view.name, from));
  const std::unique_ptr<Stage> stage =
      MakeSimulatedStage(profile, std::move(tampering), "misplacing");
  const Case* const test_case = FindCase(view.test_case);
  SHMSPEC_CHECK(test_case != nullptr, "a view without a case");
  return PerformPlan(PlanOf(*test_case), 1, *stage, profile, 1).status;
}

TEST(Views, WithOneFieldInThePlaceOfAnotherAreCaught) {
  std::size_t pairs = 0;
  for (const View& view : Views()) {
    for (const std::string_view to : view.fields) {
      // A field in its own place is the control: nothing is wrong then.
      EXPECT_EQ(NameOf(StatusWith(view, to, to)), "PASS") << view.name << " " << to;
      for (const std::string_view from : view.fields) {
        if (to == from || IsKnownDefect(view, to, from)) continue;
        EXPECT_EQ(NameOf(StatusWith(view, to, from)), "FAIL")
            << view.name << " shows " << from << " as " << to;
        ++pairs;
      }
    }
  }
  EXPECT_GE(pairs, 1100u);
}

}  // namespace
}  // namespace shmspec
