// SPDX-License-Identifier: Apache-2.0 OR MIT
// QSharedMemory of Qt 5 or 6.
#include "shmspec_adapter.hpp"
// The line above comes first.
#include <QSharedMemory>
#include <limits>

using shmspec::Lacking;
using shmspec::Step;

struct Segment {
  QSharedMemory memory;  // creates or opens, and attaches at once
  bool read_only = false;
  bool attached = false;  // by a step of its own
};

[[noreturn]] static void Throw(const QSharedMemory& memory) {
  switch (memory.error()) {
    case QSharedMemory::PermissionDenied:
      throw shmspec::Failure(EACCES);
    case QSharedMemory::InvalidSize:
    case QSharedMemory::KeyError:
      throw shmspec::Failure(EINVAL);
    case QSharedMemory::AlreadyExists:
      throw shmspec::Failure(EEXIST);
    case QSharedMemory::NotFound:
      throw shmspec::Failure(ENOENT);
    case QSharedMemory::OutOfResources:
      throw shmspec::Failure(ENOMEM);
    default:
      throw std::runtime_error(memory.errorString().toStdString());
  }
}

static QSharedMemory::AccessMode Mode(bool read_only) {
  return read_only ? QSharedMemory::ReadOnly : QSharedMemory::ReadWrite;
}

static int64_t Create(Step& step) {
  if (step.Has("mode")) throw Lacking("a mode for the segment");
  if (step.Number("size") > std::numeric_limits<int>::max()) throw Lacking("a size above an int");
  auto segment = std::make_shared<Segment>();
  segment->memory.setKey(QString::fromStdString(step.Text("name")));
  if (!segment->memory.create(static_cast<int>(step.Number("size")))) Throw(segment->memory);
  return step.Keep(segment);
}

static int64_t Open(Step& step) {
  auto segment = std::make_shared<Segment>();
  segment->read_only = step.Flag("read_only");
  segment->memory.setKey(QString::fromStdString(step.Text("name")));
  if (!segment->memory.attach(Mode(segment->read_only))) Throw(segment->memory);
  return step.Keep(segment);
}

static int64_t Size(Step& step) { return step.Get<Segment>("segment").memory.size(); }

// The first attach finds what create and open have attached; one after a detach attaches again.
static int64_t Attach(Step& step) {
  auto& segment = step.Get<Segment>("segment");
  bool read_only = step.Flag("read_only");
  if (segment.attached) throw Lacking("a second attach of one object");
  if (segment.memory.isAttached()) {
    if (segment.read_only != read_only) throw Lacking("another access than the object's");
  } else if (!segment.memory.attach(Mode(read_only))) {
    Throw(segment.memory);
  }
  segment.read_only = read_only;
  segment.attached = true;
  return step.Keep(step.Find("segment").owner, const_cast<void*>(segment.memory.constData()));
}

static int64_t Detach(Step& step) {
  auto& segment = step.Get<Segment>("at");
  if (!segment.memory.detach()) Throw(segment.memory);
  segment.attached = false;
  return step.Drop("at");
}

static int64_t Close(Step& step) {
  if (step.Get<Segment>("segment").attached) throw Lacking("an attach that outlives the object");
  return step.Drop("segment");
}

int main() {
  return shmspec::Run("qt", qVersion(), "segment,memory",
                      {{"segment.create", Create},
                       {"segment.open", Open},
                       {"segment.size", Size},
                       {"segment.attach", Attach},
                       {"segment.detach", Detach},
                       {"segment.close", Close},
                       {"memory.load", shmspec::Memory},
                       {"memory.store", shmspec::Memory}});
}
