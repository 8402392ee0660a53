// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/perform/perform.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/shm.h>

#include <cerrno>
#include <csignal>
#include <functional>
#include <vector>

#include "harness/host/clocks.h"
#include "harness/host/process_limit.h"
#include "harness/target/target.h"
#include "harness/target/tool/tool.h"
#include "harness/vocabulary/outcome/memory_pattern.h"
#include "harness/vocabulary/plan/plan_builder.h"

namespace shmspec {
namespace {

using ::testing::VariantWith;

/// Each test runs on every target that this system has.
class KernelTargetTest : public ::testing::TestWithParam<std::string_view> {
 protected:
  void SetUp() override {
    target_ = FindTarget(GetParam());
    ASSERT_NE(target_, nullptr);
    const Result<void> probe = target_->probe();
    if (!probe.ok()) GTEST_SKIP() << probe.error().message;
    context_.emplace(*target_, handles_);
  }
  void TearDown() override {
    for (const std::int64_t address : attached_) Do(SysvDetach{AbsoluteAddress(address)});
    for (const std::int64_t id : made_) Do(SysvRemove{SegmentId(id)});
  }

  Outcome Do(const Operation& operation) { return Perform(operation, *context_); }

  std::int64_t Made(const Operation& operation) {
    const Outcome outcome = Do(operation);
    EXPECT_THAT(outcome, VariantWith<Value>(testing::_));
    return std::holds_alternative<Value>(outcome) ? std::get<Value>(outcome).number : -1;
  }
  std::int64_t NewSegment(std::uint64_t bytes = kDefaultSize) {
    made_.push_back(Made(SysvGet{PrivateKey(), Size{bytes}, kCreate | 0600}));
    return made_.back();
  }
  Address NewAttach(std::int64_t id, AttachFlags flags = {}) {
    attached_.push_back(Made(SysvAttach{SegmentId(id), Null(), flags}));
    return AbsoluteAddress(attached_.back());
  }

