// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Every form of a pattern with outcomes that it means and others, and what is said of those.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/vocabulary/form/difference.h"
#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/form/text_pattern.h"

namespace shmspec {
namespace {

/// a lives as process 101, b was never started; s0 stands for 7, a0 for 4096.
const std::vector<ActorSpec>& Actors() {
  static const std::vector<ActorSpec> kActors{{.name = "a"}, {.name = "b"}};
  return kActors;
}

Bindings Bound() {
  const auto value = [](const Reference& reference) -> std::optional<std::int64_t> {
    if (!reference.handle) return reference.offset;
    if (reference.handle->index != 0) return std::nullopt;
    if (reference.handle->kind == HandleKind::kSegment) return 7 + reference.offset;
    if (reference.handle->kind == HandleKind::kAttach) return 4096 + reference.offset;
    return std::nullopt;
  };
  const auto pid = [](ActorRef actor) -> std::optional<std::int64_t> {
    return actor.index == 0 ? std::optional<std::int64_t>(101) : std::nullopt;
  };
  return {value, pid};
}

Pattern Read(const std::string& text) {
  text::Cursor cursor(text);
  Pattern pattern;
  const bool whole = text::ParseAlternatives(cursor, pattern, Actors()) && cursor.AtEnd();
  EXPECT_TRUE(whole) << text;
  return pattern;
}

/// An outcome is written as the pattern that means it alone; what it leaves out is 0.
Outcome Seen(const std::string& text) {
  const Pattern pattern = Read(text);
  EXPECT_EQ(pattern.alternatives.size(), 1u);
  Outcome outcome = pattern.alternatives[0].low;
  std::visit(
      [&]<class R>(R& record) {
        const R& high = std::get<R>(pattern.alternatives[0].high);
        ForEachField<R>([&](const auto& field) {
          const auto to = Ordinal(high.*field.member);
          if (to && *to != *Ordinal(record.*field.member)) SetOrdinal(record.*field.member, 0);
        });
      },
      outcome);
  return outcome;
}

/// `nattch: 3, not 2; EINVAL, not success`
std::string Said(const Outcome& seen, const Pattern& allowed) {
  std::string said;
  for (const Difference& one : DifferencesBetween(seen, allowed, Bound(), Actors())) {
    said += said.empty() ? "" : "; ";
    if (!one.field.empty()) said += one.field + ": ";
    said += one.seen + ", not " + one.allowed;
  }
  return said;
}

struct Mismatch {
  const char* seen;
  const char* said;
};
struct Sample {
  const char* pattern;
  std::vector<const char*> means;
  std::vector<Mismatch> others;
};

// Rows are printed with all their fields.
constexpr const char* kSeven =
    "segments{rows=[row{key=0 id=7 mode=0 size=0 cpid=-1 lpid=-1 nattch=-1 uid=-1 gid=-1 cuid=-1 "
    "cgid=-1 atime=-1 dtime=-1 ctime=-1 rss=-1 swap=-1}]}";

const Sample kSamples[] = {
    {"any", {"0", "EINVAL", "fault{}", "gone{}", "segment{}"}, {}},
    {"ok",
     {"0", "-1", "segment{}", "tool{status=1}"},
     {{"EINVAL", "EINVAL, not success"},
      {"fault{signal=SIGSEGV}", "SIGSEGV, not success"},
      {"gone{how=killed code=9}", "killed by SIGKILL, not success"},
      {"trouble{}", "trouble, not success"}}},
    {"5",
     {"5"},
     {{"4", "value: 4, not 5"},
      {"EINVAL", "EINVAL, not success"},
      {"segment{}", "success, not success"}}},
    {"1..3",
     {"1", "2", "3"},
     {{"0", "value: 0, not 1..3"}, {"4", "value: 4, not 1..3"}, {"EPERM", "EPERM, not success"}}},
    {"..3", {"-9", "3"}, {{"4", "value: 4, not ..3"}}},
    {"3..", {"3", "9"}, {{"2", "value: 2, not 3.."}}},
    {"..", {"0", "-1"}, {{"EINVAL", "EINVAL, not success"}}},
    {"1|3", {"1", "3"}, {{"2", "value: 2, not 1"}}},
    {"EINVAL", {"EINVAL"}, {{"EIDRM", "EIDRM, not EINVAL"}, {"0", "success, not EINVAL"}}},
    {"EINVAL|EIDRM",
     {"EINVAL", "EIDRM"},
     {{"EACCES", "EACCES, not EINVAL|EIDRM"}, {"22", "success, not EINVAL|EIDRM"}}},
    {"ok|EINVAL", {"7", "EINVAL"}, {{"EIDRM", "EIDRM, not success|EINVAL"}}},
    {"fails",
     {"EINVAL", "errno:999"},
     {{"0", "success, not any error"}, {"fault{signal=SIGSEGV}", "SIGSEGV, not any error"}}},
    {"ok|fails", {"0", "EINVAL"}, {{"fault{signal=SIGBUS}", "SIGBUS, not success|any error"}}},
    {"!fails", {"0", "gone{}"}, {{"EIDRM", "EIDRM, not !any error"}}},
    {"fault{signal=SIGBUS}",
     {"fault{signal=SIGBUS code=ADRERR offset=9}"},
     {{"fault{signal=SIGSEGV code=ADRERR offset=9}", "signal: SIGSEGV, not SIGBUS"}}},
    {"!EINVAL", {"EIDRM", "0"}, {{"EINVAL", "EINVAL, not !EINVAL"}}},
    {"!5", {"4", "EINVAL"}, {{"5", "value: 5, not !5"}}},
    {"s0", {"7"}, {{"8", "value: 8, not s0"}, {"EINVAL", "EINVAL, not success"}}},
    {"s0+1", {"8"}, {{"7", "value: 7, not s0+1"}}},
    {"a0", {"4096"}, {{"7", "value: 7, not a0"}}},
    {"!s0", {"8"}, {{"7", "value: 7, not !s0"}, {"EINVAL", "EINVAL, not success"}}},
    {"s1", {}, {{"0", "value: 0, not s1"}, {"-1", "value: -1, not s1"}}},
    {"fault{signal=SIGSEGV code=ACCERR}",
     {"fault{signal=SIGSEGV code=ACCERR}", "fault{signal=SIGSEGV code=ACCERR offset=8}"},
     {{"fault{signal=SIGBUS code=ACCERR}", "signal: SIGBUS, not SIGSEGV"},
      {"fault{signal=SIGSEGV code=MAPERR}", "code: MAPERR, not ACCERR"},
      {"0", "success, not SIGSEGV"}}},
    {"gone{how=exited code=3}",
     {"gone{how=exited code=3}"},
     {{"gone{how=exited code=4}", "exited with 4, not exited with 3"},
      {"gone{how=killed code=3}", "killed by SIGQUIT, not exited with 3"},
      {"0", "success, not exited with 3"}}},
    {"segment{}", {"segment{}", "segment{nattch=9}"}, {{"0", "success, not success"}}},
    {"segment{nattch=2}",
     {"segment{nattch=2}", "segment{nattch=2 size=1}"},
     {{"segment{nattch=3}", "nattch: 3, not 2"}, {"EINVAL", "EINVAL, not success"}}},
    {"segment{size=8 nattch=1..2}",
     {"segment{nattch=1 size=8}", "segment{nattch=2 size=8}"},
     {{"segment{nattch=3 size=8}", "nattch: 3, not 1..2"},
      {"segment{nattch=0 size=9}", "size: 9, not 8; nattch: 0, not 1..2"}}},
    {"segment{nattch=1}|segment{size=8 nattch=2}",
     {"segment{nattch=1}", "segment{nattch=2 size=8}"},
     {{"segment{nattch=2 size=9}", "nattch: 2, not 1"}}},
    {"segment{lpid=a}",
     {"segment{lpid=101}"},
     {{"segment{lpid=102}", "lpid: 102, not a"}, {"segment{lpid=0}", "lpid: 0, not a"}}},
    {"segment{lpid=b}", {}, {{"segment{lpid=0}", "lpid: 0, not b"}}},
    {"segment{mode=0600 uid=u1}",
     {"segment{mode=0600 uid=u1}"},
     {{"segment{mode=0644 uid=u1}", "mode: 0644, not 0600"},
      {"segment{mode=0600 uid=u2}", "uid: u2, not u1"}}},
    {"segments{}", {"segments{}", "segments{rows=[row{id=7}]}"}, {{"0", "success, not success"}}},
    {kSeven,
     {"segments{rows=[row{id=7}]}"},
     {{"segments{}", "rows: 0, not 1"}, {"segments{rows=[row{id=8}]}", "id: 8, not 7"}}},
    {"tool{status=0}", {"tool{status=0 output=\"x\"}"}, {{"tool{status=1}", "status: 1, not 0"}}},
    {"tool{output=\"x\"}",
     {"tool{status=3 output=\"x\"}"},
     {{"tool{output=\"y\"}", "output: \"y\", not \"x\""}}},
};

TEST(Pattern, MeansWhatItsFormSaysAndTheRestIsSaidToDiffer) {
  for (const Sample& sample : kSamples) {
    SCOPED_TRACE(sample.pattern);
    const Pattern pattern = Read(sample.pattern);
    EXPECT_EQ(PrintPattern(pattern, Actors()), sample.pattern);
    for (const char* text : sample.means) {
      EXPECT_TRUE(Matches(pattern, Seen(text), Bound())) << text;
      EXPECT_EQ(Said(Seen(text), pattern), "") << text;
    }
    for (const Mismatch& other : sample.others) {
      EXPECT_FALSE(Matches(pattern, Seen(other.seen), Bound())) << other.seen;
      EXPECT_EQ(Said(Seen(other.seen), pattern), other.said);
    }
  }
}

TEST(Pattern, WithoutAlternativesMeansNothing) {
  EXPECT_FALSE(Matches(Pattern{}, Value{0}, Bound()));
  EXPECT_EQ(Said(Value{0}, Pattern{}), "success, not ");
}

TEST(Pattern, BuiltInCodeIsTheOneThatIsWritten) {
  EXPECT_EQ(AnyOutcome(), Read("any"));
  EXPECT_EQ(Success(), Read("ok"));
  EXPECT_EQ(Pattern(Record<Failure>()), Read("fails"));
  EXPECT_EQ(Exactly(5), Read("5"));
  EXPECT_EQ(Between(Value{1}, Value{3}), Read("1..3"));
  EXPECT_EQ(Fails(EINVAL) | Fails(EIDRM), Read("EINVAL|EIDRM"));
  const Reference s0{Handle{HandleKind::kSegment, 0}, 0};
  EXPECT_EQ(ValueOf(s0), Read("s0"));
  EXPECT_EQ(NotValueOf(s0), Read("!s0"));
  const Pattern record = Record().With("nattch", 1, 2).With("lpid", ActorRef{0});
  EXPECT_EQ(record, Read("segment{nattch=1..2 lpid=a}"));
  EXPECT_EQ(Record().With("lpid", ActorRef{0}).With("cpid", ActorRef{1}),
            Read("segment{cpid=b lpid=a}"))
      << "in whatever order it is written";
}

}  // namespace
}  // namespace shmspec
