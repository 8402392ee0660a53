// SPDX-License-Identifier: Apache-2.0 OR MIT
// Poco::SharedMemory.
#include "shmspec_adapter.hpp"
// The line above comes first.
#include <Poco/Environment.h>
#include <Poco/Exception.h>
#include <Poco/File.h>
#include <Poco/SharedMemory.h>
#include <Poco/Version.h>

using Poco::SharedMemory;
using shmspec::Lacking;
using shmspec::Step;

struct Segment {
  std::unique_ptr<SharedMemory> memory;  // opens and maps at once
  bool read_only = false;
  bool attached = false;  // by a step
};

// The exceptions of the library as errno. A SystemException tells only that a call failed.
template <typename Open>
static int64_t Keep(Step& step, bool read_only, Open open) try {
  auto segment = std::make_shared<Segment>();
  segment->memory = open();
  segment->read_only = read_only;
  return step.Keep(segment);
} catch (const Poco::FileNotFoundException&) {
  throw shmspec::Failure(ENOENT);
} catch (const Poco::FileAccessDeniedException&) {
  throw shmspec::Failure(EACCES);
} catch (const Poco::Exception& error) {
  if (error.code() != 0) throw shmspec::Failure(error.code());
  throw std::runtime_error(error.displayText());
}

// As the server, which sets the size and whose destructor removes the name.
static int64_t Create(Step& step) {
  if (step.Has("mode")) throw Lacking("a mode for the segment");
  return Keep(step, false, [&] {
    return std::make_unique<SharedMemory>(step.Text("name"), step.Number("size"),
                                          SharedMemory::AM_WRITE);
  });
}

// A client by name has to know the size, which this step does not tell. The constructor for files
// finds it out; the segments are files here.
static int64_t Open(Step& step) {
  bool read_only = step.Flag("read_only");
  return Keep(step, read_only, [&] {
    return std::make_unique<SharedMemory>(
        Poco::File("/dev/shm/" + step.Text("name")),
        read_only ? SharedMemory::AM_READ : SharedMemory::AM_WRITE);
  });
}

static SharedMemory& Memory(Segment& segment) {
  if (!segment.memory) throw Lacking("an object that was detached");
  return *segment.memory;
}

static int64_t Size(Step& step) {
  auto& memory = Memory(step.Get<Segment>("segment"));
  return memory.end() - memory.begin();
}

static int64_t Attach(Step& step) {
  auto& segment = step.Get<Segment>("segment");
  if (segment.attached) throw Lacking("a second mapping of one object");
  if (segment.read_only != step.Flag("read_only"))
    throw Lacking("another access than the object's");
  auto* address = Memory(segment).begin();
  segment.attached = true;
  return step.Keep(step.Find("segment").owner, address);
}

// The mapping ends with the object, which is destroyed here; a close after it has nothing to do.
static int64_t Detach(Step& step) {
  auto& segment = step.Get<Segment>("at");
  segment.memory.reset();
  segment.attached = false;
  return step.Drop("at");
}

static int64_t Close(Step& step) {
  if (step.Get<Segment>("segment").attached) throw Lacking("a mapping that outlives the object");
  return step.Drop("segment");
}

int main() {
  uint32_t version = Poco::Environment::libraryVersion();
  std::string words = std::to_string(version >> 24) + "." + std::to_string(version >> 16 & 0xff) +
                      "." + std::to_string(version >> 8 & 0xff);
  return shmspec::Run("poco", words.c_str(), "segment,memory",
                      {{"segment.create", Create},
                       {"segment.open", Open},
                       {"segment.open_or_create", Create},
                       {"segment.size", Size},
                       {"segment.attach", Attach},
                       {"segment.detach", Detach},
                       {"segment.close", Close},
                       {"memory.load", shmspec::Memory},
                       {"memory.store", shmspec::Memory}});
}
