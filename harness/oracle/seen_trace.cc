// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/oracle/seen_trace.h"

#include <array>
#include <regex>
#include <string>
#include <utility>

#include "harness/vocabulary/form/trace_text.h"
#include "harness/vocabulary/value/check.h"

namespace shmspec {
namespace {

constexpr std::int64_t kFrom_s = 1000;
constexpr std::int64_t kTo_s = 1002;

/// Adds to each record the fields that it leaves out.
std::string Completed(std::string_view steps) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kUsual{
      {{"mode=", "0600"}, {"size=", "4096"}, {"cpid=", "101"}, {"ctime=", "1000"}}};
  static constexpr std::string_view kRecord = "segment{";
  std::string out;
  for (std::size_t at; (at = steps.find(kRecord)) != std::string_view::npos;) {
    out += steps.substr(0, at);
    const std::string_view fields = steps.substr(at, steps.find('}', at) - at);
    out += fields;
    for (const auto& [field, value] : kUsual) {
      if (fields.find(field) != std::string_view::npos) continue;
      out += (out.ends_with('{') ? "" : " ") + std::string(field) + std::string(value);
    }
    steps.remove_prefix(at + fields.size());
  }
  return out + std::string(steps);
}

/// Puts process ids in place of actors.
std::string WithPids(std::string text) {
  for (const char* actor : {"a", "b", "c"}) {
    const std::string pid = std::to_string(101 + actor[0] - 'a');
    text = std::regex_replace(text, std::regex(std::string("pid=") + actor + "\\b"), "pid=" + pid);
  }
  return text;
}

}  // namespace

Trace SeenTrace(std::string_view steps) {
  Result<Trace> trace = ParseTrace(
      "plan test.seen\nactor a\nactor b uid=1000 gid=1000\n"
      "actor c start=fork\nactor d start=thread\n" +
          WithPids(Completed(steps)),
      "seen");
  SHMSPEC_CHECK(trace.ok(), trace.error().message.c_str());
  for (Performed& performed : trace->steps) {
    performed.not_before_s = kFrom_s;
    performed.not_after_s = kTo_s;
  }
  return *std::move(trace);
}

}  // namespace shmspec
