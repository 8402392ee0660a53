// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>

#include "harness/host/clocks.h"
#include "harness/host/own_process.h"
#include "harness/host/text_file.h"
#include "harness/target/perform/families.h"
#include "harness/target/tool/tool.h"
#include "harness/vocabulary/value/names.h"

namespace shmspec::perform {
namespace {

std::string PathOf(Sysctl name) { return fmt::format("/proc/sys/kernel/{}", NameOf(name)); }

Outcome ToOutcome(const Error& error) { return Trouble{error.lacking, error.message}; }

template <class T>
Outcome ToOutcome(Result<T> result) {
  if (!result.ok()) return ToOutcome(result.error());
  return std::move(*result);
}

/// What a tool printed, understood by `parse`. A tool that failed is itself the outcome.
template <class Parse>
Outcome Listing(const std::vector<std::string>& words, Parse parse, int file = -1) {
  Result<ToolResult> tool = RunTool(words, file);
  if (!tool.ok()) return ToOutcome(tool.error());
  if (tool->status != 0) return std::move(*tool);
  return ToOutcome(parse(tool->output));
}

/// A descriptor that a tool has.
std::string PathInTool(int file) { return fmt::format("/proc/self/fd/{}", file); }

const char* OptionOf(IpcsView view) {
  switch (view) {
    case IpcsView::kPids:
      return "-p";
    case IpcsView::kTimes:
      return "-t";
    case IpcsView::kCreators:
      return "-c";
    case IpcsView::kSummary:
      return "-u";
    case IpcsView::kLimits:
      return "-l";
  }
  SHMSPEC_CHECK(false, "a view without an option");
}

/// An identifier that a tool prints after these words; otherwise what the tool did.
Outcome Created(const std::vector<std::string>& words, const char* format) {
  Result<ToolResult> tool = RunTool(words);
  if (!tool.ok()) return ToOutcome(tool.error());
  std::int64_t id = 0;
  if (tool->status != 0 || std::sscanf(tool->output.c_str(), format, &id) != 1) {
    return std::move(*tool);
  }
  return Value{id};
}

std::string OptionOf(IpcKind kind, bool by_key) {
  switch (kind) {
    case IpcKind::kQueue:
      return by_key ? "-Q" : "-q";
    case IpcKind::kSemaphores:
      return by_key ? "-S" : "-s";
    case IpcKind::kSegment:
      return by_key ? "-M" : "-m";
  }
  SHMSPEC_CHECK(false, "a kind without an option");
}

std::string KeyWord(const KeyRef& key, const Context& context) {
  return fmt::format("0x{:08x}", static_cast<std::uint32_t>(context.Resolve(key)));
}

}  // namespace

Outcome Do(const SystemSysctlRead& op, Context&) {
  const auto number = ReadNumberFile(PathOf(op.name).c_str());
  if (!number) return Failure{ErrorCode{errno}};
  return Value{*number};
}

Outcome Do(const SystemSysctlWrite& op, Context& context) {
  if (!context.private_ipc) {
    return Trouble{true, "sysctls are written only in a private IPC namespace"};
  }
  return Returned(WriteTextFile(PathOf(op.name).c_str(), std::to_string(op.value)) ? 0 : -1);
}

Outcome Do(const SystemNextSecond&, Context&) {
  if (WaitForNextSecond()) return Value{0};
  return Trouble{false, "the clock did not reach the next second"};
}

Outcome Do(const SystemHoldSegments&, Context& context) {
  context.held_segments = UniqueFd(Raised(::open("/proc/sysvipc/shm", O_RDONLY | O_CLOEXEC)));
  return Returned(context.held_segments ? 0 : -1);
}

Outcome Do(const SystemSegments& op, Context& context) {
  if (!op.held) {
    const Result<std::string> text = ReadTextFile("/proc/sysvipc/shm");
    if (!text.ok()) return ToOutcome(text.error());
    return ToOutcome(ParseProcSysvipcShm(*text));
  }
  if (!context.held_segments) return Failure{ErrorCode{EBADF}};
  if (::lseek(context.held_segments.get(), 0, SEEK_SET) != 0) {
    return Trouble{true, fmt::format("lseek refuses the start of a listing: {}", ErrnoName(errno))};
  }
  const auto text = ReadToEnd(context.held_segments.get());
  if (!text) return Returned(-1);
  return ToOutcome(ParseProcSysvipcShm(*text));
}

Outcome Do(const SystemIpcs& op, Context&) {
  std::vector<std::string> words{"ipcs", "-m"};
  for (const IpcsView view : op.views) words.emplace_back(OptionOf(view));
  if (op.views.empty()) return Listing(words, ParseIpcs);
  const IpcsView last = op.views.back();
  if (last == IpcsView::kSummary) return Listing(words, ParseIpcsSummary);
  if (last == IpcsView::kLimits) return Listing(words, ParseIpcsLimits);
  return Listing(words, [last](const std::string& text) { return ParseIpcsView(text, last); });
}

Outcome Do(const SystemIpcsOne& op, Context& context) {
  Result<ToolResult> tool =
      RunTool({"ipcs", "-m", "-i", std::to_string(context.Resolve(op.segment))});
  if (!tool.ok()) return ToOutcome(tool.error());
  if (tool->output.find("shmid=") == std::string::npos) return std::move(*tool);
  return ToOutcome(ParseIpcsOne(tool->output));
}

Outcome Do(const SystemLsipc&, Context&) {
  return Listing({"lsipc", "-m", "--json", "--bytes", "--numeric-perms", "--time-format=iso", "-o",
                  "KEY,ID,PERMS,SIZE,NATTCH,STATUS,UID,GID,CUID,CGID,CPID,LPID,ATTACH,DETACH,"
                  "CTIME"},
                 ParseLsipc);
}

Outcome Do(const SystemSetfacl& op, Context& context) {
  std::string entries = fmt::format("u::{},g::{},o::{}", op.owner, op.group, op.other);
  if (op.user.number != kNoEntry) {
    entries += fmt::format(",u:{}:{}", op.user.number, op.user_bits);
  }
  if (op.named_group.number != kNoEntry) {
    entries += fmt::format(",g:{}:{}", op.named_group.number, op.named_group_bits);
  }
  if (op.mask != -1) entries += fmt::format(",m::{}", op.mask);
  const int file = context.FileOf(op.descriptor);
  return ToOutcome(RunTool({"setfacl", "--set", entries, "--", PathInTool(file)}, file));
}

Outcome Do(const SystemGetfacl& op, Context& context) {
  const int file = context.FileOf(op.descriptor);
  return Listing({"getfacl", "-cpnE", "--", PathInTool(file)}, ParseGetfacl, file);
}

Outcome Do(const SystemIpcrm& op, Context& context) {
  return ToOutcome(RunTool(
      {"ipcrm", op.old_syntax ? "shm" : "-m", std::to_string(context.Resolve(op.segment))}));
}

Outcome Do(const SystemIpcrmKey& op, Context& context) {
  return ToOutcome(RunTool({"ipcrm", "-M", KeyWord(op.key, context)}));
}

Outcome Do(const SystemIpcrmSeveral& op, Context& context) {
  const auto word = [&](const Reference& id) { return std::to_string(context.Resolve(id)); };
  return ToOutcome(RunTool({"ipcrm", "-m", word(op.first), "-m", word(op.second),
                            OptionOf(op.kind, false), word(op.object)}));
}

Outcome Do(const SystemIpcrmObject& op, Context& context) {
  return ToOutcome(
      RunTool({"ipcrm", OptionOf(op.kind, false), std::to_string(context.Resolve(op.object))}));
}

Outcome Do(const SystemIpcrmObjectKey& op, Context& context) {
  return ToOutcome(RunTool({"ipcrm", OptionOf(op.kind, true), KeyWord(op.key, context)}));
}

Outcome Do(const SystemIpcrmAll& op, Context& context) {
  if (!context.private_ipc) {
    return Trouble{true, "everything is removed only in a private IPC namespace"};
  }
  const std::string kind = op.kind == IpcKind::kQueue        ? "msg"
                           : op.kind == IpcKind::kSemaphores ? "sem"
                                                             : "shm";
  if (op.apart) return ToOutcome(RunTool({"ipcrm", "-a", kind}));
  return ToOutcome(RunTool({"ipcrm", "-a" + kind}));
}

Outcome Do(const SystemIpcmk& op, Context&) {
  return Created(
      {"ipcmk", "-M", std::to_string(op.size.bytes), "-p", fmt::format("{:o}", op.mode.bits)},
      "Shared memory id: %" SCNd64);
}

Outcome Do(const SystemIpcmkObject& op, Context&) {
  if (op.kind == IpcKind::kQueue) return Created({"ipcmk", "-Q"}, "Message queue id: %" SCNd64);
  return Created({"ipcmk", "-S", "1"}, "Semaphore id: %" SCNd64);
}

}  // namespace shmspec::perform
