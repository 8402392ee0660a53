// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Runs the command line tools of util-linux and acl.

#ifndef SHMSPEC_HARNESS_TARGET_TOOL_TOOL_H_
#define SHMSPEC_HARNESS_TARGET_TOOL_TOOL_H_

#include <string>
#include <vector>

#include "harness/vocabulary/outcome/outcome.h"
#include "harness/vocabulary/value/result.h"

namespace shmspec {

/// Runs a tool by its absolute path, found in the folders of the system and only then on PATH, and
/// waits for it. It inherits only the time zone of the caller's environment, so that preloaded
/// libraries and the like do not apply to tools. The output is what it wrote to standard output,
/// followed, when it failed, by what it wrote to standard error. The status is its exit status, or
/// 128 plus the signal that ended it. The error is lacking when the tool is not installed, cannot
/// be started or gives up on the system by itself, with SIGABRT. A file other than -1 is open in
/// the tool too, under the same number.
Result<ToolResult> RunTool(const std::vector<std::string>& words, int file = -1);

/// Whether RunTool finds it.
bool IsInstalled(const std::string& tool);

/// What `ipcs -m` printed.
Result<SegmentTable> ParseIpcs(const std::string& text);

/// What `lsipc -m --json` printed.
Result<SegmentTable> ParseLsipc(const std::string& text);

/// What /proc/sysvipc/shm holds.
Result<SegmentTable> ParseProcSysvipcShm(const std::string& text);

/// What ipcs -m prints with -p, -t or -c; with -u; with -l; and with -i ID.
Result<SegmentTable> ParseIpcsView(const std::string& text, IpcsView view);
Result<UsageRecord> ParseIpcsSummary(const std::string& text);
Result<LimitsRecord> ParseIpcsLimits(const std::string& text);
Result<SegmentTable> ParseIpcsOne(const std::string& text);

/// What `getfacl -n` printed, without comments.
Result<AclRecord> ParseGetfacl(const std::string& text);

/// The uid behind the name that ipcs prints. Read from the file itself: a static program has no
/// name services. Unknown names, and names that were cut off, give -1.
std::int64_t UidOfName(const std::string& owner);
/// The same of groups.
std::int64_t GidOfName(const std::string& group);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_TARGET_TOOL_TOOL_H_
