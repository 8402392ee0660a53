// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Operations on files in memory, descriptors and their mappings as statements.

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "reports/c/text.h"

namespace shmspec::reports {
namespace {

constexpr CFlagName kMemfdNames[] = {{kMemfdCloseOnExec, "MFD_CLOEXEC"},
                                     {kAllowSealing, "MFD_ALLOW_SEALING"},
                                     {kMemfdHugetlb, "MFD_HUGETLB"},
                                     {kNoexecSeal, "8 /* MFD_NOEXEC_SEAL */"},
                                     {kMemfdExec, "16 /* MFD_EXEC */"}};
constexpr CFlagName kSealNames[] = {{kSealSeal, "F_SEAL_SEAL"},
                                    {kSealShrink, "F_SEAL_SHRINK"},
                                    {kSealGrow, "F_SEAL_GROW"},
                                    {kSealWrite, "F_SEAL_WRITE"},
                                    {kSealFutureWrite, "16 /* F_SEAL_FUTURE_WRITE */"},
                                    {kSealExec, "32 /* F_SEAL_EXEC */"}};
constexpr CFlagName kOpenNames[] = {{kWriteOnly, "O_WRONLY"},
                                    {kReadWrite, "O_RDWR"},
                                    {kTruncate, "O_TRUNC"},
                                    {kAppend, "O_APPEND"},
                                    {kOpenCloseOnExec, "O_CLOEXEC"}};
constexpr CFlagName kObjectNames[] = {{kWriteOnly, "O_WRONLY"}, {kReadWrite, "O_RDWR"},
                                      {kMakeObject, "O_CREAT"}, {kOnlyNewObject, "O_EXCL"},
                                      {kTruncate, "O_TRUNC"},   {kAppend, "O_APPEND"}};
constexpr CFlagName kMountNames[] = {{kMountReadOnly, "MS_RDONLY"}, {kMountNoexec, "MS_NOEXEC"}};
constexpr CFlagName kAllocateNames[] = {{kKeepSize, "FALLOC_FL_KEEP_SIZE"},
                                        {kPunchHole, "FALLOC_FL_PUNCH_HOLE"}};
constexpr CFlagName kMapNames[] = {{kMapShared, "MAP_SHARED"},
                                   {kMapPrivate, "MAP_PRIVATE"},
                                   {kMapFixed, "MAP_FIXED"},
                                   {kMapAnonymous, "MAP_ANONYMOUS"},
                                   {kMapLocked, "MAP_LOCKED"},
                                   {kMapNoreserve, "MAP_NORESERVE"},
                                   {kMapPopulate, "MAP_POPULATE"},
                                   {kMapHugetlb, "MAP_HUGETLB"},
                                   {kMapSync, "0x80000 /* MAP_SYNC */"},
                                   {kMapFixedNoreplace, "0x100000 /* MAP_FIXED_NOREPLACE */"}};
constexpr CFlagName kLockNames[] = {
    {kLockCurrent, "MCL_CURRENT"}, {kLockFuture, "MCL_FUTURE"}, {kLockOnFault, "MCL_ONFAULT"}};
constexpr CFlagName kSyncNames[] = {
    {kSyncAsync, "MS_ASYNC"}, {kSyncInvalidate, "MS_INVALIDATE"}, {kSyncSync, "MS_SYNC"}};

std::string File(const DescriptorRef& descriptor) {
  return fmt::format("(int)({})", CReference(descriptor));
}

/// Hidden from the compiler, which would warn of a null pointer.
std::string Memory(const Address& place) { return fmt::format("address({})", CReference(place)); }

std::string Offset(const Size& offset) {
  return fmt::format("(off_t){}", CNumber(static_cast<std::int64_t>(offset.bytes)));
}

/// Written for every operation that is known here; the template catches the rest.
template <class Op>
std::nullopt_t Write(const Op&) {
  return std::nullopt;
}

std::string Write(const MemfdCreate& op) {
  const std::string text = CString(op.name);
  const std::string name = op.pointer == Buffer::kNull   ? "NULL"
                           : op.pointer == Buffer::kWild ? "page(PROT_NONE)"
                           : op.pointer == Buffer::kUnwritable
                               ? fmt::format("read_only({}, sizeof({}))", text, text)
                               : text;
  return fmt::format("result(o, memfd_create({}, {}));", name, CFlags(op.flags.bits, kMemfdNames));
}
std::string Write(const MemfdAddSeals& op) {
  return fmt::format("result(o, fcntl({}, F_ADD_SEALS, {}));", File(op.descriptor),
                     CFlags(op.seals.bits, kSealNames));
}
std::string Write(const MemfdGetSeals& op) {
  return fmt::format("result(o, fcntl({}, F_GET_SEALS));", File(op.descriptor));
}
std::string Write(const MemfdReopen& op) {
  return fmt::format("result(o, open_again({}, {}));", File(op.descriptor),
                     CFlags(op.flags.bits, kOpenNames));
}
std::string Write(const FileTruncate& op) {
  return fmt::format("result(o, ftruncate({}, {}));", File(op.descriptor), Offset(op.size));
}
std::string Write(const FileStat& op) {
  return fmt::format("result(o, fstat({}, &o->file));", File(op.descriptor));
}
std::string Write(const FileSync& op) {
  return fmt::format("result(o, {}({}));", op.data_only ? "fdatasync" : "fsync",
                     File(op.descriptor));
}
std::string Write(const FileStatfs& op) {
  return fmt::format("result(o, fstatfs({}, &o->system));", File(op.descriptor));
}
/// The path of a name that has no slash inside.
std::string PathInShm(const std::string& name) {
  return CString("/dev/shm/" + name.substr(std::min(name.find_first_not_of('/'), name.size())));
}
std::string Write(const PosixOpen& op) {
  return fmt::format("result(o, shm_open({}, {}, 0{:o}));", CString(op.name),
                     CFlags(op.flags.bits, kObjectNames), op.mode.bits);
}
std::string Write(const PosixUnlink& op) {
  return fmt::format("result(o, shm_unlink({}));", CString(op.name));
}
std::string Write(const PosixLink& op) {
  return fmt::format("result(o, link({}, {}));", PathInShm(op.name), PathInShm(op.to));
}
std::string Write(const PosixPlantLink& op) {
  return fmt::format("result(o, symlink({}, {}));", CString(op.target), PathInShm(op.name));
}
std::string Write(const SystemMountShm& op) {
  return fmt::format(
      "result(o, mount(\"shmspec\", \"/dev/shm\", \"tmpfs\", {}, "
      "\"size={},nr_inodes={},mode={:o},gid={}\"));",
      CFlags(op.flags.bits, kMountNames), op.size.bytes, op.inodes, op.mode.bits, op.gid.number);
}
std::string Write(const SystemRemountShm& op) {
  std::string options;
  if (op.size.bytes != 0) options += fmt::format("size={},", op.size.bytes);
  if (op.inodes != 0) options += fmt::format("nr_inodes={},", op.inodes);
  if (!options.empty()) options.pop_back();
  return fmt::format("result(o, mount(NULL, \"/dev/shm\", NULL, MS_REMOUNT | {}, \"{}\"));",
                     CFlags(op.flags.bits, kMountNames), options);
}
std::string Write(const SystemUnmountShm&) {
  return "result(o, umount2(\"/dev/shm\", MNT_DETACH));";
}
std::string Write(const SystemHideShm&) {
  return "result(o, mount(\"shmspec\", \"/dev\", \"tmpfs\", 0, \"size=64k\"));";
}
std::string Write(const FileChmod& op) {
  return fmt::format("result(o, fchmod({}, 0{:o}));", File(op.descriptor), op.mode.bits);
}
std::string Write(const FileChown& op) {
  return fmt::format("result(o, fchown({}, {}, {}));", File(op.descriptor), CId(op.uid),
                     CId(op.gid));
}
std::string Write(const FileRead& op) {
  return fmt::format("result(o, read({}, {}, {}));", File(op.descriptor), Memory(op.at),
                     CSize(op.size.bytes));
}
std::string Write(const FileWrite& op) {
  return fmt::format("result(o, write({}, {}, {}));", File(op.descriptor), Memory(op.at),
                     CSize(op.size.bytes));
}
std::string Write(const FilePread& op) {
  return fmt::format("result(o, pread({}, {}, {}, {}));", File(op.descriptor), Memory(op.at),
                     CSize(op.size.bytes), Offset(op.offset));
}
std::string Write(const FilePwrite& op) {
  return fmt::format("result(o, pwrite({}, {}, {}, {}));", File(op.descriptor), Memory(op.at),
                     CSize(op.size.bytes), Offset(op.offset));
}
std::string Write(const FileSeek& op) {
  const char* whence = op.whence == Whence::kSet       ? "SEEK_SET"
                       : op.whence == Whence::kCurrent ? "SEEK_CUR"
                       : op.whence == Whence::kEnd     ? "SEEK_END"
                       : op.whence == Whence::kData    ? "SEEK_DATA"
                                                       : "SEEK_HOLE";
  return fmt::format("result(o, lseek({}, {}, {}));", File(op.descriptor), Offset(op.offset),
                     whence);
}
std::string Write(const FileAllocate& op) {
  return fmt::format("result(o, fallocate({}, {}, {}, {}));", File(op.descriptor),
                     CFlags(op.mode.bits, kAllocateNames), Offset(op.offset), Offset(op.size));
}
/// The entries of the list in a buffer on the stack, and the call that takes it.
template <class Op>
std::string WriteList(const Op& op, const std::string& call) {
  std::string text = "{ unsigned char list[64] = {2}, *at = list + 4;";
  const auto entry = [&](int tag, std::int32_t bits, const std::string& id) {
    text += fmt::format(" at = acl_entry(at, {}, {}, {});", tag, bits, id);
  };
  const std::string none = "4294967295u";
  entry(1, op.owner, none);
  if (op.user.number != kNoEntry) entry(2, op.user_bits, CId(op.user));
  entry(4, op.group, none);
  if (op.named_group.number != kNoEntry) entry(8, op.named_group_bits, CId(op.named_group));
  if (op.mask != -1) entry(16, op.mask, none);
  entry(32, op.other, none);
  return text + fmt::format(" result(o, {}, list, (size_t)(at - list), 0)); }}", call);
}

std::string Write(const FileSetAcl& op) {
  return WriteList(op,
                   fmt::format("fsetxattr({}, \"system.posix_acl_access\"", File(op.descriptor)));
}
std::string Write(const SystemSetDefaultAcl& op) {
  return WriteList(op, "setxattr(\"/dev/shm\", \"system.posix_acl_default\"");
}
std::string Write(const FileGetAcl& op) {
  return fmt::format("get_acl(o, {});", File(op.descriptor));
}
std::string Write(const DescriptorDup& op) {
  return fmt::format("result(o, dup({}));", File(op.descriptor));
}
std::string Write(const DescriptorClose& op) {
  return fmt::format("result(o, close({}));", File(op.descriptor));
}
std::string Write(const DescriptorSetCloseOnExec& op) {
  return fmt::format("result(o, fcntl({}, F_SETFD, {}));", File(op.descriptor),
                     op.on ? "FD_CLOEXEC" : "0");
}
std::string Write(const DescriptorGetCloseOnExec& op) {
  return fmt::format("result(o, fcntl({}, F_GETFD));", File(op.descriptor));
}
std::string Write(const DescriptorSend& op) {
  return fmt::format("result(o, send_file({}));", File(op.descriptor));
}
std::string Write(const DescriptorReceive& op) {
  return fmt::format("result(o, receive_file({}));", op.close_on_exec ? "MSG_CMSG_CLOEXEC" : "0");
}
std::string Write(const DescriptorDiscard&) {
  return "char message;\nresult(o, recv(sockets[1], &message, 1, MSG_DONTWAIT));";
}
std::string Write(const DescriptorGetFrom& op) {
  return fmt::format("result(o, take_file(h->pid[{}], {}));", op.actor.index, File(op.descriptor));
}
std::string Write(const DescriptorOpenSocket&) {
  return "result(o, socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));";
}
std::string Write(const MemfdShowsName& op) {
  return fmt::format("result(o, shows_name({}, {}));", File(op.descriptor),
                     CString("/memfd:" + op.name + " (deleted)"));
}
std::string Write(const MemfdLink& op) {
  return fmt::format("result(o, link_file({}));", File(op.descriptor));
}
std::string Write(const MemfdGetNoexec&) {
  return "read_sysctl(o, \"/proc/sys/vm/memfd_noexec\");";
}
std::string Write(const MemoryPin& op) {
  return fmt::format("result(o, hold({}, {}));", Memory(op.at), CSize(op.size.bytes));
}
std::string Write(const MemoryUnpin&) {
  return "for (int i = 0; i < 2; ++i) close(pipe_ends[i]), pipe_ends[i] = -1;\nvalue(o, 0);";
}
std::string Write(const MapMap& op) {
  return fmt::format("result(o, (long)mmap({}, {}, {}, {}, {}, {}));", CAddress(op.at),
                     CSize(op.size.bytes), CFlags(op.protection.bits, kCProtection),
                     CFlags(op.flags.bits, kMapNames), File(op.descriptor), Offset(op.offset));
}
std::string Write(const MapSync& op) {
  return fmt::format("result(o, msync({}, {}, {}));", CAddress(op.at), CSize(op.size.bytes),
                     CFlags(op.flags.bits, kSyncNames));
}
std::string Write(const MapLock& op) {
  return fmt::format("result(o, mlock({}, {}));", CAddress(op.at), CSize(op.size.bytes));
}
std::string Write(const MapUnlock& op) {
  return fmt::format("result(o, munlock({}, {}));", CAddress(op.at), CSize(op.size.bytes));
}
std::string Write(const MapLockAll& op) {
  return fmt::format("result(o, mlockall({}));", CFlags(op.flags.bits, kLockNames));
}
std::string Write(const MapUnlockAll&) { return "result(o, munlockall());"; }

}  // namespace

std::optional<std::string> CFileStatements(const Operation& operation) {
  return std::visit([](const auto& op) -> std::optional<std::string> { return Write(op); },
                    static_cast<const OperationVariant&>(operation));
}

std::string CFlags(std::uint64_t bits, std::span<const CFlagName> names) {
  std::string words;
  for (const auto& [bit, name] : names) {
    if ((bits & bit) == 0) continue;
    words += fmt::format("{}{}", words.empty() ? "" : " | ", name);
    bits &= ~bit;
  }
  if (bits != 0 || words.empty()) {
    words += fmt::format("{}{}{:o}", words.empty() ? "" : " | ", bits == 0 ? "" : "0", bits);
  }
  return words;
}

std::string CAddress(const Address& place) {
  if (!place.handle && place.offset == 0) return "NULL";
  return fmt::format("address({})", CReference(place));
}

std::string CSize(std::uint64_t bytes) {
  return fmt::format("{}u{}", bytes, bytes >> 32 ? "l" : "");
}

}  // namespace shmspec::reports
