// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Systems that lose races for the names of objects.

#include "harness/target/faulty/recollection.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kPage = 4096;

void LetBothMake(const model::State&, model::Call& call, Operation& operation) {
  auto* open = std::get_if<PosixOpen>(&operation);
  if (open != nullptr && call.overlapped) open->flags.bits &= ~kOnlyNewObject;
}

/// The open file stands for a new file of no name.
void MakeAnother(const model::State& then, const Aftermath& a) {
  const auto* open = As<PosixOpen>(a.call);
  if (open == nullptr || !a.Succeeded() || !open->flags.Has(kMakeObject)) return;
  const model::Node* old = NodeByName(a.before, open->name);
  if (old == nullptr || NodeByName(then, open->name) == old) return;
  if (NodeByName(then, open->name) != nullptr) return;
  const std::uint32_t serial = a.call.step + 1;
  model::Node another = *old;
  another.serial = serial;
  another.object = std::uint64_t{serial} << 8;
  another.links = 0;
  another.size = 0;
  AddNode(a.after, another);
  OwnFile(a.after, serial).node = serial;
  DropNode(a.after, old->serial);
}

void UnlinkForBoth(const model::State& then, const Aftermath& a) {
  const auto* unlink = As<PosixUnlink>(a.call);
  if (unlink == nullptr || !a.FailedWith(ENOENT)) return;
  if (NodeByName(then, unlink->name) != nullptr) a.outcome = Value{0};
}

void EmptyWithTheName(const Aftermath& a) {
  const auto* unlink = As<PosixUnlink>(a.call);
  if (unlink == nullptr || a.call.in_flight == 0 || !a.Succeeded()) return;
  const model::Node* node = NodeByName(a.before, unlink->name);
  if (node != nullptr && FindNode(a.after, node->serial) != nullptr) {
    CutNode(a.after, node->serial, 0, kPage);
  }
}

void SizeOfNobody(const model::State&, const Aftermath& a) {
  const auto* open = As<PosixOpen>(a.call);
  if (open == nullptr || !a.Succeeded() || !open->flags.Has(kTruncate)) return;
  const model::Node* node = NodeByName(a.before, open->name);
  if (node == nullptr) return;
  OwnNode(a.after, node->serial).size = node->size;
  model::MemoryObject& object = OwnObject(a.after, node->object);
  const std::int32_t references = object.references;
  object = ObjectOf(a.before, node->object);
  object.references = references;
}

/// Until the maker makes its next call others see who it is and what it may do as nobody set it.
class YoungObjects : public Tampering {
  void Begin() override { young_.clear(); }
  void Before(model::State&, model::Call& call) override {
    std::erase_if(young_, [&](const Young& one) { return one.maker == call.actor; });
  }
  void After(const model::State& before, const model::Call& call, model::State& after,
             Outcome& outcome) override {
    const auto* open = As<PosixOpen>(call);
    const std::uint32_t serial = call.step + 1;
    if (open != nullptr && call.overlapped && FindNode(after, serial) != nullptr) {
      young_.push_back({serial, call.actor});
    }
    auto* record = std::get_if<FileRecord>(&outcome);
    const model::Node* node = record != nullptr ? NodeNamed(before, call) : nullptr;
    for (const Young& one : young_) {
      if (node != nullptr && node->serial == one.node) {
        record->uid = record->gid = 0;
        record->mode.bits &= ~07777u;
      }
    }
  }
  struct Young {
    std::uint32_t node;
    std::uint8_t maker;
  };
  std::vector<Young> young_;
};

/// The number of names is written back as it was when the call began, and one more or less.
class LostLinks : public Recollection {
  void Begin() override {
    Recollection::Begin();
    lost_.clear();
  }
  void After(const model::State& before, const model::Call& call, model::State&,
             Outcome& outcome) override {
    const model::State* then = Then(call);
    const auto* link = As<PosixLink>(call);
    const auto* unlink = As<PosixUnlink>(call);
    if (then != nullptr && (link != nullptr || unlink != nullptr) && Succeeded(outcome)) {
      const model::Node* now = NodeByName(before, link != nullptr ? link->name : unlink->name);
      const model::Node* old = now != nullptr ? FindNode(*then, now->serial) : nullptr;
      if (old != nullptr) lost_[now->serial] += now->links - old->links;
    }
    auto* record = std::get_if<FileRecord>(&outcome);
    const model::Node* node = record != nullptr ? NodeNamed(before, call) : nullptr;
    if (node != nullptr && lost_.contains(node->serial)) record->links -= lost_[node->serial];
  }
  std::map<std::uint32_t, std::int64_t> lost_;
};

constexpr SeededFault kFaults[] = {
    {"racing_opens_both_make", "POSIX.OPEN.EXCL_ATOMIC"_req,
     "two processes that make one name exclusively at the same time both succeed",
     Rewritten<LetBothMake>},
    {"racing_opens_make_two_objects", "RACE.POSIX.CREATE_SAME"_req,
     "two processes that make one name at the same time get an object each", Since<MakeAnother>},
    {"racing_unlinks_both_succeed", "RACE.POSIX.UNLINK_ONCE"_req,
     "a name that two processes remove at the same time is removed by both", Since<UnlinkForBoth>},
    {"unlink_under_way_empties_the_object", "RACE.POSIX.OPEN_UNLINK"_req,
     "shm_unlink beside other calls empties the object for those who have it open",
     Afterwards<EmptyWithTheName>},
    {"open_under_way_does_not_truncate", "RACE.POSIX.TRUNC_ORDER"_req,
     "O_TRUNC does nothing beside other calls", Since<SizeOfNobody>},
    {"new_object_is_seen_half_made", "RACE.POSIX.WHOLE_AT_ONCE"_req,
     "others find an object before its owner and mode are set",
     [] { return std::unique_ptr<Tampering>(std::make_unique<YoungObjects>()); }},
    {"racing_links_lose_a_count", "RACE.POSIX.LINK_COUNT"_req,
     "of two changes of the link count at the same time one is lost",
     [] { return std::unique_ptr<Tampering>(std::make_unique<LostLinks>()); }},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
