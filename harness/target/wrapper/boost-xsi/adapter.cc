// SPDX-License-Identifier: Apache-2.0 OR MIT
// Boost.Interprocess: xsi_shared_memory and mapped_region.
#include "../boost-object/translated.hpp"
// The line above comes first.
#include <boost/interprocess/mapped_region.hpp>
#include <boost/interprocess/xsi_shared_memory.hpp>
#include <boost/version.hpp>

namespace bi = boost::interprocess;
using shmspec::Step;

// The key of a name: FNV-1a of 32 bits without the sign bit, and not IPC_PRIVATE.
static bi::xsi_key Key(const Step& step) {
  uint32_t hash = 2166136261;
  for (unsigned char byte : step.Text("name")) hash = (hash ^ byte) * 16777619;
  hash &= 0x7fffffff;
  return bi::xsi_key(static_cast<key_t>(hash == 0 ? 1 : hash));
}

static bi::permissions Permissions(const Step& step) {
  return step.Has("mode") ? bi::permissions(static_cast<int>(step.Number("mode")))
                          : bi::permissions();
}

static int64_t Create(Step& step) {
  return step.Keep(std::make_shared<bi::xsi_shared_memory>(bi::create_only, Key(step),
                                                           step.Number("size"), Permissions(step)));
}

static int64_t OpenOrCreate(Step& step) {
  return step.Keep(std::make_shared<bi::xsi_shared_memory>(bi::open_or_create, Key(step),
                                                           step.Number("size"), Permissions(step)));
}

// The library has no mode of opening: read_only counts when a region is mapped.
static int64_t Open(Step& step) {
  return step.Keep(std::make_shared<bi::xsi_shared_memory>(bi::open_only, Key(step)));
}

static int64_t Attach(Step& step) {
  auto mode = step.Flag("read_only") ? bi::read_only : bi::read_write;
  auto region =
      std::make_shared<bi::mapped_region>(step.Get<bi::xsi_shared_memory>("segment"), mode);
  return step.Keep(region, region->get_address());
}

// The library tells the size of a mapping, not of a segment.
static int64_t Size(Step& step) {
  auto& segment = step.Get<bi::xsi_shared_memory>("segment");
  return static_cast<int64_t>(bi::mapped_region(segment, bi::read_only).get_size());
}

static int64_t Detach(Step& step) { return step.Drop("at"); }
static int64_t Close(Step& step) { return step.Drop("segment"); }

// The library removes by identifier, which it gives for a segment that is open.
static int64_t Remove(Step& step) {
  bi::xsi_shared_memory segment(bi::open_only, Key(step));
  if (!bi::xsi_shared_memory::remove(segment.get_shmid()))
    throw std::runtime_error("remove returned false");
  return 0;
}

int main() {
  return shmspec::Run("boost-xsi", BOOST_LIB_VERSION, "segment,memory",
                      shmspec::Translated({{"segment.create", Create},
                                           {"segment.open", Open},
                                           {"segment.open_or_create", OpenOrCreate},
                                           {"segment.size", Size},
                                           {"segment.attach", Attach},
                                           {"segment.detach", Detach},
                                           {"segment.close", Close},
                                           {"segment.remove", Remove},
                                           {"memory.load", shmspec::Memory},
                                           {"memory.store", shmspec::Memory}}));
}
