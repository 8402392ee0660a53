// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Systems that pass descriptors between processes in the wrong way.

#include <algorithm>
#include <vector>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kCapSysPtrace = 1ull << 19;
constexpr std::uint32_t kOthers = 07;

/// The number of the descriptor that such a call made, or -1.
template <class Op>
std::int64_t MadeBy(const Aftermath& a) {
  const auto* value = std::get_if<Value>(&a.outcome);
  return IsOneOf<Op>(a.call) && value != nullptr ? value->number : -1;
}

/// The new descriptor gets an open file of its own.
template <class Op>
model::OpenFile* MakeOwnFile(const Aftermath& a) {
  const std::int64_t number = MadeBy<Op>(a);
  if (number < 0) return nullptr;
  const std::uint8_t process = ProcessOf(a.after, a.call);
  const bool closed = a.after.processes[process].descriptors->Find(number)->closed_on_exec;
  model::OpenFile copy = *FindFile(a.after, process, number);
  copy.serial = a.call.step + 1;
  copy.references = 0;
  AddFile(a.after, copy);
  OpenDescriptor(a.after, process, {number, copy.serial, closed});
  return &OwnFile(a.after, copy.serial);
}

template <class Op>
void HaveOwnOffset(const Aftermath& a) {
  MakeOwnFile<Op>(a);
}

void BeginAtZero(const Aftermath& a) {
  if (model::OpenFile* file = MakeOwnFile<DescriptorReceive>(a)) file->offset = 0;
}

template <class Op>
void AllowEverything(const Aftermath& a) {
  if (model::OpenFile* file = MakeOwnFile<Op>(a)) file->reads = file->writes = true;
}

template <bool kOn>
void SetFlag(const model::State&, model::Call&, Operation& operation) {
  if (auto* receive = std::get_if<DescriptorReceive>(&operation)) receive->close_on_exec = kOn;
}

void ReceiveLast(model::State& state, const model::Call& call) {
  if (!IsOneOf<DescriptorReceive>(call) || state.in_flight.empty()) return;
  std::rotate(state.in_flight.begin(), state.in_flight.end() - 1, state.in_flight.end());
}

/// A message that was read is still there.
void SendAgain(const Aftermath& a) {
  if (MadeBy<DescriptorReceive>(a) < 0 || a.before.in_flight.size() < 2) return;
  const std::uint32_t file = a.before.in_flight.front();
  SendFile(a.after, file);
  std::rotate(a.after.in_flight.begin(), a.after.in_flight.end() - 1, a.after.in_flight.end());
}

void LoseWithSender(const Aftermath& a) {
  if (!IsOneOf<ProcessExit, ProcessKill>(a.call) || std::holds_alternative<Failure>(a.outcome)) {
    return;
  }
  while (!a.after.in_flight.empty()) LoseFile(a.after);
}

/// The last descriptor is closed: what is on its way loses its bytes.
void EmptyOnTheWay(const Aftermath& a) {
  if (!IsOneOf<DescriptorClose>(a.call) || !a.Succeeded()) return;
  const model::OpenFile* file = FileNamed(a.before, a.call);
  const auto& flying = a.after.in_flight;
  if (std::find(flying.begin(), flying.end(), file->serial) == flying.end()) return;
  CutNode(a.after, file->node, 0, kPage);
}

void AskForMode(const Aftermath& a) {
  const std::int64_t number = MadeBy<DescriptorReceive>(a);
  if (number < 0) return;
  const model::Credentials& caller = CredentialsOf(a.before, a.call);
  const model::OpenFile* file = FindFile(a.after, ProcessOf(a.after, a.call), number);
  const model::Node& node = NodeOf(a.after, file->node);
  if (caller.uid != 0 && caller.uid != node.uid && (node.mode & kOthers) == 0) a.Fail(EACCES);
}

void ChmodReachesDescriptors(const Aftermath& a) {
  const auto* chmod = As<FileChmod>(a.call);
  if (chmod == nullptr || !a.Succeeded()) return;
  const std::uint32_t node = FileNamed(a.before, a.call)->node;
  for (model::OpenFile& file : a.after.files.Own()) {
    if (file.node == node && (chmod->mode.bits & 02) == 0) file.writes = false;
  }
}

void DropSeals(const Aftermath& a) {
  const std::int64_t number = MadeBy<DescriptorReceive>(a);
  if (number < 0) return;
  const model::OpenFile* file = FindFile(a.after, ProcessOf(a.after, a.call), number);
  OwnNode(a.after, file->node).seals = 0;
}

void CountAsWriter(const Aftermath& a) {
  const auto* add = As<MemfdAddSeals>(a.call);
  if (add == nullptr || !a.Succeeded() || !add->seals.Has(kSealWrite)) return;
  const std::uint32_t node = NodeNamed(a.before, a.call)->serial;
  const auto& flying = a.before.in_flight;
  const bool on_its_way = std::any_of(flying.begin(), flying.end(), [&](std::uint32_t serial) {
    return std::any_of(a.before.files->begin(), a.before.files->end(), [&](const auto& file) {
      return file.serial == serial && file.node == node;
    });
  });
  if (on_its_way) a.Fail(EBUSY);
}

void KeepDiscarded(const Aftermath& a) {
  if (!IsOneOf<DescriptorDiscard>(a.call) || !a.Succeeded()) return;
  const std::uint8_t process = ProcessOf(a.after, a.call);
  std::int64_t number = 3;
  while (a.after.processes[process].descriptors->Find(number) != nullptr) ++number;
  a.after.in_flight = a.before.in_flight;
  a.after.files = a.before.files;
  a.after.nodes = a.before.nodes;
  a.after.objects = a.before.objects;
  ReceiveFile(a.after, process, number, false);
}

