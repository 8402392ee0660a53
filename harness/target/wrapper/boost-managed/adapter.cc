// SPDX-License-Identifier: Apache-2.0 OR MIT
// Boost.Interprocess: managed_shared_memory. What cases call the bytes of the segment is an array
// named "bytes" of the size asked for, in a managed segment that is larger.
#include "../boost-object/translated.hpp"
// The line above comes first.
#include <boost/interprocess/managed_shared_memory.hpp>
#include <boost/version.hpp>

namespace bi = boost::interprocess;
using bi::managed_shared_memory;
using shmspec::Lacking;
using shmspec::Step;

constexpr uint64_t kBookkeeping = 65536;  // bytes for the index and the allocator, more than enough
constexpr uint64_t kLargest = 1 << 30;    // the array is set to zero byte by byte

struct Segment {
  std::unique_ptr<managed_shared_memory> managed;  // opens and maps at once
  bool read_only;
  bool attached = false;
};

static int64_t Keep(Step& step, std::unique_ptr<managed_shared_memory> managed, bool read_only) {
  auto segment = std::make_shared<Segment>();
  segment->managed = std::move(managed);
  segment->read_only = read_only;
  return step.Keep(segment);
}

template <typename How>
static int64_t Make(Step& step, How how) {
  uint64_t size = step.Number("size");
  if (size > kLargest) throw Lacking("an array of more than 1 GiB, which would be written");
  auto permissions =
      step.Has("mode") ? bi::permissions(static_cast<int>(step.Number("mode"))) : bi::permissions();
  auto managed = std::make_unique<managed_shared_memory>(how, step.Text("name").c_str(),
                                                         size + kBookkeeping, nullptr, permissions);
  managed->template find_or_construct<unsigned char>("bytes")[size]();
  return Keep(step, std::move(managed), false);
}

static int64_t Create(Step& step) { return Make(step, bi::create_only); }
static int64_t OpenOrCreate(Step& step) { return Make(step, bi::open_or_create); }

static int64_t Open(Step& step) {
  auto name = step.Text("name");
  bool read_only = step.Flag("read_only");
  return Keep(step,
              read_only ? std::make_unique<managed_shared_memory>(bi::open_read_only, name.c_str())
                        : std::make_unique<managed_shared_memory>(bi::open_only, name.c_str()),
              read_only);
}

// The array and the number of its elements.
static std::pair<unsigned char*, std::size_t> Bytes(Segment& segment) {
  if (!segment.managed) throw Lacking("an object that was detached");
  auto bytes = segment.managed->find<unsigned char>("bytes");
  if (!bytes.first) throw std::runtime_error("the array is not found");
  return bytes;
}

static int64_t Size(Step& step) {
  return static_cast<int64_t>(Bytes(step.Get<Segment>("segment")).second);
}

static int64_t Attach(Step& step) {
  auto& segment = step.Get<Segment>("segment");
  if (segment.attached) throw Lacking("a second mapping of one object");
  if (segment.read_only != step.Flag("read_only"))
    throw Lacking("a mapping with another access than the object's");
  auto* address = Bytes(segment).first;
  segment.attached = true;
  return step.Keep(step.Find("segment").owner, address);
}

// The mapping ends with the object, which is destroyed here; a close after it has nothing to do.
static int64_t Detach(Step& step) {
  auto& segment = step.Get<Segment>("at");
  segment.managed.reset();
  segment.attached = false;
  return step.Drop("at");
}

static int64_t Close(Step& step) {
  if (step.Get<Segment>("segment").attached) throw Lacking("a mapping that outlives the object");
  return step.Drop("segment");
}

static int64_t Remove(Step& step) {
  if (!bi::shared_memory_object::remove(step.Text("name").c_str()))
    throw std::runtime_error("remove returned false");
  return 0;
}

int main() {
  return shmspec::Run("boost-managed", BOOST_LIB_VERSION, "segment,memory",
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
