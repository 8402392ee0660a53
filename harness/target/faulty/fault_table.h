// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The functions that the tables of faults are made with. For the *_faults.cc of this folder, each
// of which registers its table.
//
//   void AtimeStays(const Aftermath& a) { ... }
//   constexpr SeededFault kFaults[] = {
//       {"attach_leaves_atime", "SYSV.SHMAT.SUCCESS_UPDATES"_req, "shmat leaves shm_atime alone",
//        Afterwards<AtimeStays>},
//   };
//   const internal::FaultRegistration registration(kFaults);

#ifndef SHMSPEC_HARNESS_TARGET_FAULTY_FAULT_TABLE_H_
#define SHMSPEC_HARNESS_TARGET_FAULTY_FAULT_TABLE_H_

#include <cerrno>
#include <cstdint>
#include <memory>
#include <vector>

#include "harness/model/segment/lifetime.h"
#include "harness/model/space/backing.h"
#include "harness/target/faulty/fault.h"

namespace shmspec {

using namespace literals;  // NOLINT: "..."_req, for the tables

/// A call that was performed: the state before it, and the state it leaves, for changing.
struct Aftermath {
  const model::State& before;
  const model::Call& call;
  model::State& after;
  Outcome& outcome;

  bool Succeeded() const { return shmspec::Succeeded(outcome); }
  bool FailedWith(int error) const {
    const auto* failure = std::get_if<Failure>(&outcome);
    return failure != nullptr && failure->error.number == error;
  }
  /// The call fails instead and does nothing.
  void Fail(int error) const {
    after = before;
    outcome = Failure{{error}};
  }
};

/// The fault changes the state or the outcome that a call leaves.
template <void (*change)(const Aftermath&)>
std::unique_ptr<Tampering> Afterwards() {
  class Tampered : public Tampering {
    void After(const model::State& before, const model::Call& call, model::State& after,
               Outcome& outcome) override {
      change({before, call, after, outcome});
    }
  };
  return std::make_unique<Tampered>();
}

/// Undoes the changes of a disguise, except where the call itself changed something again.
void Undisguise(const model::State& real, const model::State& disguised, model::State& after);

/// The system decides as if the state were another: credentials and limits of the caller, limits
/// of namespaces, owner and mode of segments, owner and seals of files, and what these were opened
/// for; limits, flags and modes of file systems.
template <void (*change)(model::State&, const model::Call&)>
std::unique_ptr<Tampering> Disguise() {
  class Tampered : public Tampering {
    void Before(model::State& state, model::Call& call) override {
      real_ = state;
      change(state, call);
    }
    void After(const model::State& before, const model::Call&, model::State& after,
               Outcome&) override {
      Undisguise(real_, before, after);
    }
    model::State real_;
  };
  return std::make_unique<Tampered>();
}

/// The system understands another call; its references are call.references.
template <void (*change)(const model::State&, model::Call&, Operation&)>
std::unique_ptr<Tampering> Rewritten() {
  class Tampered : public Tampering {
    void Before(model::State& state, model::Call& call) override {
      operation_ = *call.operation;
      change(state, call, operation_);
      call.operation = &operation_;
    }
    Operation operation_;
  };
  return std::make_unique<Tampered>();
}

template <class... Ops>
bool IsOneOf(const model::Call& call) {
  return (std::holds_alternative<Ops>(*call.operation) || ...);
}

template <class Op>
const Op* As(const model::Call& call) {
  return std::get_if<Op>(call.operation);
}

// The caller.
std::uint8_t ProcessOf(const model::State& state, const model::Call& call);
const model::Credentials& CredentialsOf(const model::State& state, const model::Call& call);
model::Credentials& OwnCredentials(model::State& state, const model::Call& call);
const model::IpcNamespace& NamespaceOf(const model::State& state, const model::Call& call);
model::IpcNamespace& OwnNamespace(model::State& state, const model::Call& call);

/// The segment whose identifier is the call's first reference, or null.
const model::Segment* ById(const model::State& state, const model::Call& call);
model::Segment* OwnById(model::State& state, const model::Call& call);
/// The segment of the key that is the call's first reference, or null.
const model::Segment* ByKey(const model::State& state, const model::Call& call);
/// The segment that the call created, for changing, or null.
model::Segment* Created(const Aftermath& a);
/// The same segment before the call, or null.
const model::Segment* Before(const Aftermath& a, model::SegmentName name);

/// The record that the call reported, for changing, or null; and its segment before the call.
SegmentRecord* RecordOf(const Aftermath& a);
const model::Segment* RecordedSegment(const Aftermath& a);

/// The mapping that the call made, for changing, or null.
model::Mapping* Attached(const Aftermath& a);

/// The open file whose descriptor is the call's first reference, or null; and its node.
const model::OpenFile* FileNamed(const model::State& state, const model::Call& call);
const model::Node* NodeNamed(const model::State& state, const model::Call& call);
model::Node* OwnNodeNamed(model::State& state, const model::Call& call);
/// The file that the call made, for changing, or null.
model::Node* MadeNode(const Aftermath& a);
/// The mapping that mmap(2) made, for changing, or null; and its index.
model::Mapping* Mapped(const Aftermath& a);
std::size_t IndexOfMapped(const Aftermath& a);

/// A mapping of a segment turns into private memory and no longer counts.
void Disown(model::State& state, std::uint8_t process, std::size_t index);
/// The mapping gets a copy of its memory, shared with no other process.
void GiveOwnCopy(const Aftermath& a, std::uint8_t process, std::size_t index);
/// Unmaps every attach of a process; of one segment when `only` is not null.
void UnmapAttaches(model::State& state, const model::Call& call, std::uint8_t process,
                   const model::SegmentName* only = nullptr);

/// The rows of a listing of that kind, for changing, or null.
template <class Op>
std::vector<SegmentRow>* RowsOf(const Aftermath& a) {
  auto* table = std::get_if<SegmentTable>(&a.outcome);
  return IsOneOf<Op>(a.call) && table != nullptr ? &table->rows : nullptr;
}

template <class Op>
void ListOwnOnly(const Aftermath& a) {
  auto* rows = RowsOf<Op>(a);
  if (rows == nullptr) return;
  const model::IpcNamespace& ipc = NamespaceOf(a.before, a.call);
  const std::uint32_t uid = CredentialsOf(a.before, a.call).uid;
  std::erase_if(*rows, [&](const SegmentRow& row) {
    const model::Segment* segment = FindById(ipc, row.id);
    return segment != nullptr && segment->uid != uid;
  });
}

template <class Op, void (*change)(SegmentRow&)>
void ChangeRows(const Aftermath& a) {
  auto* rows = RowsOf<Op>(a);
  if (rows == nullptr) return;
  for (SegmentRow& row : *rows) change(row);
}

/// Segments that lost attaches by a call of these kinds count them still.
template <class... Ops>
void KeepCount(const Aftermath& a) {
  if (!IsOneOf<Ops...>(a.call)) return;
  ForEachSegment(a.after, [&](model::SegmentName name, model::Segment& segment) {
    const model::Segment* old = FindSegment(a.before, name);
    if (old != nullptr && old->nattch > segment.nattch) segment.nattch = old->nattch;
  });
}

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_FAULTY_FAULT_TABLE_H_
