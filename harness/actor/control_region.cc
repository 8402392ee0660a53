// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/control_region.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "harness/actor/control_layout.h"  // to be checked here, in every program
#include "harness/vocabulary/names.h"

namespace shmspec {
namespace {

constexpr std::uint32_t kChunkBytes = 4096;

Error Failed(std::string_view what) {
  return Error{fmt::format("cannot {} the control region: {}", what, ErrnoName(errno))};
}

}  // namespace

Result<ControlRegion> ControlRegion::Map(int fd) {
  struct stat file {};
  if (::fstat(fd, &file) != 0) return Failed("look at");
  const auto bytes = static_cast<std::size_t>(file.st_size);
  void* address = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (address == MAP_FAILED) return Failed("map");
  return ControlRegion(UniqueMapping({address, bytes}));
}

Result<UniqueFd> MakeRegionFile() {
  UniqueFd file(::memfd_create("shmspec-control", MFD_CLOEXEC));
  if (!file) {
    char path[] = "/tmp/shmspec-control-XXXXXX";
    file.reset(::mkostemp(path, O_CLOEXEC));
    if (!file) return Failed("make");
    ::unlink(path);
  }
  return file;
}

Result<void> GrowRegionFile(int fd, std::size_t bytes) {
  struct stat file {};
  if (::fstat(fd, &file) != 0) return Failed("look at");
  if (static_cast<std::size_t>(file.st_size) >= bytes) return {};
  if (::ftruncate(fd, static_cast<off_t>(bytes)) != 0) return Failed("grow");
  return {};
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
  std::memcpy(region_->Place(written), bytes.data(), bytes.size());
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

}  // namespace shmspec
