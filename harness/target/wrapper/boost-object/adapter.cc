// SPDX-License-Identifier: Apache-2.0 OR MIT
// Boost.Interprocess: shared_memory_object and mapped_region.
#include "translated.hpp"
// The line above comes first.
#include <boost/interprocess/mapped_region.hpp>
#include <boost/interprocess/shared_memory_object.hpp>
#include <boost/version.hpp>

namespace bi = boost::interprocess;
using shmspec::Step;

static bi::permissions Permissions(const Step& step) {
  return step.Has("mode") ? bi::permissions(static_cast<int>(step.Number("mode")))
                          : bi::permissions();
}

// The size is set by a second call. If that fails, the name stays: the library does not remove it.
static int64_t Create(Step& step) {
  auto segment = std::make_shared<bi::shared_memory_object>(
      bi::create_only, step.Text("name").c_str(), bi::read_write, Permissions(step));
  segment->truncate(static_cast<bi::offset_t>(step.Number("size")));
  return step.Keep(segment);
}

static int64_t Open(Step& step) {
  auto mode = step.Flag("read_only") ? bi::read_only : bi::read_write;
  auto name = step.Text("name");
  return step.Keep(std::make_shared<bi::shared_memory_object>(bi::open_only, name.c_str(), mode));
}

static int64_t Size(Step& step) {
  bi::offset_t size = 0;
  if (!step.Get<bi::shared_memory_object>("segment").get_size(size))
    throw std::runtime_error("get_size returned false");
  return size;
}

static int64_t Resize(Step& step) {
  auto size = static_cast<bi::offset_t>(step.Number("size"));
  step.Get<bi::shared_memory_object>("segment").truncate(size);
  return 0;
}

static int64_t Attach(Step& step) {
  auto mode = step.Flag("read_only") ? bi::read_only : bi::read_write;
  auto region =
      std::make_shared<bi::mapped_region>(step.Get<bi::shared_memory_object>("segment"), mode);
  return step.Keep(region, region->get_address());
}

static int64_t Detach(Step& step) { return step.Drop("at"); }
static int64_t Close(Step& step) { return step.Drop("segment"); }

static int64_t Remove(Step& step) {
  if (!bi::shared_memory_object::remove(step.Text("name").c_str()))
    throw std::runtime_error("remove returned false");
  return 0;
}

int main() {
  return shmspec::Run("boost-object", BOOST_LIB_VERSION, "segment,memory",
                      shmspec::Translated({{"segment.create", Create},
                                           {"segment.open", Open},

                                           {"segment.size", Size},
                                           {"segment.resize", Resize},
                                           {"segment.attach", Attach},
                                           {"segment.detach", Detach},
                                           {"segment.close", Close},
                                           {"segment.remove", Remove},
                                           {"memory.load", shmspec::Memory},
                                           {"memory.store", shmspec::Memory}}));
}
