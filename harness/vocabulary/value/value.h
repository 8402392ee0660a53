// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The value types that fields of operations and outcomes are made of.
//
// A type that is one number under another name declares kNumber; its wire form, its place in an
// order and its JSON follow from that (number.h). What it looks like in text is a TextForm
// (text_value.h), how it is drawn a line in draw_value.h. A type without one of these does not
// compile where it is needed.

#ifndef SHMSPEC_HARNESS_VOCABULARY_VALUE_VALUE_H_
#define SHMSPEC_HARNESS_VOCABULARY_VALUE_VALUE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/value/names.h"

namespace shmspec {

/// What a handle stands for; the enumerator is its letter in text.
enum class HandleKind : char {
  kSegment = 's',  // a segment identifier, as shmget returned it
  kAttach = 'a',   // an address, as shmat returned it
  kMapping = 'm',  // an address, as mmap or mremap returned it
  kKey = 'k',      // a System V key; unlike the others it has a value (a unique key) from the start
  kIpcObject = 'o',   // the identifier of a message queue or a semaphore set
  kDescriptor = 'd',  // a file descriptor
  kObject = 'g',      // a segment as a library opened it: the number of the object in its process
};

template <>
struct NamesOf<HandleKind> {
  static constexpr std::array kNames{Named<HandleKind>{"s", HandleKind::kSegment},
                                     Named<HandleKind>{"a", HandleKind::kAttach},
                                     Named<HandleKind>{"m", HandleKind::kMapping},
                                     Named<HandleKind>{"k", HandleKind::kKey},
                                     Named<HandleKind>{"o", HandleKind::kIpcObject},
                                     Named<HandleKind>{"d", HandleKind::kDescriptor},
                                     Named<HandleKind>{"g", HandleKind::kObject}};
};

inline constexpr std::size_t kHandleKinds = NamesOf<HandleKind>::kNames.size();

/// The place of a kind among all, from 0 to kHandleKinds - 1.
constexpr std::size_t IndexOf(HandleKind kind) {
  std::size_t index = 0;
  while (index + 1 < kHandleKinds && NamesOf<HandleKind>::kNames[index].value != kind) ++index;
  return index;
}

/// A symbolic name for a live value: `s0`, `a1`. Handles belong to the plan, not to an actor; the
/// value appears when the step that assigns the handle succeeds and is -1 until then.
struct Handle {
  static constexpr std::uint8_t kLimit = 64;  // handles of one kind in one plan

  HandleKind kind = HandleKind::kSegment;
  std::uint8_t index = 0;

  friend bool operator==(const Handle&, const Handle&) = default;
  friend auto operator<=>(const Handle&, const Handle&) = default;
};

/// A T for every handle that a plan can have.
template <class T>
class PerHandle {
 public:
  T& operator[](Handle handle) { return values_[IndexOf(handle.kind)][handle.index]; }
  const T& operator[](Handle handle) const { return values_[IndexOf(handle.kind)][handle.index]; }
  std::array<T, Handle::kLimit>& operator[](HandleKind kind) { return values_[IndexOf(kind)]; }

  template <class Visit>
  void ForEach(Visit&& visit) {
    for (auto& kind : values_) {
      for (T& value : kind) visit(value);
    }
  }

 private:
  std::array<std::array<T, Handle::kLimit>, kHandleKinds> values_{};
};

/// A handle plus an offset, or a plain number when there is no handle. The strong types below say
/// which kinds of handles make sense (kKinds, the usual one first) and the word for 0 without a
/// handle (kNone; empty: the number).
struct Reference {
  std::optional<Handle> handle;
  std::int64_t offset = 0;

