// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/litmus/cells.h"

#include <array>
#include <cstring>
#include <span>

namespace shmspec::litmus {
namespace {

constexpr std::uint64_t kTouchBytes = 4096;  // no page is smaller

SHMSPEC_UNINSTRUMENTED void ClearNamed(const LitmusJob& job, std::uint64_t named,
                                       std::uint64_t rounds) {
  for (std::size_t position = 0; position < Ending::kNames; ++position) {
    if ((named >> position & 1) == 0) continue;
    const Column column = ColumnOf(job.layout, position);
    std::memset(PointerTo(job.at + column.start), 0,
                static_cast<std::size_t>(rounds * column.stride));
  }
}

}  // namespace

std::uint64_t NamedBy(const Program& program) {
  std::uint64_t named = 0;
  for (const Access& access : program.accesses) {
    if (access.kind == AccessKind::kFence) continue;
    named |= 1ull << (kRegisters + static_cast<std::size_t>(access.variable));
    if (access.Loads()) named |= 1ull << static_cast<std::size_t>(access.to);
  }
  return named;
}

Column ColumnOf(const LitmusLayout& layout, std::size_t position) {
  if (position < kRegisters) {
    return {layout.At(static_cast<Register>(position)), LitmusLayout::kCellBytes, false};
  }
  return {layout.At(static_cast<Variable>(position - kRegisters)), layout.stride, true};
}

std::optional<PerpetualTest> PerpetualTestOf(const Head& head) {
  std::array<std::span<const Access>, kBranches> programs;
  const auto branches = static_cast<std::size_t>(Read(head.branches));
  if (branches > kBranches) return std::nullopt;
  for (std::size_t i = 0; i < branches; ++i) {
    const ToldProgram& told = head.told[i];
    const auto count = static_cast<std::size_t>(Read(told.count));
    if (count > told.accesses.size()) return std::nullopt;
    programs[i] = std::span(told.accesses).first(count);
  }
  return PerpetualTest::Of(std::span(programs).first(branches));
}

SHMSPEC_UNINSTRUMENTED void ClearCells(const LitmusJob& job, std::uint64_t rounds) {
  ClearNamed(job, NamedBy(*job.program), rounds);
  for (const Access& access : job.program->accesses) {
    if (!access.also) continue;
    const auto column = PointerTo<volatile std::uint8_t>(job.also + job.layout.At(access.variable));
    for (std::uint64_t i = 0; i < rounds * job.layout.stride; i += kTouchBytes) {
      static_cast<void>(column[i]);
    }
  }
}

void ClearAllCells(const LitmusJob& job, const Head& head, std::uint64_t rounds) {
  ClearNamed(job, Read(head.named), rounds);
}

}  // namespace shmspec::litmus
