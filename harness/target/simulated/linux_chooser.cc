// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/simulated/linux_chooser.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>

#include "harness/target/simulated/litmus_sample.h"

namespace shmspec {
namespace {

constexpr int kIndexBits = 15;
constexpr std::int64_t kIndices = 1 << kIndexBits;
constexpr std::int64_t kSequences = 1 << 16;
constexpr std::int64_t kLeastRound = 64;  // indices go round within at least this number
constexpr std::uint64_t kTop = 0x7f8000000000;
constexpr std::uint64_t kNarrowTop = 0xf7000000;

bool IsFree(const model::IpcNamespace& ipc, std::int64_t index) {
  return std::none_of(ipc.segments.begin(), ipc.segments.end(), [&](const model::Segment& segment) {
    return segment.id % kIndices == index;
  });
}

}  // namespace

std::int64_t LinuxChooser::SegmentId(const model::Scene& scene, std::int64_t wanted) {
  const model::IpcNamespace& ipc = scene.ipc();
  if (wanted >= 0) {
    std::int64_t index = wanted % kIndices;
    while (!IsFree(ipc, index)) index = (index + 1) % kIndices;
    return wanted / kIndices * kIndices + index;
  }
  Cursor& cursor = cursors_[scene.ipc_index()];
  const auto used = static_cast<std::int64_t>(ipc.segments.size());
  const std::int64_t round = std::min(kIndices, std::max(kLeastRound, used * 3 / 2 + 1));
  std::int64_t index = cursor.next < round ? cursor.next : 0;
  while (!IsFree(ipc, index)) index = (index + 1) % round;
  if (index <= cursor.last) cursor.sequence = (cursor.sequence + 1) % kSequences;
  cursor.last = index;
  cursor.next = index + 1;
  return cursor.sequence * kIndices + index;
}

std::uint64_t LinuxChooser::PickAddress(const model::Scene& scene, std::uint64_t size,
                                        std::int64_t wanted) {
  if (wanted >= 0) return static_cast<std::uint64_t>(wanted);
  const std::uint64_t length = model::RoundUp(size, scene.page());
  const auto& mappings = scene.space().mappings();
  std::uint64_t end = scene.IsNarrow() ? kNarrowTop : kTop;
  for (auto mapping = mappings.rbegin(); mapping != mappings.rend(); ++mapping) {
    if (mapping->start >= end) continue;
    if (mapping->end <= end && end - mapping->end >= length) break;
    end = mapping->start;
  }
  return end - length;
}

Outcome LinuxChooser::Key(const SysvKeyOfPath& file) {
  std::error_code error;
  const auto path = std::filesystem::canonical(file.path, error);
  if (error) return Failure{{error.value()}};
  const auto low = std::hash<std::string>()(path.string()) & 0xffffff;
  const auto project = static_cast<std::uint32_t>(file.project & 0xff);
  return Value{static_cast<std::int32_t>(project << 24 | static_cast<std::uint32_t>(low))};
}

Outcome LinuxChooser::Count(const model::Scene& scene) {
  return SampleLitmus(std::get<MemoryHistogram>(*scene.call().operation),
                      model::FindTrial(scene.state(), scene.process_index(),
                                       scene.AddressOf<&MemoryHistogram::at>()),
                      model::ReorderingOf(scene.profile().memory_order));
}

}  // namespace shmspec
