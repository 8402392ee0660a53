// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/vocabulary/form/text_cursor.h"
#include "harness/vocabulary/form/text_pattern.h"
#include "reports/c/text.h"

namespace shmspec::reports {
namespace {

/// The name of a field of an outcome in C; the same as in text.
std::string CField(std::string_view outcome, std::string_view field) {
  if (field == "returned" || outcome == Value::kName) return "o->value";
  if (outcome == Fault::kName) return fmt::format("o->fault.{}", field);
  if (outcome == Gone::kName) return fmt::format("o->{}", field == "how" ? "gone" : "exit");
  if (outcome == LimitsRecord::kName) return fmt::format("(long long)o->limits.{}", field);
  if (outcome == UsageRecord::kName) return fmt::format("(long long)o->usage.{}", field);
  if (outcome == FileRecord::kName) {
    return fmt::format("(long long)o->file.st_{}", field == "links" ? "nlink" : field);
  }
  if (outcome == AclRecord::kName) return fmt::format("o->acl.{}", field);
  if (outcome == FileSystemRecord::kName) {
    const std::string_view name = field == "block_size"    ? "bsize"
                                  : field == "blocks_free" ? "bfree"
                                  : field == "inodes"      ? "files"
                                  : field == "inodes_free" ? "ffree"
                                                           : field;
    return fmt::format("(long long)o->system.f_{}", name);
  }
  constexpr std::array kOfIpc{"key", "seq"};  // glibc's names begin with __
  constexpr std::array kOfPermissions{"mode", "uid", "gid", "cuid", "cgid"};
  if (std::find(kOfIpc.begin(), kOfIpc.end(), field) != kOfIpc.end()) {
    return fmt::format("(long long)o->segment.shm_perm.__{}", field);
  }
  if (std::find(kOfPermissions.begin(), kOfPermissions.end(), field) != kOfPermissions.end()) {
    return fmt::format("(long long)o->segment.shm_perm.{}", field);
  }
  return fmt::format("(long long)o->segment.shm_{}", field == "size" ? "segsz" : field);
}

std::string Compared(const std::string& field, WideNumber low, WideNumber high, WideNumber lowest,
                     WideNumber highest) {
  const auto number = [](WideNumber value) {
    const auto plain = static_cast<std::int64_t>(value);
    return UserOf(plain) != 0 ? CId(static_cast<std::uint32_t>(plain)) : CNumber(plain);
  };
  if (low == lowest && high == highest) return "";
  if (low == high) return fmt::format("{} == {}", field, number(low));
  if (low == lowest) return fmt::format("{} <= {}", field, number(high));
  if (high == highest) return fmt::format("{} >= {}", field, number(low));
  return fmt::format("{0} >= {1} && {0} <= {2}", field, number(low), number(high));
}

void And(std::string& all, const std::string& one) {
  if (one.empty()) return;
  all += (all.empty() ? "" : " && ") + one;
}

/// The condition on `o` under which the fields are valid.
std::string_view KindOf(std::string_view outcome) {
  if (outcome == Fault::kName) return "o->fault.signal != 0";
  if (outcome == Gone::kName) return "o->gone != 0";
  return "succeeded(o)";
}

/// Faults and ends have no numbers of their own in C.
std::string FaultCondition(const Fault& low, const Fault& high) {
  std::string all(KindOf(Fault::kName));
  if (low.signal == high.signal) And(all, "o->fault.signal == " + CSignal(low.signal.number));
  if (low.code == high.code && low.code != FaultCode::kOther) {
    And(all, std::string("o->fault.code == ") + (low.code == FaultCode::kUnmapped ? "SEGV_MAPERR"
                                                 : low.code == FaultCode::kAccess ? "SEGV_ACCERR"
                                                                                  : "BUS_ADRERR"));
  }
  if (low.offset == high.offset) And(all, "o->fault.offset == " + CNumber(low.offset));
  return all;
}

std::string GoneCondition(const Gone& low, const Gone& high) {
  std::string all(KindOf(Gone::kName));
  const bool killed = low.how == GoneHow::kKilled;
  if (low.how == high.how && low.how != GoneHow::kUnknown) {
    And(all, killed ? "WIFSIGNALED(o->status)" : "WIFEXITED(o->status)");
    if (low.code == high.code) {
      And(all, fmt::format("{}(o->status) == {}", killed ? "WTERMSIG" : "WEXITSTATUS", low.code));
    }
  }
  return all;
}

template <class R>
std::string RangeCondition(const R& low, const R& high) {
  if constexpr (std::is_same_v<R, Failure>) {
    return low == high ? "o->error == " + CErrno(low.error.number) : "o->error != 0";
  } else if constexpr (std::is_same_v<R, Fault>) {
    return FaultCondition(low, high);
  } else if constexpr (std::is_same_v<R, Gone>) {
    return GoneCondition(low, high);
  } else if constexpr (std::is_same_v<R, Value> || std::is_same_v<R, SegmentRecord> ||
                       std::is_same_v<R, LimitsRecord> || std::is_same_v<R, UsageRecord> ||
                       std::is_same_v<R, FileRecord> || std::is_same_v<R, FileSystemRecord> ||
                       std::is_same_v<R, AclRecord>) {
    std::string all(KindOf(R::kName));
    ForEachField<R>([&](const auto& field) {
      using V = std::remove_cvref_t<decltype(low.*field.member)>;
      if (field.name == "reserved") return;  // what the fields are called differs by C library
      And(all, Compared(CField(R::kName, field.name), *Ordinal(low.*field.member),
                        *Ordinal(high.*field.member), FieldLimit<V>(false), FieldLimit<V>(true)));
    });
    return all;
  } else {
    return "1";  // listings and tools: no step that gives them has a form in C
  }
}

std::string SymbolCondition(const Alternative& alternative, const Symbol& symbol) {
  const std::string_view outcome =
      std::visit([]<class R>(const R&) -> std::string_view { return R::kName; }, alternative.low);
  const std::string stands =
      std::holds_alternative<ActorRef>(symbol.stands)
          ? fmt::format("h->pid[{}]", std::get<ActorRef>(symbol.stands).index)
          : CReference(std::get<Reference>(symbol.stands));
  return fmt::format("{} {} {}", CField(outcome, symbol.field),
                     alternative.negated ? "!=" : "==", stands);
}

std::string AlternativeCondition(const Alternative& alternative) {
  if (alternative.kind == Alternative::Kind::kAny) return "1";
  if (alternative.kind == Alternative::Kind::kSuccess) return "succeeded(o)";
  std::string all = std::visit(
      [&]<class R>(const R& low) { return RangeCondition(low, std::get<R>(alternative.high)); },
      alternative.low);
  if (alternative.negated && alternative.symbols.empty()) return fmt::format("!({})", all);
  for (const Symbol& symbol : alternative.symbols) And(all, SymbolCondition(alternative, symbol));
  return all;
}

Pattern ParsedPattern(const std::string& text, std::span<const ActorSpec> actors) {
  text::Cursor cursor(text);
  Pattern pattern;
  const bool whole = text::ParseAlternatives(cursor, pattern, actors) && cursor.AtEnd();
  return whole ? pattern : Pattern{};
}

constexpr std::array<std::string_view, 3> kTimes{"atime", "dtime", "ctime"};
constexpr std::array<std::string_view, 4> kOfOneRun{"key", "seq", "cpid", "lpid"};

/// Of an allowed record only the fields that were not met, and a time as set or not set.
Alternative Unmet(const SegmentRecord& allowed, const SegmentRecord& seen) {
  RecordPattern<SegmentRecord> unmet;
  ForEachField<SegmentRecord>([&](const auto& field) {
    const auto wanted = static_cast<std::int64_t>(*Ordinal(allowed.*field.member));
    const auto found = static_cast<std::int64_t>(*Ordinal(seen.*field.member));
    if (wanted == found) return;
    if (field.name == "reserved") return;
    if (std::find(kOfOneRun.begin(), kOfOneRun.end(), field.name) != kOfOneRun.end()) return;
    if (std::find(kTimes.begin(), kTimes.end(), field.name) == kTimes.end()) {
      unmet = unmet.With(field.name, wanted);
    } else if ((wanted == 0) != (found == 0)) {
      unmet = unmet.With(field.name, wanted == 0 ? 0 : 1,
                         wanted == 0 ? 0 : std::numeric_limits<std::int64_t>::max());
    }
  });
  return Pattern(unmet).alternatives.front();
}

/// Whether one outcome is meant, except for its reserved fields.
bool IsExact(const Alternative& alternative) {
  if (alternative.kind != Alternative::Kind::kRange || alternative.negated) return false;
  return std::visit(
      [&]<class R>(R low) {
        R high = std::get<R>(alternative.high);
        if constexpr (requires { low.reserved; }) low.reserved = high.reserved = 0;
        return low == high;
      },
      alternative.low);
}

}  // namespace

std::string CCondition(const Pattern& pattern) {
  std::string any;
  for (const Alternative& alternative : pattern.alternatives) {
    const bool several = pattern.alternatives.size() > 1;
    any += fmt::format("{}{}{}{}", any.empty() ? "" : " || ", several ? "(" : "",
                       AlternativeCondition(alternative), several ? ")" : "");
  }
  return any.empty() ? "0" : any;
}

Pattern DemandOf(const Objection& objection, std::span<const ActorSpec> actors) {
  const Pattern seen = ParsedPattern(objection.seen, actors);
  Pattern demand;
  for (const AllowedOutcome& one : objection.allowed) {
    for (Alternative& allowed : ParsedPattern(one.outcome, actors).alternatives) {
      const SegmentRecord* record = std::get_if<SegmentRecord>(&allowed.low);
      const SegmentRecord* other = seen.alternatives.empty()
                                       ? nullptr
                                       : std::get_if<SegmentRecord>(&seen.alternatives.front().low);
      if (IsExact(allowed) && record != nullptr && other != nullptr) {
        allowed = Unmet(*record, *other);
      } else if (const Value* value = std::get_if<Value>(&allowed.low);
                 IsExact(allowed) && value != nullptr && value->number > 0xffff) {
        allowed = Success().alternatives.front();  // an address or an identifier of that run
      }
      demand.alternatives.push_back(std::move(allowed));
    }
  }
  return demand;
}

}  // namespace shmspec::reports
