// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// What others see of calls that are half done, and no longer see when they have returned.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "harness/oracle/oracle.h"
#include "harness/oracle/seen_trace.h"

namespace shmspec {
namespace {

Verdict::Kind KindOf(const std::string& steps) {
  return Judge(SeenTrace(steps), *model::FindProfile("linux")).kind;
}
bool IsExplained(const std::string& steps) { return KindOf(steps) == Verdict::Kind::kExplained; }
bool IsRefuted(const std::string& steps) { return KindOf(steps) == Verdict::Kind::kRefuted; }

/// Steps that another call overlaps are explained; after its return they are refuted.
void ExpectOnlyMeanwhile(const std::string& before, const std::string& call,
                         const std::string& outcome, const std::string& seen) {
  const std::string beside = "a & " + call + " => " + outcome + "\n" + seen + "join a\n";
  EXPECT_TRUE(IsExplained(before + beside)) << beside;
  const std::string after = "a: " + call + " => " + outcome + "\n" + seen;
  EXPECT_TRUE(IsRefuted(before + after)) << after;
}

constexpr const char* kFile =
    "a: d0 = memfd.create flags=allow_sealing => 3\n"
    "a: file.truncate descriptor=d0 size=8192 => 0\n"
    "a: m0 = map.map descriptor=d0 size=8192 => 0x7f0000000000\n"
    "a: memory.store at=m0+4096 value=2 => 0\n"
    "a: process.fork child=c => 0\n";

TEST(HalfDone, TruncationShowsItsSizeBeforeTheBytesAreGone) {
  ExpectOnlyMeanwhile(kFile, "file.truncate descriptor=d0 size=4096", "0",
                      "c: memory.load at=m0+4096 => fault{signal=SIGBUS code=ADRERR}\n"
                      "c: memory.load at=m0+4096 => 2\n");
  const std::string file = kFile;
  EXPECT_TRUE(IsRefuted(file + "a & file.truncate descriptor=d0 size=4096 => 0\n"
                               "c: memory.load at=m0+4096 => 3\njoin a\n"));
}

TEST(HalfDone, HolesAreMadePageByPageInAnyOrder) {
  const std::string file = std::string(kFile) + "a: memory.store at=m0 value=1 => 0\n";
  for (const char* seen : {"c: memory.load at=m0 => 0\nc: memory.load at=m0+4096 => 2\n",
                           "c: memory.load at=m0+4096 => 0\nc: memory.load at=m0 => 1\n"}) {
    ExpectOnlyMeanwhile(file,
                        "file.allocate descriptor=d0 offset=0 size=8192 mode=keep_size|punch_hole",
                        "0", seen);
  }
}

TEST(HalfDone, FieldsOfAFileAreReadOneByOne) {
  const std::string changes =
      "a: d0 = memfd.create flags=allow_sealing => 3\n"
      "a: file.chmod descriptor=d0 mode=0600 => 0\n"
      "a: process.fork child=c => 0\n";
  const std::string seen = "file.stat descriptor=d0 => file{mode=0100600 size=4096 mtime=5}\n";
  const std::string both =
      "a: file.chmod descriptor=d0 mode=0640 => 0\n"
      "a: file.truncate descriptor=d0 size=4096 => 0\n";
  EXPECT_TRUE(IsExplained(changes + "c & " + seen + both + "join c\n"));
  EXPECT_TRUE(IsRefuted(changes + both + "c: " + seen));
}

TEST(HalfDone, NamesAreCountedBeforeTheyAreGone) {
  const std::string named =
      "a: d0 = posix.open name=\"/n0\" flags=create|exclusive|read_write => 3\n"
      "a: process.fork child=c => 0\n";
  ExpectOnlyMeanwhile(named, "posix.unlink name=\"/n0\"", "0",
                      "c: file.stat descriptor=d0 => file{mode=0100600 links=0 mtime=1001}\n"
                      "c: d1 = posix.open name=\"/n0\" => 4\n");
}

TEST(HalfDone, ADescriptorIsCopiedThoughItIsClosedMeanwhile) {
  const std::string threads =
      "a: d0 = memfd.create => 3\n"
      "a: process.thread child=d => 0\n";
  EXPECT_TRUE(IsExplained(threads + "d & d1 = descriptor.dup descriptor=d0 => 3\n"
                                    "a: descriptor.close descriptor=d0 => 0\njoin d\n"));
  EXPECT_TRUE(IsRefuted(threads + "a: descriptor.close descriptor=d0 => 0\n"
                                  "d: d1 = descriptor.dup descriptor=d0 => 3\n"));
}

TEST(HalfDone, TwoReadsOfAFileWithoutANameMayBeginAtOnePlace) {
  const std::string before =
      "a: file.truncate descriptor=d0 size=4096 => 0\n"
      "a: m0 = map.private size=4096 => 0x7e0000000000\n"
      "a: process.fork child=c => 0\n";
  const std::string race =
      "race {\n"
      "  a: file.read descriptor=d0 at=m0 => 8\n"
      "  c: file.read descriptor=d0 at=m0 => 8\n"
      "}\n"
      "a: file.seek descriptor=d0 whence=current => 8\n";
  EXPECT_TRUE(IsExplained("a: d0 = memfd.create => 3\n" + before + race));
  EXPECT_TRUE(IsRefuted("a: d0 = posix.open name=\"/n0\" flags=create|exclusive|read_write => 3\n" +
                        before + race));
}

TEST(HalfDone, WritesBesideOtherCallsLeaveWhatTheyWrote) {
  const std::string before =
      "a: d0 = memfd.create => 3\n"
      "a: file.truncate descriptor=d0 size=4096 => 0\n"
      "a: m0 = map.private size=4096 => 0x7e0000000000\n"
      "a: memory.store at=m0 value=42 => 0\n"
      "a: m1 = map.map descriptor=d0 => 0x7f0000000000\n"
      "a: process.fork child=c => 0\n"
      "a & file.pwrite descriptor=d0 at=m0 size=8 offset=8 => 8\n"
      "c: memory.store at=m1 value=7 => 0\n"
      "join a\n";
  EXPECT_TRUE(IsExplained(before + "c: memory.load at=m1+8 => 42\nc: memory.load at=m1 => 7\n"));
  EXPECT_TRUE(IsRefuted(before + "c: memory.load at=m1+8 => 0\n"));
}

constexpr const char* kAttached =
    "a: s0 = sysv.get key=private size=12288 flags=create|0666 => 7\n"
    "a: a0 = sysv.attach segment=s0 => 0x7f0000000000\n";

std::string Counted(int attaches) {
  return "b: sysv.stat segment=s0 => segment{mode=0666 size=12288 lpid=a nattch=" +
         std::to_string(attaches) + " atime=1001}\n";
}

TEST(HalfDone, AnAttachIsCutAtOneEndBeforeTheOther) {
  const std::string attached = kAttached;
  const std::string protects = "map.protect at=a0+4096 size=4096 protection=read => 0\n";
  EXPECT_TRUE(IsExplained(attached + "a & " + protects + Counted(2) + "join a\n"));
  EXPECT_TRUE(IsExplained(attached + "a: " + protects + Counted(3)));
  EXPECT_TRUE(IsRefuted(attached + "a: " + protects + Counted(2)));
}

TEST(HalfDone, ARecordMayBeNewerThanTheRightToLookAtIt) {
  const std::string shared = "a: s0 = sysv.get key=private flags=create|0604 => 7\n";
  const std::string shown = "sysv.stat segment=s0 => segment{mode=0600}\n";
  const std::string closes = "a: sysv.set segment=s0 uid=0 gid=0 mode=0600 => 0\n";
  EXPECT_TRUE(IsExplained(shared + "b & " + shown + closes + "join b\n"));
  EXPECT_TRUE(IsRefuted(shared + closes + "b: " + shown));
}

/// A call that would change nothing where it is first possible may still change something later.
TEST(Oracle, LetsACallWithoutAnEffectTakeEffectLater) {
  const auto judged = [](const std::string& steps) {
    return Judge(SeenTrace(steps), *model::FindProfile("linux")).kind;
  };
  const std::string begin =
      "a: s0 = sysv.get key=private size=4096 flags=create|0666 => 7\n"
      "a: a0 = sysv.attach segment=s0 => 0x7f0000000000\n"
      "b: a1 = sysv.attach segment=s0 => 0x7f1000000000\n"
      "race {\n";
  const auto stored = [&](const std::string& loaded) {
    return judged(begin + "  a: memory.store at=a0 value=0 => 0 call_ns=1 return_ns=9\n" +
                  "  b: memory.store at=a1 value=5 => 0 call_ns=2 return_ns=3\n" +
                  "  b: memory.load at=a1 => " + loaded + " call_ns=4 return_ns=5\n}\n");
  };
  EXPECT_EQ(stored("0"), Verdict::Kind::kExplained);
  EXPECT_EQ(stored("5"), Verdict::Kind::kExplained);
  EXPECT_EQ(stored("1"), Verdict::Kind::kRefuted);
  const auto unmapped = [&](const std::string& seen, int call_ns) {
    return judged(
        "a: process.thread child=d => 0\nrace {\n" +
        fmt::format("  a: map.unmap at=0x7f0000000000 => 0 call_ns={} return_ns=9\n", call_ns) +
        "  d: m0 = map.map flags=private|anonymous => 0x7f0000000000 call_ns=2 return_ns=3\n" +
        "}\na: memory.load at=m0 => " + seen + "\n");
  };
  const std::string gone = "fault{signal=SIGSEGV code=MAPERR}";
  EXPECT_EQ(unmapped(gone, 1), Verdict::Kind::kExplained);
  EXPECT_EQ(unmapped("0", 1), Verdict::Kind::kExplained);
  EXPECT_EQ(unmapped("1", 1), Verdict::Kind::kRefuted);
}

}  // namespace
}  // namespace shmspec
