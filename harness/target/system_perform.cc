// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <cstdio>

#include "harness/target/perform.h"
#include "harness/target/text_file.h"
#include "harness/target/tool.h"

namespace shmspec::perform {
namespace {

std::string PathOf(Sysctl name) { return fmt::format("/proc/sys/kernel/{}", NameOf(name)); }

Outcome ToOutcome(const Error& error) { return Trouble{error.lacking, error.message}; }

template <class T>
Outcome ToOutcome(Result<T> result) {
  if (!result.ok()) return ToOutcome(result.error());
  return std::move(*result);
}

/// A listing that a tool printed. A tool that failed is itself the outcome.
Outcome Listing(const std::vector<std::string>& words,
                Result<SegmentTable> (*parse)(const std::string&)) {
  Result<ToolResult> tool = RunTool(words);
  if (!tool.ok()) return ToOutcome(tool.error());
  if (tool->status != 0) return std::move(*tool);
  return ToOutcome(parse(tool->output));
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

Outcome Do(const SystemSegments&, Context&) {
  const Result<std::string> text = ReadTextFile("/proc/sysvipc/shm");
  if (!text.ok()) return ToOutcome(text.error());
  return ToOutcome(ParseProcSysvipcShm(*text));
}

Outcome Do(const SystemIpcs&, Context&) { return Listing({"ipcs", "-m"}, ParseIpcs); }

Outcome Do(const SystemLsipc&, Context&) {
  return Listing({"lsipc", "-m", "--json", "--bytes", "--numeric-perms", "-o",
                  "KEY,ID,PERMS,SIZE,NATTCH,STATUS,UID,GID,CUID,CGID,CPID,LPID"},
                 ParseLsipc);
}

Outcome Do(const SystemIpcrm& op, Context& context) {
  return ToOutcome(RunTool({"ipcrm", "-m", std::to_string(context.Resolve(op.segment))}));
}

Outcome Do(const SystemIpcrmKey& op, Context& context) {
  const auto key = static_cast<std::uint32_t>(context.Resolve(op.key));
  return ToOutcome(RunTool({"ipcrm", "-M", fmt::format("0x{:08x}", key)}));
}

Outcome Do(const SystemIpcmk& op, Context&) {
  Result<ToolResult> tool = RunTool(
      {"ipcmk", "-M", std::to_string(op.size.bytes), "-p", fmt::format("{:o}", op.mode.bits)});
  if (!tool.ok()) return ToOutcome(tool.error());
  std::int64_t segment = 0;
  if (tool->status != 0 ||
      std::sscanf(tool->output.c_str(), "Shared memory id: %ld", &segment) != 1) {
    return std::move(*tool);
  }
  return Value{segment};
}

}  // namespace shmspec::perform