  friend bool operator==(const Reference&, const Reference&) = default;
};

/// An address: `a0+8`, `m0`, `null`, `0x1000`. In bytes.
struct Address : Reference {
  static constexpr std::array kKinds{HandleKind::kAttach, HandleKind::kMapping};
  static constexpr std::string_view kNone = "null";
};
/// A segment identifier: `s0`, `s0+32768` (another identifier derived from it), `-1`.
struct SegmentRef : Reference {
  static constexpr std::array kKinds{HandleKind::kSegment};
  static constexpr std::string_view kNone = "";
};
/// A System V key: `k0` (unique to this run of the plan), `private`, `0x5348`.
struct KeyRef : Reference {
  static constexpr std::array kKinds{HandleKind::kKey};
  static constexpr std::string_view kNone = "private";
};
/// The identifier of a message queue or a semaphore set: `o0`, `-1`.
struct IpcRef : Reference {
  static constexpr std::array kKinds{HandleKind::kIpcObject};
  static constexpr std::string_view kNone = "";
};
/// A file descriptor of the process that makes the call: `d0`, `-1`.
struct DescriptorRef : Reference {
  static constexpr std::array kKinds{HandleKind::kDescriptor};
  static constexpr std::string_view kNone = "";
};

/// A segment as a library opened it: `g0`.
struct ObjectRef : Reference {
  static constexpr std::array kKinds{HandleKind::kObject};
  static constexpr std::string_view kNone = "";
};

constexpr std::uint64_t kDefaultSize = 4096;

/// A number of bytes. A type of its own so that generators aim at page edges.
struct Size {
  std::uint64_t bytes = 0;
  static constexpr auto kNumber = &Size::bytes;
  friend bool operator==(const Size&, const Size&) = default;
};

/// Permission bits, written in octal.
struct Mode {
  std::uint32_t bits = 0;
  static constexpr auto kNumber = &Mode::bits;
  friend bool operator==(const Mode&, const Mode&) = default;
};

/// A user or group id. Those of User() are users of plans, `u1` to `u32` in text: each system has
/// ids for them that belong to nobody there (users.h).
struct Id {
  static constexpr std::uint32_t kUsers = 32;
  static constexpr std::uint32_t kBeforeUsers = 4'000'000'000;
  std::uint32_t number = 0;
  static constexpr auto kNumber = &Id::number;
  constexpr Id() = default;
  constexpr Id(std::uint32_t any) : number(any) {}  // NOLINT: a number is an id
  static constexpr Id User(std::uint32_t index) { return kBeforeUsers + index; }
  friend bool operator==(const Id&, const Id&) = default;
};

/// Which user of plans the number stands for, from 1; 0: none.
constexpr std::uint32_t UserOf(std::int64_t number) {
  // Compared before it is subtracted from: a plan may hold any number.
  if (number <= Id::kBeforeUsers || number > Id::kBeforeUsers + std::int64_t{Id::kUsers}) return 0;
  return static_cast<std::uint32_t>(number - Id::kBeforeUsers);
}

/// A user or group id as a system reports it; -1 in a listing that has no such column.
struct ReportedId {
  std::int64_t number = 0;
  static constexpr auto kNumber = &ReportedId::number;
  constexpr ReportedId() = default;
  constexpr ReportedId(std::int64_t any) : number(any) {}  // NOLINT: a number is an id
  friend bool operator==(const ReportedId&, const ReportedId&) = default;
};

/// An actor by its position in the plan; its name in text.
struct ActorRef {
  static constexpr std::uint8_t kLimit = 16;  // actors in one plan
  std::uint8_t index = 0;
  static constexpr auto kNumber = &ActorRef::index;
  friend bool operator==(const ActorRef&, const ActorRef&) = default;
  friend auto operator<=>(const ActorRef&, const ActorRef&) = default;
};

/// An errno value, written by name.
struct ErrorCode {
  int number = 0;
  static constexpr auto kNumber = &ErrorCode::number;
  friend bool operator==(const ErrorCode&, const ErrorCode&) = default;
};

/// A signal number, written by name.
struct SignalCode {
  int number = 0;
  static constexpr auto kNumber = &SignalCode::number;
  friend bool operator==(const SignalCode&, const SignalCode&) = default;
};

/// Flags of shmget(2): named bits, the rest (the mode) in octal.
struct GetFlagsTag {
  static constexpr std::array kNames{
      Named<std::uint64_t>{"create", 01000}, Named<std::uint64_t>{"exclusive", 02000},
      Named<std::uint64_t>{"hugetlb", 04000}, Named<std::uint64_t>{"noreserve", 010000}};
};
using GetFlags = Flags<GetFlagsTag>;
inline constexpr std::uint64_t kCreate = 01000;
inline constexpr std::uint64_t kExclusive = 02000;
inline constexpr std::uint64_t kHugetlb = 04000;
inline constexpr std::uint64_t kNoReserve = 010000;

/// Flags of shmat(2).
struct AttachFlagsTag {
  static constexpr std::array kNames{
      Named<std::uint64_t>{"read_only", 010000}, Named<std::uint64_t>{"round", 020000},
      Named<std::uint64_t>{"remap", 040000}, Named<std::uint64_t>{"execute", 0100000}};
};
using AttachFlags = Flags<AttachFlagsTag>;
inline constexpr std::uint64_t kReadOnly = 010000;
inline constexpr std::uint64_t kRound = 020000;
inline constexpr std::uint64_t kRemap = 040000;
inline constexpr std::uint64_t kExecute = 0100000;

/// The state bits that Linux adds to shm_perm.mode.
inline constexpr std::uint32_t kModeDest = 01000;
inline constexpr std::uint32_t kModeLocked = 02000;

/// Protection of a mapping, as mprotect(2) takes it; `none` is the empty set.
struct ProtectionTag {
  static constexpr std::array kNames{Named<std::uint64_t>{"read", 1},
                                     Named<std::uint64_t>{"write", 2},
                                     Named<std::uint64_t>{"exec", 4}};
};
using Protection = Flags<ProtectionTag>;

/// A set of Linux capabilities, bit N for capability number N.
struct CapabilitiesTag {
  static constexpr std::array kNames{Named<std::uint64_t>{"chown", 1ull << 0},
                                     Named<std::uint64_t>{"dac_override", 1ull << 1},
                                     Named<std::uint64_t>{"dac_read_search", 1ull << 2},
                                     Named<std::uint64_t>{"fowner", 1ull << 3},
                                     Named<std::uint64_t>{"setgid", 1ull << 6},
                                     Named<std::uint64_t>{"setuid", 1ull << 7},
                                     Named<std::uint64_t>{"ipc_lock", 1ull << 14},
                                     Named<std::uint64_t>{"ipc_owner", 1ull << 15},
                                     Named<std::uint64_t>{"sys_rawio", 1ull << 17},
                                     Named<std::uint64_t>{"sys_ptrace", 1ull << 19},
                                     Named<std::uint64_t>{"sys_admin", 1ull << 21},
                                     Named<std::uint64_t>{"sys_resource", 1ull << 24},
                                     Named<std::uint64_t>{"checkpoint_restore", 1ull << 40}};
};
using Capabilities = Flags<CapabilitiesTag>;
inline constexpr std::uint64_t kCapChown = 1ull << 0;
inline constexpr std::uint64_t kCapDacOverride = 1ull << 1;
inline constexpr std::uint64_t kCapDacReadSearch = 1ull << 2;
inline constexpr std::uint64_t kCapFowner = 1ull << 3;
inline constexpr std::uint64_t kCapSetgid = 1ull << 6;
inline constexpr std::uint64_t kCapSetuid = 1ull << 7;
inline constexpr std::uint64_t kCapIpcLock = 1ull << 14;
inline constexpr std::uint64_t kCapIpcOwner = 1ull << 15;
inline constexpr std::uint64_t kCapSysRawio = 1ull << 17;
inline constexpr std::uint64_t kCapSysAdmin = 1ull << 21;
inline constexpr std::uint64_t kCapSysResource = 1ull << 24;

/// Namespaces that an actor makes for itself.
struct NamespacesTag {
  static constexpr std::array kNames{
      Named<std::uint64_t>{"ipc", 1}, Named<std::uint64_t>{"user", 2},
      Named<std::uint64_t>{"pid", 4}, Named<std::uint64_t>{"mount", 8}};
};
using Namespaces = Flags<NamespacesTag>;
inline constexpr std::uint64_t kNamespaceIpc = 1;
inline constexpr std::uint64_t kNamespaceUser = 2;
inline constexpr std::uint64_t kNamespacePid = 4;
inline constexpr std::uint64_t kNamespaceMount = 8;

/// The buffer given to a control call.
enum class Buffer : std::uint8_t { kValid, kNull, kWild, kUnwritable };
template <>
struct NamesOf<Buffer> {
  static constexpr std::array kNames{
      Named<Buffer>{"valid", Buffer::kValid}, Named<Buffer>{"null", Buffer::kNull},
      Named<Buffer>{"wild", Buffer::kWild}, Named<Buffer>{"read_only", Buffer::kUnwritable}};
};

/// Width of a memory access in bytes.
enum class Width : std::uint8_t { k1 = 1, k2 = 2, k4 = 4, k8 = 8 };
template <>
struct NamesOf<Width> {
  static constexpr std::array kNames{Named<Width>{"1", Width::k1}, Named<Width>{"2", Width::k2},
                                     Named<Width>{"4", Width::k4}, Named<Width>{"8", Width::k8}};
};

/// C++ memory order of an access.
enum class Order : std::uint8_t { kSeqCst, kAcquire, kRelease, kRelaxed };
template <>
struct NamesOf<Order> {
  static constexpr std::array kNames{
      Named<Order>{"seq_cst", Order::kSeqCst}, Named<Order>{"acquire", Order::kAcquire},
      Named<Order>{"release", Order::kRelease}, Named<Order>{"relaxed", Order::kRelaxed}};
};

/// How a process or thread ends itself.
enum class ExitHow : std::uint8_t { kQuick, kNormal, kAbort, kThread };
template <>
struct NamesOf<ExitHow> {
  static constexpr std::array kNames{
      Named<ExitHow>{"_exit", ExitHow::kQuick}, Named<ExitHow>{"exit", ExitHow::kNormal},
      Named<ExitHow>{"abort", ExitHow::kAbort}, Named<ExitHow>{"thread", ExitHow::kThread}};
};

/// How a process is known to have ended.
enum class GoneHow : std::uint8_t { kExited, kKilled, kUnknown };
template <>
struct NamesOf<GoneHow> {
  static constexpr std::array kNames{Named<GoneHow>{"exited", GoneHow::kExited},
                                     Named<GoneHow>{"killed", GoneHow::kKilled},
                                     Named<GoneHow>{"unknown", GoneHow::kUnknown}};
};

/// si_code of a fault, the ones that memory accesses raise.
enum class FaultCode : std::uint8_t { kUnmapped, kAccess, kBeyondObject, kOther };
template <>
struct NamesOf<FaultCode> {
  static constexpr std::array kNames{Named<FaultCode>{"MAPERR", FaultCode::kUnmapped},
                                     Named<FaultCode>{"ACCERR", FaultCode::kAccess},
                                     Named<FaultCode>{"ADRERR", FaultCode::kBeyondObject},
                                     Named<FaultCode>{"other", FaultCode::kOther}};
};

/// A limit of setrlimit(2).
enum class Limit : std::uint8_t { kMemlock, kAddressSpace, kFiles };
template <>
struct NamesOf<Limit> {
  static constexpr std::array kNames{Named<Limit>{"memlock", Limit::kMemlock},
                                     Named<Limit>{"as", Limit::kAddressSpace},
                                     Named<Limit>{"nofile", Limit::kFiles}};
};

/// A sysctl of the IPC namespace, by its file below /proc/sys/kernel.
enum class Sysctl : std::uint8_t { kShmmax, kShmall, kShmmni, kRmidForced, kNextId };
template <>
struct NamesOf<Sysctl> {
  static constexpr std::array kNames{Named<Sysctl>{"shmmax", Sysctl::kShmmax},
                                     Named<Sysctl>{"shmall", Sysctl::kShmall},
                                     Named<Sysctl>{"shmmni", Sysctl::kShmmni},
                                     Named<Sysctl>{"shm_rmid_forced", Sysctl::kRmidForced},
                                     Named<Sysctl>{"shm_next_id", Sysctl::kNextId}};
};

/// The kinds of System V objects.
enum class IpcKind : std::uint8_t { kQueue, kSemaphores, kSegment };
template <>
struct NamesOf<IpcKind> {
  static constexpr std::array kNames{Named<IpcKind>{"queue", IpcKind::kQueue},
                                     Named<IpcKind>{"semaphores", IpcKind::kSemaphores},
                                     Named<IpcKind>{"segment", IpcKind::kSegment}};
};

/// What ipcs(1) shows of the segments: its options -p, -t, -c, -u and -l.
enum class IpcsView : std::uint8_t { kPids, kTimes, kCreators, kSummary, kLimits };
template <>
struct NamesOf<IpcsView> {
  static constexpr std::array kNames{
      Named<IpcsView>{"pids", IpcsView::kPids}, Named<IpcsView>{"times", IpcsView::kTimes},
      Named<IpcsView>{"creators", IpcsView::kCreators},
      Named<IpcsView>{"summary", IpcsView::kSummary}, Named<IpcsView>{"limits", IpcsView::kLimits}};
};

/// What a child made by clone(2) shares with its parent, and the namespace it gets.
struct SharingTag {
  static constexpr std::array kNames{Named<std::uint64_t>{"memory", 1},
                                     Named<std::uint64_t>{"semaphore_undo", 2},
                                     Named<std::uint64_t>{"new_ipc", 4}};
};
using Sharing = Flags<SharingTag>;
inline constexpr std::uint64_t kShareMemory = 1;
inline constexpr std::uint64_t kShareSemaphoreUndo = 2;
inline constexpr std::uint64_t kNewIpc = 4;

/// What program an actor is: what the target has; one that enters the kernel for its System V calls
/// as a 32-bit program does, and only for those; the same with the records of before IPC_64; or a
/// 32-bit program.
enum class Abi : std::uint8_t { kNative, kIa32, kI386, kIa32Old };
template <>
struct NamesOf<Abi> {
  static constexpr std::array kNames{Named<Abi>{"native", Abi::kNative},
                                     Named<Abi>{"ia32", Abi::kIa32}, Named<Abi>{"i386", Abi::kI386},
                                     Named<Abi>{"ia32_old", Abi::kIa32Old}};
};

/// Which program image an exec asks for.
enum class Image : std::uint8_t { kSelf, kMissing };
template <>
struct NamesOf<Image> {
  static constexpr std::array kNames{Named<Image>{"self", Image::kSelf},
                                     Named<Image>{"missing", Image::kMissing}};
};

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_VALUE_VALUE_H_