void SendNothing(const Aftermath& a) {
  const auto* failure = std::get_if<Failure>(&a.outcome);
  if (!IsOneOf<DescriptorSend>(a.call) || failure == nullptr) return;
  if (failure->error.number == EBADF) a.outcome = Value{1};
}

void TraceAnyone(model::State& state, const model::Call& call) {
  if (IsOneOf<DescriptorGetFrom>(call)) OwnCredentials(state, call).caps |= kCapSysPtrace;
}

void KeepTaken(const Aftermath& a) {
  const std::int64_t number = MadeBy<DescriptorGetFrom>(a);
  if (number < 0) return;
  model::DescriptorTable& table = a.after.processes[ProcessOf(a.after, a.call)].descriptors.Own();
  for (std::size_t i = 0; i < table.open().size(); ++i) {
    if (table.open()[i].number == number) table.at(i).closed_on_exec = false;
  }
}

/// The other process no longer has what was taken from it.
void TakeAway(const Aftermath& a) {
  const auto* get = As<DescriptorGetFrom>(a.call);
  if (get == nullptr || !a.Succeeded()) return;
  const std::uint8_t other = a.before.tasks[get->actor.index].process;
  if (other != ProcessOf(a.after, a.call)) CloseDescriptor(a.after, other, a.call.references[0]);
}

void FindNobody(const Aftermath& a) {
  const auto* failure = std::get_if<Failure>(&a.outcome);
  if (!IsOneOf<DescriptorGetFrom>(a.call) || failure == nullptr) return;
  if (failure->error.number == ESRCH) a.outcome = Failure{{EBADF}};
}

constexpr SeededFault kFaults[] = {
    {"passed_descriptor_has_its_own_offset", "FD.SCM_RIGHTS"_req,
     "a descriptor that was received has an offset of its own",
     Afterwards<HaveOwnOffset<DescriptorReceive>>},
    {"passed_descriptor_begins_at_zero", "FD.SCM_RIGHTS"_req,
     "a descriptor that was received has the offset 0", Afterwards<BeginAtZero>},
    {"passed_descriptor_allows_everything", "FD.SCM_RIGHTS"_req,
     "a descriptor that was received reads and writes",
     Afterwards<AllowEverything<DescriptorReceive>>},
    {"passed_descriptor_is_kept_over_exec", "FD.SCM_RIGHTS"_req, "MSG_CMSG_CLOEXEC has no effect",
     Rewritten<SetFlag<false>>},
    {"passed_descriptor_is_closed_on_exec", "FD.SCM_RIGHTS"_req,
     "every descriptor that was received has FD_CLOEXEC", Rewritten<SetFlag<true>>},
    {"descriptors_arrive_backwards", "FD.PASSED_IN_ORDER"_req,
     "what was sent last is received first", Disguise<ReceiveLast>},
    {"descriptors_arrive_twice", "FD.PASSED_IN_ORDER"_req,
     "a descriptor with others behind it is received again", Afterwards<SendAgain>},
    {"descriptors_are_lost_with_their_sender", "FD.IN_FLIGHT_KEEPS_ALIVE"_req,
     "what is on its way is lost when a process ends", Afterwards<LoseWithSender>},
    {"files_are_emptied_on_their_way", "FD.IN_FLIGHT_KEEPS_ALIVE"_req,
     "a file on its way loses its bytes when its sender closes it", Afterwards<EmptyOnTheWay>},
    {"receiving_asks_for_the_mode", "FD.PERMISSION_AT_OPEN"_req,
     "a user whom the mode does not permit to open the file cannot receive it",
     Afterwards<AskForMode>},
    {"chmod_reaches_open_files", "FD.PERMISSION_AT_OPEN"_req,
     "fchmod takes the right to write from open descriptors", Afterwards<ChmodReachesDescriptors>},
    {"passing_breaks_seals", "SEAL.PER_INODE"_req, "a file that is received has no seals",
     Afterwards<DropSeals>},
    {"descriptors_on_their_way_are_busy", "SEAL.WRITE_EBUSY_WHILE_MAPPED"_req,
     "F_SEAL_WRITE fails while a descriptor is on its way", Afterwards<CountAsWriter>},
    {"lost_descriptors_take_a_number", "FD.LOWEST_NUMBER"_req,
     "a descriptor for which there is no room is opened all the same", Afterwards<KeepDiscarded>},
    {"bad_descriptors_can_be_sent", "FD.BAD_DESCRIPTOR"_req,
     "sendmsg of a number that is not open sends nothing and succeeds", Afterwards<SendNothing>},
    {"anyone_takes_descriptors", "FD.PIDFD_GETFD"_req, "pidfd_getfd needs no right",
     Disguise<TraceAnyone>},
    {"taken_descriptor_has_its_own_offset", "FD.PIDFD_GETFD"_req,
     "a descriptor of another process has an offset of its own here",
     Afterwards<HaveOwnOffset<DescriptorGetFrom>>},
    {"taken_descriptor_allows_everything", "FD.PIDFD_GETFD"_req,
     "a descriptor of another process reads and writes here",
     Afterwards<AllowEverything<DescriptorGetFrom>>},
    {"taken_descriptor_is_kept_over_exec", "FD.PIDFD_GETFD"_req,
     "pidfd_getfd does not set FD_CLOEXEC", Afterwards<KeepTaken>},
    {"taken_descriptor_is_taken_away", "FD.PIDFD_GETFD"_req,
     "pidfd_getfd closes the descriptor of the other process", Afterwards<TakeAway>},
    {"ended_process_has_bad_descriptors", "FD.PIDFD_GETFD"_req,
     "pidfd_getfd from a process that is gone fails with EBADF", Afterwards<FindNobody>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
