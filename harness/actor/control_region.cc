// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/control_region.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "harness/actor/control_layout.h"  // to be checked here, in every program
#include "harness/host/shared_file.h"
#include "harness/vocabulary/value/names.h"

namespace shmspec {
namespace {

constexpr std::uint32_t kChunkBytes = 4096;

}  // namespace

Result<ControlRegion> ControlRegion::Map(int fd) {
  struct stat file {};
  off_t bytes = ::lseek(fd, 0, SEEK_END);
  if (bytes < 0 && ::fstat(fd, &file) == 0) bytes = file.st_size;
  if (bytes <= 0) {
    return Error{fmt::format("cannot look at the control region: {}", ErrnoName(errno))};
  }
  Result<UniqueMapping> mapping = MapSharedFile(fd, static_cast<std::size_t>(bytes));
  if (!mapping.ok()) return mapping.error();
  return ControlRegion(std::move(*mapping));
}

Result<ControlRegion> ControlRegion::MapByFork(std::size_t bytes) {
  Result<UniqueMapping> mapping = MapSharedByFork(bytes);
  if (!mapping.ok()) return mapping.error();
  return ControlRegion(std::move(*mapping));
}

Extent ArenaWriter::Write(std::string_view bytes) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  if (size > free_.size) {
    const Extent arena = region_->header().arena;
    const std::uint32_t chunk = std::max(kChunkBytes, size);
    std::uint32_t used = region_->header().arena_used.load(std::memory_order_relaxed);
    do {
      if (chunk > arena.size - used) return {};
    } while (!region_->header().arena_used.compare_exchange_weak(used, used + chunk));
    free_ = {arena.at + used, chunk};
  }
  const Extent written{free_.at, size};
  std::memcpy(region_->BytesAt(written), bytes.data(), bytes.size());
  free_.at += size;
  free_.size -= size;
  return written;
}

void ReportTrouble(const ControlRegion& region, std::string_view reason, bool lacking) {
  ControlHeader& header = region.header();
  if (header.trouble_taken.exchange(true)) return;
  const std::size_t size = std::min(reason.size(), header.trouble.size() - 1);
  std::memcpy(header.trouble.data(), reason.data(), size);
  header.trouble[size] = '\0';
  header.lacking = lacking;
  header.halt.store(Halt::kTrouble);
}

void ReportRefusal(const ControlRegion& region, std::uint32_t step) {
  ControlHeader& header = region.header();
  if (header.trouble_taken.exchange(true)) return;
  header.halted_at.store(step);
  header.halt.store(Halt::kRefused);
}

}  // namespace shmspec
