// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What a target did with one operation. Outcomes are raw: an errno stays the errno that was seen,
// a record holds every field as it was filled in. Declared once, like the operations.

#ifndef SHMSPEC_HARNESS_VOCABULARY_OUTCOME_OUTCOME_H_
#define SHMSPEC_HARNESS_VOCABULARY_OUTCOME_OUTCOME_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/vocabulary/litmus/litmus.h"
#include "harness/vocabulary/value/field.h"
#include "harness/vocabulary/value/value.h"

namespace shmspec {

/// Success with a number: a return value, an identifier, an address, a loaded value. Text: `42`.
struct Value {
  static constexpr std::string_view kName = "value";
  std::int64_t number = 0;
  static constexpr auto kFields = Fields(Field{"number", &Value::number});
  friend bool operator==(const Value&, const Value&) = default;
};

/// Failure with an errno. Text: `EINVAL`.
struct Failure {
  static constexpr std::string_view kName = "failure";
  ErrorCode error;
  static constexpr auto kFields = Fields(Field{"error", &Failure::error});
  friend bool operator==(const Failure&, const Failure&) = default;
};

/// A memory access raised a signal. `offset` is the faulting address minus the address the
/// operation named, in bytes. Text: `fault{signal=SIGSEGV code=ACCERR}`.
struct Fault {
  static constexpr std::string_view kName = "fault";
  SignalCode signal{11};
  FaultCode code = FaultCode::kUnmapped;
  std::int64_t offset = 0;
  static constexpr auto kFields =
      Fields(Field{"signal", &Fault::signal}, Field{"code", &Fault::code},
             Field{"offset", &Fault::offset});
  friend bool operator==(const Fault&, const Fault&) = default;
};

/// The actor ended before (or by) this step: exit code or signal number.
struct Gone {
  static constexpr std::string_view kName = "gone";
  GoneHow how = GoneHow::kExited;
  std::int32_t code = 0;
  static constexpr auto kFields = Fields(Field{"how", &Gone::how}, Field{"code", &Gone::code});
  friend bool operator==(const Gone&, const Gone&) = default;
};

/// What IPC_STAT, SHM_STAT and SHM_STAT_ANY returned and filled in; times in seconds since 1970.
struct SegmentRecord {
  static constexpr std::string_view kName = "segment";
  std::int64_t returned = 0;
  std::int64_t key = 0;
  Mode mode;
  ReportedId uid;
  ReportedId gid;
  ReportedId cuid;
  ReportedId cgid;
  std::int64_t seq = 0;
  std::int64_t size = 0;
  std::int64_t cpid = 0;
  std::int64_t lpid = 0;
  std::int64_t nattch = 0;
  std::int64_t atime = 0;
  std::int64_t dtime = 0;
  std::int64_t ctime = 0;
  std::int64_t reserved = 0;  // bytes of reserved fields and padding that are not zero
  static constexpr auto kFields =
      Fields(Field{"returned", &SegmentRecord::returned}, Field{"key", &SegmentRecord::key},
             Field{"mode", &SegmentRecord::mode}, Field{"uid", &SegmentRecord::uid},
             Field{"gid", &SegmentRecord::gid}, Field{"cuid", &SegmentRecord::cuid},
             Field{"cgid", &SegmentRecord::cgid}, Field{"seq", &SegmentRecord::seq},
             Field{"size", &SegmentRecord::size}, Field{"cpid", &SegmentRecord::cpid},
             Field{"lpid", &SegmentRecord::lpid}, Field{"nattch", &SegmentRecord::nattch},
             Field{"atime", &SegmentRecord::atime}, Field{"dtime", &SegmentRecord::dtime},
             Field{"ctime", &SegmentRecord::ctime}, Field{"reserved", &SegmentRecord::reserved});
  friend bool operator==(const SegmentRecord&, const SegmentRecord&) = default;
};

/// What IPC_INFO returned and filled in. shmall is in pages, shmmax in bytes.
struct LimitsRecord {
  static constexpr std::string_view kName = "limits";
  std::int64_t returned = 0;
  std::uint64_t shmmax = 0;
  std::uint64_t shmmin = 0;
  std::uint64_t shmmni = 0;
  std::uint64_t shmseg = 0;
  std::uint64_t shmall = 0;
  std::int64_t reserved = 0;  // bytes of reserved fields and padding that are not zero
  static constexpr auto kFields =
      Fields(Field{"returned", &LimitsRecord::returned}, Field{"shmmax", &LimitsRecord::shmmax},
             Field{"shmmin", &LimitsRecord::shmmin}, Field{"shmmni", &LimitsRecord::shmmni},
             Field{"shmseg", &LimitsRecord::shmseg}, Field{"shmall", &LimitsRecord::shmall},
             Field{"reserved", &LimitsRecord::reserved});
  friend bool operator==(const LimitsRecord&, const LimitsRecord&) = default;
};

/// What SHM_INFO returned and filled in. shm_tot, shm_rss and shm_swp are in pages.
struct UsageRecord {
  static constexpr std::string_view kName = "usage";
  std::int64_t returned = 0;
  std::int64_t used_ids = 0;
  std::uint64_t shm_tot = 0;
  std::uint64_t shm_rss = 0;
  std::uint64_t shm_swp = 0;
  std::int64_t reserved = 0;  // bytes of padding and of what Linux no longer counts: not zero
  static constexpr auto kFields =
      Fields(Field{"returned", &UsageRecord::returned}, Field{"used_ids", &UsageRecord::used_ids},
             Field{"shm_tot", &UsageRecord::shm_tot}, Field{"shm_rss", &UsageRecord::shm_rss},
             Field{"shm_swp", &UsageRecord::shm_swp}, Field{"reserved", &UsageRecord::reserved});
  friend bool operator==(const UsageRecord&, const UsageRecord&) = default;
};

/// One segment in a listing; -1 in a numeric column that the listing does not have.
struct SegmentRow {
  static constexpr std::string_view kName = "row";
  std::int64_t key = 0;
  std::int64_t id = 0;
  Mode mode;  // SHM_DEST and SHM_LOCKED included where the listing shows them
  std::int64_t size = 0;
  std::int64_t cpid = -1;
  std::int64_t lpid = -1;
  std::int64_t nattch = -1;
  ReportedId uid = -1;
  ReportedId gid = -1;
  ReportedId cuid = -1;
  ReportedId cgid = -1;
  std::int64_t atime = -1;
  std::int64_t dtime = -1;
  std::int64_t ctime = -1;
  std::int64_t rss = -1;   // bytes in memory
  std::int64_t swap = -1;  // bytes swapped out
  static constexpr auto kFields =
      Fields(Field{"key", &SegmentRow::key}, Field{"id", &SegmentRow::id},
             Field{"mode", &SegmentRow::mode}, Field{"size", &SegmentRow::size},
             Field{"cpid", &SegmentRow::cpid}, Field{"lpid", &SegmentRow::lpid},
             Field{"nattch", &SegmentRow::nattch}, Field{"uid", &SegmentRow::uid},
             Field{"gid", &SegmentRow::gid}, Field{"cuid", &SegmentRow::cuid},
             Field{"cgid", &SegmentRow::cgid}, Field{"atime", &SegmentRow::atime},
             Field{"dtime", &SegmentRow::dtime}, Field{"ctime", &SegmentRow::ctime},
             Field{"rss", &SegmentRow::rss}, Field{"swap", &SegmentRow::swap});
  friend bool operator==(const SegmentRow&, const SegmentRow&) = default;
};

/// A listing of the segments of an IPC namespace, in order of identifier.
struct SegmentTable {
  static constexpr std::string_view kName = "segments";
  std::vector<SegmentRow> rows;
  static constexpr auto kFields = Fields(Field{"rows", &SegmentTable::rows});
  friend bool operator==(const SegmentTable&, const SegmentTable&) = default;
};

/// One System V mapping of a process. `at` and `size` in bytes; `offset` into the segment.
struct MappingRow {
  static constexpr std::string_view kName = "mapping";
  std::int64_t at = 0;
  std::int64_t size = 0;
  Protection protection;
  bool shared = true;
  std::int64_t offset = 0;
  std::int64_t id = 0;  // the inode number, which is the segment identifier on Linux
  std::string name;     // "/SYSV00000000 (deleted)"
  static constexpr auto kFields =
      Fields(Field{"at", &MappingRow::at}, Field{"size", &MappingRow::size},
             Field{"protection", &MappingRow::protection}, Field{"shared", &MappingRow::shared},
             Field{"offset", &MappingRow::offset}, Field{"id", &MappingRow::id},
             Field{"name", &MappingRow::name});
  friend bool operator==(const MappingRow&, const MappingRow&) = default;
};

/// The System V mappings of a process, in order of address.
struct MappingTable {
  static constexpr std::string_view kName = "mappings";
  std::vector<MappingRow> rows;
  static constexpr auto kFields = Fields(Field{"rows", &MappingTable::rows});
  friend bool operator==(const MappingTable&, const MappingTable&) = default;
};

/// What a command line tool did.
struct ToolResult {
  static constexpr std::string_view kName = "tool";
  std::int32_t status = 0;
  std::string output;
  static constexpr auto kFields =
      Fields(Field{"status", &ToolResult::status}, Field{"output", &ToolResult::output});
  friend bool operator==(const ToolResult&, const ToolResult&) = default;
};

/// How some rounds of a litmus test ended: registers, then variables; -1 for those that the test
/// does not name.
struct EndingRow {
  static constexpr std::string_view kName = "ending";
  std::int64_t r0 = -1;
  std::int64_t r1 = -1;
  std::int64_t r2 = -1;
  std::int64_t r3 = -1;
  std::int64_t x = -1;
  std::int64_t y = -1;
  std::int64_t z = -1;
  std::int64_t count = 0;  // of rounds
  static constexpr auto kFields =
      Fields(Field{"r0", &EndingRow::r0}, Field{"r1", &EndingRow::r1}, Field{"r2", &EndingRow::r2},
             Field{"r3", &EndingRow::r3}, Field{"x", &EndingRow::x}, Field{"y", &EndingRow::y},
             Field{"z", &EndingRow::z}, Field{"count", &EndingRow::count});
  friend bool operator==(const EndingRow&, const EndingRow&) = default;
};

/// How the rounds of a litmus test ended; `hits` of them as the operation asks. When several
/// techniques were tried, the last one is named, with its part of the rounds and of the hits.
struct Histogram {
  static constexpr std::string_view kName = "histogram";
  std::int64_t rounds = 0;
  std::int64_t hits = 0;
  Technique technique = Technique::kPaced;
  std::int64_t technique_rounds = 0;
  std::int64_t technique_hits = 0;
  std::vector<EndingRow> rows;
  static constexpr auto kFields =
      Fields(Field{"rounds", &Histogram::rounds}, Field{"hits", &Histogram::hits},
             Field{"technique", &Histogram::technique},
             Field{"technique_rounds", &Histogram::technique_rounds},
             Field{"technique_hits", &Histogram::technique_hits}, Field{"rows", &Histogram::rows});
  friend bool operator==(const Histogram&, const Histogram&) = default;
};

/// The step could not be carried out at all, which proves nothing about the target: the tool is not
/// installed, or the actor lacked what the step needs. Ends UNRESOLVED, or UNSUPPORTED when
/// `lacking`.
struct Trouble {
  static constexpr std::string_view kName = "trouble";
  bool lacking = false;
  std::string reason;
  static constexpr auto kFields =
      Fields(Field{"lacking", &Trouble::lacking}, Field{"reason", &Trouble::reason});
  friend bool operator==(const Trouble&, const Trouble&) = default;
};

/// The call wrote to memory of its caller that it must not write: a buffer that it only reads,
/// bytes beside the record it fills in, or the record of a call that failed.
struct StrayWrite {
  static constexpr std::string_view kName = "stray_write";
  std::int64_t returned = 0;
  ErrorCode error;          // when that is -1
  std::int64_t offset = 0;  // of the first such byte, from the address given to the call
  std::int64_t bytes = 0;   // changed in total
  static constexpr auto kFields =
      Fields(Field{"returned", &StrayWrite::returned}, Field{"error", &StrayWrite::error},
             Field{"offset", &StrayWrite::offset}, Field{"bytes", &StrayWrite::bytes});
  friend bool operator==(const StrayWrite&, const StrayWrite&) = default;
};

/// What fstat(2) filled in. `mode` includes the type of the file; `blocks` are of 512 bytes;
/// `mtime` is in seconds since 1970, 0: not given.
struct FileRecord {
  static constexpr std::string_view kName = "file";
  Mode mode;
  ReportedId uid;
  ReportedId gid;
  std::int64_t links = 0;
  std::int64_t size = 0;
  std::int64_t blocks = 0;
  std::int64_t mtime = 0;
  static constexpr auto kFields =
      Fields(Field{"mode", &FileRecord::mode}, Field{"uid", &FileRecord::uid},
             Field{"gid", &FileRecord::gid}, Field{"links", &FileRecord::links},
             Field{"size", &FileRecord::size}, Field{"blocks", &FileRecord::blocks},
             Field{"mtime", &FileRecord::mtime});
  friend bool operator==(const FileRecord&, const FileRecord&) = default;
};

/// The access control list of a file; bits and absent entries as in FileSetAcl.
struct AclRecord {
  static constexpr std::string_view kName = "acl";
  std::int64_t owner = 0;
  ReportedId user = 0xffffffff;
  std::int64_t user_bits = 0;
  std::int64_t group = 0;
  ReportedId named_group = 0xffffffff;
  std::int64_t named_group_bits = 0;
  std::int64_t mask = -1;
  std::int64_t other = 0;
  static constexpr auto kFields =
      Fields(Field{"owner", &AclRecord::owner}, Field{"user", &AclRecord::user},
             Field{"user_bits", &AclRecord::user_bits}, Field{"group", &AclRecord::group},
             Field{"named_group", &AclRecord::named_group},
             Field{"named_group_bits", &AclRecord::named_group_bits},
             Field{"mask", &AclRecord::mask}, Field{"other", &AclRecord::other});
  friend bool operator==(const AclRecord&, const AclRecord&) = default;
};

/// What fstatfs(2) filled in. Blocks are of `block_size` bytes.
struct FileSystemRecord {
  static constexpr std::string_view kName = "file_system";
  std::int64_t type = 0;
  std::int64_t block_size = 0;
  std::int64_t blocks = 0;
  std::int64_t blocks_free = 0;
  std::int64_t inodes = 0;
  std::int64_t inodes_free = 0;
  static constexpr auto kFields = Fields(Field{"type", &FileSystemRecord::type},
                                         Field{"block_size", &FileSystemRecord::block_size},
                                         Field{"blocks", &FileSystemRecord::blocks},
                                         Field{"blocks_free", &FileSystemRecord::blocks_free},
                                         Field{"inodes", &FileSystemRecord::inodes},
                                         Field{"inodes_free", &FileSystemRecord::inodes_free});
  friend bool operator==(const FileSystemRecord&, const FileSystemRecord&) = default;
};

// clang-format off
#define SHMSPEC_OUTCOMES(X) \
  X(Value) X(Failure) X(Fault) X(Gone) X(SegmentRecord) X(LimitsRecord) X(UsageRecord) \
  X(SegmentTable) X(MappingTable) X(ToolResult) X(Trouble) X(Histogram) X(StrayWrite) \
  X(FileRecord) X(FileSystemRecord) X(AclRecord)
// clang-format on

#define SHMSPEC_NEXT_OUTCOME(Record) , Record
using OutcomeVariant = VariantAfter<void SHMSPEC_OUTCOMES(SHMSPEC_NEXT_OUTCOME)>;
#undef SHMSPEC_NEXT_OUTCOME

/// One of them. A class of its own, like Operation, so that its construction, copying and
/// comparison are compiled once.
class Outcome : public OutcomeVariant {
 public:
  Outcome();
  template <class Record>
  requires(AlternativeIndex<Record, OutcomeVariant>::kValue != static_cast<std::size_t>(-1))
      Outcome(Record record);  // NOLINT(google-explicit-constructor): as for the variant
  Outcome(const Outcome& other);
  Outcome(Outcome&& other) noexcept;
  Outcome& operator=(const Outcome& other);
  Outcome& operator=(Outcome&& other) noexcept;
  ~Outcome();

  friend bool operator==(const Outcome& a, const Outcome& b);
};

/// Whether the call reported success: anything but Failure, Fault, Gone, Trouble and StrayWrite.
bool Succeeded(const Outcome& outcome);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_VOCABULARY_OUTCOME_OUTCOME_H_
