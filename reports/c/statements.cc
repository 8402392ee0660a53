// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include "reports/c/text.h"

namespace shmspec::reports {
namespace {

using FlagName = CFlagName;
constexpr FlagName kGetNames[] = {{kCreate, "IPC_CREAT"},
                                  {kExclusive, "IPC_EXCL"},
                                  {kHugetlb, "SHM_HUGETLB"},
                                  {kNoReserve, "SHM_NORESERVE"}};
constexpr FlagName kAttachNames[] = {
    {kReadOnly, "SHM_RDONLY"}, {kRound, "SHM_RND"}, {kRemap, "SHM_REMAP"}, {kExecute, "SHM_EXEC"}};

std::string Unsigned(std::uint64_t value) {
  return value < 10 ? fmt::format("{}", value) : fmt::format("0x{:x}ull", value);
}

std::string Identifier(const Reference& reference) {
  return fmt::format("(int)({})", CReference(reference));
}

std::string Key(const KeyRef& key) {
  if (!key.handle && key.offset == 0) return "IPC_PRIVATE";
  return fmt::format("(key_t)({})", CReference(key));
}

/// The buffer of a control call; `own` is where a valid one is, and what the call reads if `reads`.
std::string BufferText(Buffer buffer, std::string_view own, bool reads) {
  switch (buffer) {
    case Buffer::kNull:
      return "NULL";
    case Buffer::kWild:
      return "page(PROT_NONE)";
    case Buffer::kUnwritable:
      return reads ? fmt::format("read_only({0}, sizeof(*{0}))", own) : "page(PROT_READ)";
    case Buffer::kValid:
      break;
  }
  return std::string(own);
}

std::string Control(const std::string& identifier, std::string_view command, Buffer buffer,
                    std::string_view own, bool reads = false) {
  return fmt::format("result(o, shmctl({}, {}, {}));", identifier, command,
                     BufferText(buffer, own, reads));
}

/// `s0` stands for the index within the identifier.
std::string Index(const SegmentRef& index) {
  if (!index.handle) return CNumber(index.offset);
  return fmt::format("(int)({} % 32768 + {})", CReference(Reference{index.handle, 0}),
                     index.offset);
}

std::string_view OrderName(Order order, bool stores) {
  if (order == Order::kAcquire) return "__ATOMIC_ACQUIRE";
  if (order == Order::kRelease && stores) return "__ATOMIC_RELEASE";
  if (order == Order::kRelaxed) return "__ATOMIC_RELAXED";
  return "__ATOMIC_SEQ_CST";
}

std::string Pointer(Width width, const Address& place) {
  return fmt::format("(uint{}_t *){}", 8 * static_cast<int>(width), CAddress(place));
}

std::string_view FileOf(Sysctl name) { return NameOf(name); }

struct Unwritten {};  // what has no form in C

/// Written for every operation that is known here; the template catches the rest.
template <class Op>
Unwritten Write(const Op&) {
  return {};
}

std::string Write(const SysvGet& op) {
  return fmt::format("result(o, shmget({}, {}, {}));", Key(op.key), CSize(op.size.bytes),
                     CFlags(op.flags.bits, kGetNames));
}
std::string Write(const SysvAttach& op) {
  return fmt::format("result(o, (long)shmat({}, {}, {}));", Identifier(op.segment), CAddress(op.at),
                     CFlags(op.flags.bits, kAttachNames));
}
std::string Write(const SysvDetach& op) {
  return fmt::format("result(o, shmdt({}));", CAddress(op.at));
}
std::string Write(const SysvStat& op) {
  return Control(Identifier(op.segment), "IPC_STAT", op.buffer, "&o->segment");
}
std::string Write(const SysvSet& op) {
  // The fields that IPC_SET must ignore get values that would show.
  return fmt::format(
      "struct shmid_ds set;\n"
      "memset(&set, 0xa5, sizeof(set));\n"
      "set.shm_perm.uid = {};\nset.shm_perm.gid = {};\nset.shm_perm.mode = 0{:o};\n{}",
      CId(op.uid), CId(op.gid), op.mode.bits,
      Control(Identifier(op.segment), "IPC_SET", op.buffer, "&set", true));
}
std::string Write(const SysvRemove& op) {
  return Control(Identifier(op.segment), "IPC_RMID", op.buffer, "&o->segment");
}
std::string Write(const SysvLock& op) {
  return Control(Identifier(op.segment), "SHM_LOCK", Buffer::kNull, "");
}
std::string Write(const SysvUnlock& op) {
  return Control(Identifier(op.segment), "SHM_UNLOCK", Buffer::kNull, "");
}
std::string Write(const SysvInfo& op) {
  return Control(Identifier(op.segment), "IPC_INFO", op.buffer, "(void *)&o->limits");
}
std::string Write(const SysvShmInfo& op) {
  return Control(Identifier(op.segment), "SHM_INFO", op.buffer, "(void *)&o->usage");
}
std::string Write(const SysvStatIndex& op) {
  return Control(Index(op.index), "SHM_STAT", op.buffer, "&o->segment");
}
std::string Write(const SysvStatAny& op) {
  return Control(Index(op.index), "15 /* SHM_STAT_ANY */", op.buffer, "&o->segment");
}
std::string Write(const SysvControl& op) {
  return fmt::format("result(o, shmctl({}, {}, &o->segment));", Identifier(op.segment), op.command);
}

std::string Write(const SysvKeyOfPath& op) {
  return fmt::format("result(o, ftok({}, {}));", CString(op.path), op.project);
}

std::string Write(const IpcGet& op) {
  const std::string flags = CFlags(op.flags.bits, kGetNames);
  if (op.kind == IpcKind::kSemaphores) {
    return fmt::format("result(o, semget({}, 1, {}));", Key(op.key), flags);
  }
  return fmt::format("result(o, msgget({}, {}));", Key(op.key), flags);
}
std::string Write(const IpcRemove& op) {
  const std::string id = fmt::format("(int)({})", CReference(op.object));
  if (op.kind == IpcKind::kSemaphores) {
    return fmt::format("result(o, semctl({}, 0, IPC_RMID));", id);
  }
  return fmt::format("result(o, msgctl({}, IPC_RMID, NULL));", id);
}

std::string Write(const MemoryLoad& op) {
  return fmt::format("TRY value(o, __atomic_load_n({}, {}));", Pointer(op.width, op.at),
                     OrderName(op.order, false));
}
std::string Write(const MemoryStore& op) {
  const Order order = op.order == Order::kAcquire ? Order::kSeqCst : op.order;
  return fmt::format("TRY __atomic_store_n({}, {}, {});", Pointer(op.width, op.at),
                     Unsigned(op.value), OrderName(order, true));
}
std::string Write(const MemoryExchange& op) {
  return fmt::format("TRY value(o, __atomic_exchange_n({}, {}, {}));", Pointer(op.width, op.at),
                     Unsigned(op.value), OrderName(op.order, true));
}
std::string Write(const MemoryCompareExchange& op) {
  return fmt::format(
      "uint{}_t found = (uint{}_t){};\n"
      "TRY __atomic_compare_exchange_n({}, &found, {}, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);\n"
      "value(o, found);",
      8 * static_cast<int>(op.width), 8 * static_cast<int>(op.width), Unsigned(op.expected),
      Pointer(op.width, op.at), Unsigned(op.value));
}
std::string Write(const MemoryFetchAdd& op) {
  return fmt::format("TRY value(o, __atomic_fetch_add({}, {}, {}));", Pointer(op.width, op.at),
                     Unsigned(op.value), OrderName(op.order, true));
}
std::string Write(const MemoryFill& op) {
  return fmt::format("TRY fill({}, {}, {});", CAddress(op.at), CSize(op.size.bytes),
                     Unsigned(op.value));
}
std::string Write(const MemoryChecksum& op) {
  return fmt::format("TRY value(o, checksum({}, {}));", CAddress(op.at), CSize(op.size.bytes));
}

std::string Write(const ProcessFork& op) {
  return fmt::format(
      "const pid_t child = fork();\n"
      "if (child == 0) act({0}, step);\n"
      "h->pid[{0}] = child;\n"
      "result(o, child == -1 ? -1 : 0);",
      op.child.index);
}
std::string Write(const ProcessKill& op) {
  // The step is over when the other one is gone.
  return fmt::format(
      "result(o, h->pid[{0}] > 0 ? kill(h->pid[{0}], {1}) : -1);\n"
      "while (o->error == 0 && !ended({0})) reap();",
      op.actor.index, CSignal(op.signal.number));
}
std::string Groups(const std::vector<Id>& groups) {
  std::string items;
  for (const Id group : groups) items += CId(group) + ", ";
  return fmt::format("setgroups({}, (const gid_t[]){{{}0}})", groups.size(), items);
}

std::string Write(const ProcessSetIdentity& op) {
  const auto text = [](const std::optional<Id>& id) { return id ? CId(*id) : "-1"; };
  std::vector<std::string> calls;
  if (op.groups) calls.push_back(Groups(*op.groups));
  if (op.rgid || op.egid || op.sgid || op.fsgid) {
    calls.push_back(fmt::format("set_ids(setresgid, setfsgid, getegid, {}, {}, {}, {})",
                                text(op.rgid), text(op.egid), text(op.sgid), text(op.fsgid)));
  }
  if (op.ruid || op.euid || op.suid || op.fsuid) {
    calls.push_back(fmt::format("set_ids(setresuid, setfsuid, geteuid, {}, {}, {}, {})",
                                text(op.ruid), text(op.euid), text(op.suid), text(op.fsuid)));
  }
  if (calls.empty()) return "result(o, 0);";
  return fmt::format("result(o, {} ? -1 : 0);", fmt::join(calls, " || "));
}
std::string Write(const ProcessSetUmask& op) {
  return fmt::format("result(o, umask(0{:o}));", op.mask.bits);
}

std::string Write(const ProcessSetLimit& op) {
  const char* limit = op.limit == shmspec::Limit::kMemlock        ? "RLIMIT_MEMLOCK"
                      : op.limit == shmspec::Limit::kAddressSpace ? "RLIMIT_AS"
                                                                  : "RLIMIT_NOFILE";
  return fmt::format(
      "const struct rlimit limit = {{{0}, {0}}};\nresult(o, setrlimit({1}, &limit));",
      Unsigned(op.value), limit);
}
std::string Write(const ProcessPin& op) {
  return fmt::format(
      "cpu_set_t cpus;\nCPU_ZERO(&cpus);\nCPU_SET({}, &cpus);\n"
      "result(o, sched_setaffinity(0, sizeof(cpus), &cpus));",
      op.cpu);
}

std::string Write(const MapReserve& op) {
  return fmt::format(
      "result(o, (long)mmap(NULL, {}, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, "
      "0));",
      CSize(op.size.bytes));
}
std::string Write(const MapPrivate& op) {
  const bool fixed = op.at.handle || op.at.offset != 0;
  return fmt::format(
      "result(o, (long)mmap({}, {}, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS{}, -1, "
      "0));",
      CAddress(op.at), CSize(op.size.bytes), fixed ? " | MAP_FIXED" : "");
}
std::string Write(const MapUnmap& op) {
  return fmt::format("result(o, munmap({}, {}));", CAddress(op.at), CSize(op.size.bytes));
}
std::string Write(const MapProtect& op) {
  return fmt::format("result(o, mprotect({}, {}, {}));", CAddress(op.at), CSize(op.size.bytes),
                     CFlags(op.protection.bits, kCProtection));
}
std::string Write(const MapRemap& op) {
  const bool fixed = op.to.handle || op.to.offset != 0;
  return fmt::format("result(o, (long)mremap({}, {}, {}, MREMAP_MAYMOVE{}));", CAddress(op.at),
                     CSize(op.size.bytes), CSize(op.new_size.bytes),
                     fixed ? fmt::format(" | MREMAP_FIXED, {}", CAddress(op.to)) : "");
}
std::string Write(const MapAdvise& op) {
  const char* advice = op.advice == Advice::kDontNeed     ? "MADV_DONTNEED"
                       : op.advice == Advice::kRemove     ? "MADV_REMOVE"
                       : op.advice == Advice::kDontFork   ? "MADV_DONTFORK"
                       : op.advice == Advice::kFree       ? "MADV_FREE"
                       : op.advice == Advice::kWipeOnFork ? "MADV_WIPEONFORK"
                       : op.advice == Advice::kDoFork     ? "MADV_DOFORK"
                       : op.advice == Advice::kKeepOnFork ? "MADV_KEEPONFORK"
                                                          : "MADV_WILLNEED";
  return fmt::format("result(o, madvise({}, {}, {}));", CAddress(op.at), CSize(op.size.bytes),
                     advice);
}

std::string Write(const SystemNextSecond&) {
  // time() reads the clock that stamps are taken from.
  return "for (const time_t then = time(NULL); time(NULL) <= then;) usleep(1000);\n"
         "value(o, 0);";
}

std::string Write(const MapSeal& op) {
  return fmt::format("result(o, syscall(462 /* mseal */, {}, {}, 0ul));", CAddress(op.at),
                     CSize(op.size.bytes));
}
std::string Write(const MapReopen& op) {
  return fmt::format("reopen(o, (unsigned long){}, {});", CAddress(op.at), CSize(op.size.bytes));
}

std::string Write(const SystemSysctlRead& op) {
  return fmt::format("read_sysctl(o, \"/proc/sys/kernel/{}\");", FileOf(op.name));
}
std::string Write(const SystemSysctlWrite& op) {
  return fmt::format("write_sysctl(o, \"/proc/sys/kernel/{}\", {});", FileOf(op.name),
                     CNumber(op.value));
}

}  // namespace

Result<std::string> CStatements(const Step& step) {
  if (auto statements = CFileStatements(step.operation)) return *std::move(statements);
  return std::visit(
      [&]<class Op>(const Op& op) -> Result<std::string> {
        if constexpr (std::is_same_v<Op, ProcessExit>) {
          if (op.how == ExitHow::kThread) return Error{"the end of a thread"};
          if (op.how == ExitHow::kAbort) return std::string("abort();");
          return fmt::format("{}({});", op.how == ExitHow::kQuick ? "_exit" : "exit", op.code);
        } else if constexpr (std::is_same_v<Op, ProcessUnshare>) {
          if (op.namespaces.bits != kNamespaceIpc) return Error{"another namespace than ipc"};
          return std::string("result(o, unshare(CLONE_NEWIPC));");
        } else if constexpr (std::is_same_v<decltype(Write(op)), Unwritten>) {
          return Error{std::string(Op::kName)};
        } else {
          return Write(op);
        }
      },
      static_cast<const OperationVariant&>(step.operation));
}

std::string CReference(const Reference& reference) {
  if (!reference.handle) return CNumber(reference.offset);
  std::string text =
      fmt::format("h->{}{}", static_cast<char>(reference.handle->kind), reference.handle->index);
  if (reference.offset != 0) {
    text += fmt::format(" {} {}", reference.offset < 0 ? '-' : '+',
                        CNumber(reference.offset < 0 ? -reference.offset : reference.offset));
  }
  return text;
}

std::string CNumber(std::int64_t number) {
  if (number == INT64_MIN) return "INT64_MIN";
  return fmt::format("{}{}", number, number > INT32_MAX || number < INT32_MIN ? "ll" : "");
}

std::string CId(Id id) {
  const std::uint32_t user = UserOf(id.number);
  return user != 0 ? fmt::format("u{}", user) : fmt::format("{}u", id.number);
}

std::string CErrno(int error) {
  const std::string name = ErrnoName(error);
  return name.starts_with("errno:") ? std::to_string(error) : name;
}

std::string CSignal(int signal) {
  const std::string name = SignalName(signal);
  return name.starts_with("signal:") ? std::to_string(signal) : name;
}

Result<std::string> CIdentity(const ActorSpec& actor) {
  if (actor.caps) return Error{"actor " + actor.name + " has capabilities of its own"};
  if ((actor.namespaces.bits & ~(kNamespaceIpc | kNamespaceMount)) != 0) {
    return Error{"actor " + actor.name + " has another namespace than ipc and mount"};
  }
  std::string code;
  const std::string failed = "cannot(\"the identity of actor " + actor.name + "\");\n";
  const auto demand = [&](const std::string& call) {
    code += fmt::format("if ({} != 0) {}", call, failed);
  };
  const auto limit = [&](const char* name, std::optional<std::uint64_t> bytes) {
    if (!bytes) return;
    demand(fmt::format("setrlimit({}, &(struct rlimit){{{}u, {}u}})", name, *bytes, *bytes));
  };
  if (actor.namespaces.Has(kNamespaceIpc)) demand("unshare(CLONE_NEWIPC)");
  if (actor.namespaces.Has(kNamespaceMount)) demand("unshare(CLONE_NEWNS)");
  limit("RLIMIT_MEMLOCK", actor.memlock);
  limit("RLIMIT_AS", actor.as);
  limit("RLIMIT_NOFILE", actor.nofile);
  if (actor.uid || actor.gid || !actor.groups.empty()) {
    demand(Groups(actor.groups));
    if (actor.gid) demand(fmt::format("setresgid({0}, {0}, {0})", CId(*actor.gid)));
    if (actor.uid) demand(fmt::format("setresuid({0}, {0}, {0})", CId(*actor.uid)));
  }
  return code;
}

}  // namespace shmspec::reports
