// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Loads and stores. Bytes are tracked exactly; where stores overlap without order the bytes are
// unknown until somebody stores there again.

#include <algorithm>
#include <array>
#include <csignal>

#include "harness/model/language/operations.h"
#include "harness/model/language/stride.h"
#include "harness/model/memory/access.h"
#include "harness/vocabulary/outcome/memory_pattern.h"

namespace shmspec::model {

using namespace shmspec::literals;

namespace {

constexpr std::uint64_t kCacheLine = 64;

constexpr Requirements kStores{"SYSV.DATA.WHOLE_RANGE"_req};

std::uint64_t Bytes(Width width) { return static_cast<std::uint64_t>(width); }

std::uint64_t Low(std::uint64_t value, Width width) {
  return width == Width::k8 ? value : value & ((1ull << (8 * Bytes(width))) - 1);
}

bool CrossesLine(std::uint64_t address, Width width) {
  return address % kCacheLine + Bytes(width) > kCacheLine;
}

/// Whether the access is one indivisible event in the order of events.
bool IsIndivisible(const Scene& scene, std::uint64_t address, Width width) {
  return scene.call().Alone() || (!CrossesLine(address, width) && !scene.call().weakly_ordered);
}

void BindNumber(const Scene& scene, std::uint64_t address, Width width, Clauses& clauses) {
  if (!IsIndivisible(scene, address, width)) {
    clauses.Observe("a value in a race that is not ordered");
    return;
  }
  const auto older = OlderNumber(scene, address, Bytes(width));
  if (!older && !AreKnown(scene, address, Bytes(width))) return;
  const auto number = static_cast<std::int64_t>(LoadNumber(scene, address, Bytes(width)));
  Bound& bound =
      clauses.Bind(0, number, number, SameBytesAt(scene, address), "the value last stored there");
  bound.has_other = older.has_value();
  bound.other = static_cast<std::int64_t>(older.value_or(0));
}

void DescribeUpdate(const Scene& scene, std::uint64_t address, Width width, Clauses& clauses) {
  const Reach reach = Follow(scene, address, Bytes(width), true);
  DescribeReach(reach, clauses);
  clauses.Returns<Value>(SameBytesAt(scene, address), "the value found there");
  if (CrossesLine(address, width)) {
    clauses.Faults(SIGBUS, FaultCode::kOther, kAnyOffset, Force::kMay,
                   "ORDER.TEAR.LOCKED_SPLIT"_req,
                   "locked operations across cache lines may be forbidden");
  }
  if (reach.end == Reach::End::kWhole) BindNumber(scene, address, width, clauses);
}

void StoreNumber(const Scene& scene, State& state, std::uint64_t address, Width width,
                 std::uint64_t value) {
  const std::array<std::uint8_t, 8> bytes = BytesOf(scene, value, Bytes(width));
  const bool indivisible = IsIndivisible(scene, address, width);
  const std::uint32_t step = scene.call().step;
  CopyPrivatePages(scene, state, address, Bytes(width));
  ForEachMappedPart(
      scene.space(), address, Bytes(width),
      [&](std::uint64_t object, std::uint64_t offset, std::uint64_t done, std::uint64_t part) {
        MemoryObject& memory = OwnObject(state, object);
        memory.Write(offset, std::span(bytes).subspan(done, part));
        if (!indivisible) memory.MakeUnknown(offset, part, step);
      });
}

/// The first store to a page changes the time of its file, not later than msync(2).
void NoteFirstStore(const Scene& scene, State& state, std::uint64_t address) {
  const Mapping* mapping = scene.space().Find(address);
  const NodeBacking* backing = mapping != nullptr ? mapping->node() : nullptr;
  if (backing == nullptr || !backing->shared) return;
  const std::uint64_t page = (mapping->offset + (address - mapping->start)) / scene.page();
  if (ObjectOf(state, mapping->object).HasPage(page * scene.page(), scene.page())) return;
  OwnNode(state, backing->node).stored_s = scene.call().when.low;
}

/// After a fault in the middle it is unknown which earlier bytes were stored.
void ForgetPart(const Scene& scene, State& state, std::uint64_t address, std::uint64_t size) {
  const Reach reach = Follow(scene, address, size, true);
  const std::uint32_t step = scene.call().step;
  CopyPrivatePages(scene, state, address, std::min(reach.bytes, size));
  ForEachMappedPart(
      scene.space(), address, std::min(reach.bytes, size),
      [&](std::uint64_t object, std::uint64_t offset, std::uint64_t, std::uint64_t part) {
        OwnObject(state, object).MakeUnknown(offset, part, step);
      });
}

/// A single access that faults may have brought in what lies before the fault.
void MayTouchBefore(const Scene& scene, State& state, std::uint64_t address, std::uint64_t size,
                    bool store) {
  const Reach reach = Follow(scene, address, size, store);
  if (reach.bytes < size) MayTouchRange(scene, state, address, reach.bytes);
}

}  // namespace

void Describe(const MemoryLoad& op, const Scene& scene, Clauses& clauses) {
  const std::uint64_t address = scene.AddressOf<&MemoryLoad::at>();
  const Reach reach = Follow(scene, address, Bytes(op.width), false);
  DescribeReach(reach, clauses);
  clauses.Returns<Value>(SameBytesAt(scene, address), "the value last stored there");
  // What a call under way cuts off a file is there as it was, or not at all.
  const Mapping* mapping = scene.space().Find(address);
  const bool may_be_cut = reach.end == Reach::End::kBeyondObject && !reach.certain &&
                          mapping != nullptr && mapping->node() != nullptr;
  if (reach.end == Reach::End::kWhole || may_be_cut) {
    BindNumber(scene, address, op.width, clauses);
  }
}

void Apply(const MemoryLoad& op, const Scene& scene, State& state, const Outcome& outcome) {
  const std::uint64_t address = scene.AddressOf<&MemoryLoad::at>();
  if (Succeeded(outcome)) return TouchRange(scene, state, address, Bytes(op.width));
  MayTouchBefore(scene, state, address, Bytes(op.width), false);
}

void Describe(const MemoryStore& op, const Scene& scene, Clauses& clauses) {
  DescribeReach(Follow(scene, scene.AddressOf<&MemoryStore::at>(), Bytes(op.width), true), clauses);
  clauses.Returns<Value>(kStores, "the bytes are stored");
}

void Apply(const MemoryStore& op, const Scene& scene, State& state, const Outcome& outcome) {
  const std::uint64_t address = scene.AddressOf<&MemoryStore::at>();
  if (!Succeeded(outcome)) {
    return MayTouchBefore(scene, state, address, Bytes(op.width), true);
  }
  NoteFirstStore(scene, state, address);
  StoreNumber(scene, state, address, op.width, op.value);
}

void Describe(const MemoryExchange& op, const Scene& scene, Clauses& clauses) {
  DescribeUpdate(scene, scene.AddressOf<&MemoryExchange::at>(), op.width, clauses);
}

void Apply(const MemoryExchange& op, const Scene& scene, State& state, const Outcome& outcome) {
  const std::uint64_t address = scene.AddressOf<&MemoryExchange::at>();
  if (!Succeeded(outcome)) return MayTouchBefore(scene, state, address, Bytes(op.width), true);
  StoreNumber(scene, state, address, op.width, op.value);
}

void Describe(const MemoryCompareExchange& op, const Scene& scene, Clauses& clauses) {
  DescribeUpdate(scene, scene.AddressOf<&MemoryCompareExchange::at>(), op.width, clauses);
}

void Apply(const MemoryCompareExchange& op, const Scene& scene, State& state,
           const Outcome& outcome) {
  const auto* found = std::get_if<Value>(&outcome);
  const std::uint64_t address = scene.AddressOf<&MemoryCompareExchange::at>();
  if (found == nullptr) return MayTouchBefore(scene, state, address, Bytes(op.width), true);
  TouchRange(scene, state, address, Bytes(op.width));
  const auto number = static_cast<std::uint64_t>(found->number);
  if (Low(number, op.width) != Low(op.expected, op.width)) return;
  StoreNumber(scene, state, address, op.width, op.value);
}

void Describe(const MemoryFetchAdd& op, const Scene& scene, Clauses& clauses) {
  DescribeUpdate(scene, scene.AddressOf<&MemoryFetchAdd::at>(), op.width, clauses);
}

void Apply(const MemoryFetchAdd& op, const Scene& scene, State& state, const Outcome& outcome) {
  const auto* found = std::get_if<Value>(&outcome);
  const std::uint64_t address = scene.AddressOf<&MemoryFetchAdd::at>();
  if (found == nullptr) return MayTouchBefore(scene, state, address, Bytes(op.width), true);
  StoreNumber(scene, state, address, op.width,
              static_cast<std::uint64_t>(found->number) + op.value);
}

void Describe(const MemoryFill& op, const Scene& scene, Clauses& clauses) {
  DescribeReach(Follow(scene, scene.AddressOf<&MemoryFill::at>(), op.size.bytes, true), clauses);
  clauses.Returns<Value>(kStores, "the bytes are stored");
}

void Apply(const MemoryFill& op, const Scene& scene, State& state, const Outcome& outcome) {
  const std::uint64_t address = scene.AddressOf<&MemoryFill::at>();
  if (!Succeeded(outcome)) {
    if (std::holds_alternative<Fault>(outcome)) ForgetPart(scene, state, address, op.size.bytes);
    return;
  }
  CopyPrivatePages(scene, state, address, op.size.bytes);
  ForEachMappedPart(
      scene.space(), address, op.size.bytes,
      [&](std::uint64_t object, std::uint64_t offset, std::uint64_t done, std::uint64_t part) {
        MemoryObject& memory = OwnObject(state, object);
        std::array<std::uint8_t, 512> bytes;
        for (std::uint64_t from = 0; from < part; from += bytes.size()) {
          const std::uint64_t count = std::min<std::uint64_t>(bytes.size(), part - from);
          for (std::uint64_t i = 0; i < count; ++i) {
            bytes[i] = FillByte(op.value, done + from + i);
          }
          memory.Write(offset + from, std::span(bytes).first(count));
        }
      });
}

void Describe(const MemoryChecksum& op, const Scene& scene, Clauses& clauses) {
  const std::uint64_t address = scene.AddressOf<&MemoryChecksum::at>();
  const Reach reach = Follow(scene, address, op.size.bytes, false);
  DescribeReach(reach, clauses);
  clauses.Returns<Value>(SameBytesAt(scene, address), "the hash of the bytes last stored there");
  if (reach.end != Reach::End::kWhole) return;
  // Reading takes time: it may see some of the stores under way and miss others.
  if (!scene.call().Alone()) {
    clauses.Observe("a checksum taken while others act");
    return;
  }
  if (!AreKnown(scene, address, op.size.bytes)) return;
  const auto sum = static_cast<std::int64_t>(LoadChecksum(scene, address, op.size.bytes));
  clauses.Bind(0, sum, sum, SameBytesAt(scene, address), "the hash of the bytes last stored there");
}

void Apply(const MemoryChecksum& op, const Scene& scene, State& state, const Outcome& outcome) {
  const std::uint64_t address = scene.AddressOf<&MemoryChecksum::at>();
  if (Succeeded(outcome)) return TouchRange(scene, state, address, op.size.bytes);
  // Byte by byte, up to the one that faults.
  if (!std::holds_alternative<Fault>(outcome)) return;
  const Reach reach = Follow(scene, address, op.size.bytes, false);
  TouchRange(scene, state, address, std::min(reach.bytes, op.size.bytes));
}

namespace {

template <class Change>
void ForEachFilled(const MemoryFill& op, const Stride& stride, Next& next, Change change) {
  const CopyOnWrite<AddressSpace> space = next.state.processes[stride.process()].space;
  CopyPrivatePages(stride.In(next), next.state, stride.scene().AddressOf<&MemoryFill::at>(),
                   op.size.bytes);
  ForEachMappedPart(
      *space, stride.scene().AddressOf<&MemoryFill::at>(), op.size.bytes,
      [&](std::uint64_t object, std::uint64_t offset, std::uint64_t, std::uint64_t part) {
        change(OwnObject(next.state, object), offset, part);
      });
}

}  // namespace

void Advance(const MemoryFill& op, Stride& stride) {
  if (stride.call().Alone()) return stride.Whole();
  const std::uint32_t step = stride.call().step;
  const bool begins = stride.progress().phase == 0;
  Next* next = stride.Resume();
  if (next == nullptr) return;
  if (begins) {
    return ForEachFilled(op, stride, *next,
                         [&](MemoryObject& memory, std::uint64_t offset, std::uint64_t size) {
                           memory.BeginWrite(offset, size, step);
                         });
  }
  bool clean = true;
  ForEachFilled(op, stride, *next, [&](MemoryObject& memory, std::uint64_t, std::uint64_t) {
    clean = memory.EndWrite(step) && clean;
  });
  if (clean) Apply(op, stride.In(*next), next->state, Value{0});
  stride.End(*next);
}

}  // namespace shmspec::model