  const KernelTarget* target_ = nullptr;
  HandleTable handles_;
  std::optional<Context> context_;
  std::vector<std::int64_t> made_;
  std::vector<std::int64_t> attached_;
};

Address operator+(Address place, std::int64_t bytes) {
  place.offset += bytes;
  return place;
}

/// Those of this program.
std::vector<std::string_view> NamesHere() {
  std::vector<std::string_view> names;
  for (const KernelTarget& target : KernelTargets()) {
    if (!target.wrapper && (target.abi == Abi::kI386) == kIs32Bit) names.push_back(target.name);
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(, KernelTargetTest, ::testing::ValuesIn(NamesHere()),
                         [](const auto& parameter) { return std::string(parameter.param); });

TEST_P(KernelTargetTest, ReadsEveryFieldOfARecord) {
  const std::int64_t id = NewSegment(12288);
  NewAttach(id);
  const Outcome outcome = Do(SysvStat{SegmentId(id)});
  ASSERT_THAT(outcome, VariantWith<SegmentRecord>(testing::_));
  const auto& record = std::get<SegmentRecord>(outcome);
  EXPECT_EQ(record.returned, 0);
  EXPECT_EQ(record.key, 0);
  EXPECT_EQ(record.mode.bits, 0600u);
  EXPECT_EQ(record.uid, ::geteuid());
  EXPECT_EQ(record.gid, ::getegid());
  EXPECT_EQ(record.cuid, ::geteuid());
  EXPECT_EQ(record.cgid, ::getegid());
  EXPECT_EQ(record.size, 12288);
  EXPECT_EQ(record.cpid, ::getpid());
  EXPECT_EQ(record.lpid, ::getpid());
  EXPECT_EQ(record.nattch, 1);
  EXPECT_EQ(record.dtime, 0);
  EXPECT_NEAR(static_cast<double>(record.atime), static_cast<double>(::time(nullptr)), 60);
  EXPECT_NEAR(static_cast<double>(record.ctime), static_cast<double>(::time(nullptr)), 60);
  EXPECT_EQ(std::get<SegmentRecord>(Do(SysvStatAny{SegmentId(IndexOfIdentifier(id))})).size, 12288);
}

TEST_P(KernelTargetTest, GivesControlCallsTheBufferTheyAreToHave) {
  const std::int64_t id = NewSegment();
  for (const Buffer bad : {Buffer::kNull, Buffer::kWild, Buffer::kUnwritable}) {
    EXPECT_EQ(Do(SysvStat{SegmentId(id), bad}), Outcome(Failure{ErrorCode{EFAULT}}));
  }
  EXPECT_EQ(Do(SysvSet{SegmentId(id), {}, {}, Mode{0640}, Buffer::kWild}),
            Outcome(Failure{ErrorCode{EFAULT}}));
  // IPC_SET only reads its buffer.
  EXPECT_EQ(Do(SysvSet{SegmentId(id), {}, {}, Mode{0640}, Buffer::kUnwritable}), Outcome(Value{0}));
  EXPECT_EQ(std::get<SegmentRecord>(Do(SysvStat{SegmentId(id)})).mode.bits, 0640u);
}

TEST_P(KernelTargetTest, AccessesEveryWidthAtomicallyAndSaysWhatWasThere) {
  const Address at = NewAttach(NewSegment());
  EXPECT_EQ(Do(MemoryStore{at, Width::k8, 0x1122334455667788}), Outcome(Value{0}));
  EXPECT_EQ(Do(MemoryLoad{at, Width::k1}), Outcome(Value{0x88}));
  EXPECT_EQ(Do(MemoryLoad{at, Width::k2}), Outcome(Value{0x7788}));
  EXPECT_EQ(Do(MemoryLoad{at + 4, Width::k4}), Outcome(Value{0x11223344}));
  EXPECT_EQ(Do(MemoryExchange{at, Width::k4, 5}), Outcome(Value{0x55667788}));
  EXPECT_EQ(Do(MemoryCompareExchange{at, Width::k4, 6, 7}), Outcome(Value{5}));
  EXPECT_EQ(Do(MemoryCompareExchange{at, Width::k4, 5, 7}), Outcome(Value{5}));
  EXPECT_EQ(Do(MemoryFetchAdd{at, Width::k2, 0xffff}), Outcome(Value{7}));
  EXPECT_EQ(Do(MemoryLoad{at, Width::k8}), Outcome(Value{0x1122334400000006}));
}

TEST_P(KernelTargetTest, FillsAndSumsAsTheVocabularySays) {
  const Address at = NewAttach(NewSegment());
  EXPECT_EQ(Do(MemoryFill{at + 1, Size{1000}, 250}), Outcome(Value{0}));
  std::vector<std::uint8_t> expected;
  for (std::uint64_t i = 0; i < 1000; ++i) expected.push_back(FillByte(250, i));
  EXPECT_EQ(Do(MemoryChecksum{at + 1, Size{1000}}),
            Outcome(Value{static_cast<std::int64_t>(Checksum(expected))}));
  EXPECT_EQ(Do(MemoryLoad{at, Width::k1}), Outcome(Value{0}));
}

TEST_P(KernelTargetTest, MakesFaultsOutcomesWithTheirPlace) {
  const std::int64_t reserve = Made(MapReserve{Size{16384}});
  const Address inside = AbsoluteAddress(reserve + 4096);
  attached_.push_back(Made(SysvAttach{SegmentId(NewSegment()), inside, kRemap}));
  EXPECT_EQ(Do(MemoryFill{inside, Size{5000}, 1}),
            Outcome(Fault{SignalCode{SIGSEGV}, FaultCode::kAccess, 4096}));
  EXPECT_EQ(Do(MemoryLoad{AbsoluteAddress(8)}),
            Outcome(Fault{SignalCode{SIGSEGV}, FaultCode::kUnmapped, 0}));
  const Address unwritable = NewAttach(made_.back(), kReadOnly);
  EXPECT_EQ(Do(MemoryStore{unwritable + 16, Width::k4, 1}),
            Outcome(Fault{SignalCode{SIGSEGV}, FaultCode::kAccess, 0}));
  EXPECT_THAT(Do(MemoryChecksum{unwritable, Size{4096}}), VariantWith<Value>(testing::_));
}

TEST_P(KernelTargetTest, ListsItsSegmentsInEveryWay) {
  const std::int64_t id = NewSegment(8192);
  const Address at = NewAttach(id);
  const auto has = [&](const Outcome& outcome, bool with_pids) {
    if (const auto* trouble = std::get_if<Trouble>(&outcome)) return trouble->lacking;
    const auto* table = std::get_if<SegmentTable>(&outcome);
    for (std::size_t i = 0; table && i < table->rows.size(); ++i) {
      const SegmentRow& row = table->rows[i];
      if (row.id != id) continue;
      return row.key == 0 && row.size == 8192 && row.mode.bits == 0600 && row.nattch == 1 &&
             row.uid == ::geteuid() && row.cpid == (with_pids ? ::getpid() : -1);
    }
    return false;
  };
  EXPECT_TRUE(has(Do(SystemSegments{}), true));
  EXPECT_TRUE(has(Do(SystemIpcs{}), false));
  EXPECT_TRUE(has(Do(SystemLsipc{}), true));

  const Outcome layout = Do(MapLayout{});
  ASSERT_THAT(layout, VariantWith<MappingTable>(testing::_));
  bool listed = false;
  for (const MappingRow& row : std::get<MappingTable>(layout).rows) {
    if (row.at != at.offset) continue;
    listed = row.size == 8192 && row.id == id && row.shared && row.protection == Protection(3) &&
             row.name == "/SYSV00000000 (deleted)";
  }
  EXPECT_TRUE(listed);
}

TEST_P(KernelTargetTest, RunsTheToolsThatMakeAndRemoveSegments) {
  const Outcome made = Do(SystemIpcmk{Size{4096}, Mode{0600}});
  if (const auto* trouble = std::get_if<Trouble>(&made)) GTEST_SKIP() << trouble->reason;
  ASSERT_THAT(made, VariantWith<Value>(testing::_));
  const SegmentRef id = SegmentId(std::get<Value>(made).number);
  EXPECT_EQ(Do(SystemIpcrm{id}), Outcome(ToolResult{0, ""}));
  EXPECT_THAT(Do(SystemIpcrm{id}), VariantWith<ToolResult>(testing::Field(
                                       &ToolResult::output, testing::HasSubstr("invalid id"))));
}

TEST_P(KernelTargetTest, WritesSysctlsOnlyInAPrivateNamespace) {
  EXPECT_THAT(Do(SystemSysctlWrite{Sysctl::kShmmni, 100}),
              VariantWith<Trouble>(testing::Field(&Trouble::lacking, true)));
  EXPECT_THAT(Do(SystemSysctlRead{Sysctl::kShmmni}), VariantWith<Value>(testing::_));
}

TEST_P(KernelTargetTest, LeavesAFaultOutsideMemoryOperationsDeadly) {
  Do(MemoryLoad{AbsoluteAddress(8)});  // the handlers are there from now on
  EXPECT_EXIT(::raise(SIGSEGV), ::testing::KilledBySignal(SIGSEGV), "");
  // Read from memory, so that the compiler does not know that it is null.
  static volatile std::uintptr_t nowhere = 16;
  EXPECT_EXIT(*reinterpret_cast<volatile int*>(nowhere) = 1, ::testing::KilledBySignal(SIGSEGV),
              "");
}

TEST_P(KernelTargetTest, SaysNothingInPlaceOfWhatItCannotSay) {
  const std::int64_t id = NewSegment();
  constexpr std::uint32_t kLarge = 0x10000;
  const Outcome set = Do(SysvSet{SegmentId(id), {kLarge}, {::getegid()}, Mode{0640}});
  const bool old = target_->abi == Abi::kIa32Old;
  EXPECT_EQ(std::holds_alternative<Trouble>(set), old);
  const auto record = std::get<SegmentRecord>(Do(SysvStat{SegmentId(id)}));
  EXPECT_EQ(record.mode.bits == 0600, old) << "half of an id was set";
  // 0x10d is SHM_STAT to an ipc(2) that uses the bit itself, and no command to others.
  const Outcome unknown = Do(SysvControl{SegmentId(IndexOfIdentifier(id)), 0x10d});
  const bool shared = target_->calls->sysv->record_bits != 0;
  EXPECT_EQ(std::holds_alternative<Trouble>(unknown), shared);
  if (!shared) {
    EXPECT_EQ(unknown, Outcome(Failure{ErrorCode{EINVAL}}));
  }
}

TEST(KernelTarget, AnUnassignedHandleStandsForMinusOne) {
  HandleTable handles;
  Context context(*FindTarget("libc"), handles);
  SegmentRef unassigned;
  unassigned.handle = Handle{HandleKind::kSegment, 3};
  EXPECT_EQ(context.Resolve(unassigned), -1);
  EXPECT_EQ(Perform(SysvStat{unassigned}, context), Outcome(Failure{ErrorCode{EINVAL}}));
  handles.Set(*unassigned.handle, 41);
  unassigned.offset = 1;
  EXPECT_EQ(context.Resolve(unassigned), 42);
}

// --- buffers: a system of our own that writes where it should not

/// What the call below changes: that number of bytes at that offset from its buffer.
struct Scribble {
  std::ptrdiff_t offset = 0;
  std::size_t bytes = 0;
};
Scribble scribble;

CallResult ScribbleOnBuffer(std::int64_t segment, int command, void* buffer) {
  const CallResult returned = kLibcSysvCalls.control(segment, command, buffer);
  char* const at = static_cast<char*>(buffer) + scribble.offset;
  for (std::size_t i = 0; i < scribble.bytes; ++i) at[i] = static_cast<char>(~at[i]);
  return returned;
}

/// The outcome of an operation on it, with a segment of its own.
Outcome OutcomeOf(Scribble scribbles, const std::function<Operation(SegmentRef)>& operation) {
  SysvCalls sysv = kLibcSysvCalls;
  sysv.control = ScribbleOnBuffer;
  const Calls calls{.sysv = &sysv};
  const KernelTarget target{.name = "scribbling", .calls = &calls};
  HandleTable handles;
  Context context(target, handles);
  const Outcome made = Perform(SysvGet{PrivateKey(), Size{4096}, kCreate | 0600}, context);
  const SegmentRef segment = SegmentId(std::get<Value>(made).number);
  scribble = scribbles;
  const Outcome outcome = Perform(operation(segment), context);
  scribble = {};
  Perform(SysvRemove{segment}, context);
  return outcome;
}

Operation SetIt(SegmentRef segment) { return SysvSet{segment, {0}, {0}, {0600}}; }
Operation StatIt(SegmentRef segment) { return SysvStat{segment}; }

constexpr std::ptrdiff_t kRecordBytes = sizeof(shmid_ds);

TEST(ControlBuffers, TellWhatWasWrittenToARecordThatIsOnlyRead) {
  EXPECT_THAT(OutcomeOf({}, SetIt), VariantWith<Value>(Value{0}));
  EXPECT_THAT(OutcomeOf({kRecordBytes - 1, 1}, SetIt),
              VariantWith<StrayWrite>(StrayWrite{0, {}, kRecordBytes - 1, 1}));
  EXPECT_THAT(OutcomeOf({-3, 5}, SetIt), VariantWith<StrayWrite>(StrayWrite{0, {}, -3, 5}));
}

TEST(ControlBuffers, TellWhatWasWrittenBesideARecordThatIsFilledIn) {
  EXPECT_THAT(OutcomeOf({}, StatIt), VariantWith<SegmentRecord>(testing::_));
  EXPECT_THAT(OutcomeOf({kRecordBytes - 8, 8}, StatIt),
              VariantWith<SegmentRecord>(testing::Field(&SegmentRecord::reserved, 8)));
  EXPECT_THAT(OutcomeOf({kRecordBytes, 8}, StatIt),
              VariantWith<StrayWrite>(StrayWrite{0, {}, kRecordBytes, 8}));
  EXPECT_THAT(OutcomeOf({-1, 1}, StatIt), VariantWith<StrayWrite>(StrayWrite{0, {}, -1, 1}));
}

TEST(ControlBuffers, TellWhatWasWrittenByACallThatFailed) {
  const auto unknown = [](SegmentRef) -> Operation { return SysvStat{SegmentId(-1)}; };
  EXPECT_THAT(OutcomeOf({}, unknown), VariantWith<Failure>(Failure{{EINVAL}}));
  EXPECT_THAT(OutcomeOf({16, 4}, unknown),
              VariantWith<StrayWrite>(StrayWrite{-1, {EINVAL}, 16, 4}));
}

TEST(Clock, ComesToASecondThatNoEarlierStampIsOf) {
  const std::int64_t before = SecondNotBeforeNow();
  ASSERT_TRUE(WaitForNextSecond());
  EXPECT_GT(SecondNotAfterNow(), before);
}

TEST(Limits, AreNotHeededWhereMoreCanBeMapped) {
  constexpr std::uint64_t kGibibyte = std::uint64_t{1} << 30;
  // Nothing limits the address space to a gibibyte here, as on systems that only keep a limit.
  if (GetLimit(Limit::kAddressSpace) <= 2 * kGibibyte) GTEST_SKIP() << "little address space";
  EXPECT_FALSE(IsHeeded(Limit::kAddressSpace, kGibibyte));
  EXPECT_TRUE(IsHeeded(Limit::kAddressSpace, std::uint64_t{1} << 62));
  EXPECT_TRUE(IsHeeded(Limit::kFiles, 3));
}

TEST(SegmentListing, ReadsStatesNamesAndNegativeKeys) {
  const auto ipcs = ParseIpcs(
      "\n------ Shared Memory Segments --------\n"
      "key        shmid      owner      perms      bytes      nattch     status      \n"
      "0xb4c8ffa2 5          root       640        4096       1          dest      locked\n"
      "0x00000000 2          1234       600        1          0                       \n\n");
  ASSERT_TRUE(ipcs.ok());
  ASSERT_EQ(ipcs->rows.size(), 2u);
  EXPECT_EQ(ipcs->rows[0].id, 2);
  EXPECT_EQ(ipcs->rows[0].uid, 1234);
  EXPECT_EQ(ipcs->rows[1].key, static_cast<std::int32_t>(0xb4c8ffa2u));
  EXPECT_EQ(ipcs->rows[1].uid, 0);
  EXPECT_EQ(ipcs->rows[1].mode.bits, 0640 | kModeDest | kModeLocked);
  EXPECT_TRUE(ParseLsipc("").ok());
  EXPECT_TRUE(ParseLsipc("{\n   \"\": [\n\n   ]\n}\n").ok());
  EXPECT_FALSE(ParseLsipc(R"({"": [{"id": "1"}]})").ok());
  EXPECT_FALSE(ParseLsipc("nonsense").ok());
  EXPECT_FALSE(ParseProcSysvipcShm("1 2 3").ok());
}

TEST(ToolOutput, OfGetfaclIsRead) {
  const auto list = ParseGetfacl(
      "user::rw-\nuser:1001:r-x\ngroup::--x\ngroup:1002:rwx\nmask::r--\nother::---\n\n");
  ASSERT_TRUE(list.ok()) << list.error().message;
  EXPECT_EQ(*list, (AclRecord{.owner = 6,
                              .user = 1001,
                              .user_bits = 5,
                              .group = 1,
                              .named_group = 1002,
                              .named_group_bits = 7,
                              .mask = 4,
                              .other = 0}));
  EXPECT_EQ(*ParseGetfacl("user::r--\ngroup::-w-\nother::--x\n"),
            (AclRecord{.owner = 4, .group = 2, .other = 1}));
  for (const char* odd :
       {"user::rwz", "user:me:rwx", "nobody::rwx", "user::rw", "user", "mask:7:r--"}) {
    EXPECT_FALSE(ParseGetfacl(odd).ok()) << odd;
  }
}

}  // namespace
}  // namespace shmspec
