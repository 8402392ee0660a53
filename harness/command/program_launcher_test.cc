// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Runs on other systems, here of scripts that do what such a system might do.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/command/program_child.h"
#include "harness/command/program_launchers.h"

namespace shmspec {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class OnOthers : public testing::Test, protected ScriptedSystems {
 protected:
  void TearDown() override {
    EXPECT_THAT(leftovers_.Remaining(), IsEmpty());
    EXPECT_TRUE(LeftNothing());
  }

  const Leftovers leftovers_;
};

TEST_F(OnOthers, ARunBringsTheSameRecordBackAsOneHere) {
  Add("plain", "echo before; echo noise >&2; " + kStart);
  const Finished here = RunProgram({"run", "sysv.detach", "--seed", "7"});
  const Finished there =
      RunWith({"run", "sysv.detach", "--seed", "7", "--on", "plain", "-o", folder_ / "plain.json"});
  EXPECT_EQ(there.exit_code, 0) << there;
  EXPECT_EQ(LastLine(there.out), LastLine(here.out)) << there;
  EXPECT_THAT(there.out, HasSubstr("on plain: a script\n"));
  EXPECT_THAT(there.err, IsEmpty());
  const json record = RecordOf("plain");
  EXPECT_EQ(record["environment"]["facts"]["launcher"]["value"], "plain");
  EXPECT_EQ(record["run"]["seed"], "7");
  EXPECT_EQ(record["run"]["complete"], true);
  EXPECT_EQ(record["selection"]["expression"], "sysv.detach");
  const std::string console = ReadWhole(folder_ / "plain.json.console");
  EXPECT_THAT(console, StartsWith("before\n"));
  EXPECT_THAT(console, HasSubstr("noise\n"));
  EXPECT_EQ(RunProgram({"diff", folder_ / "plain.json", folder_ / "plain.json"}).exit_code, 0);
}

TEST_F(OnOthers, ARecordInAFileComesBackAsWell) {
  Add("file", kStart + " >/dev/null", "record = \"file\"\n");
  const Finished run = RunOn("file");
  EXPECT_EQ(run.exit_code, 0) << run;
  EXPECT_GT(RecordOf("file")["tests"].size(), 5u);
  EXPECT_THAT(ReadWhole(folder_ / "file.json.console"), IsEmpty());
}

TEST_F(OnOthers, ARootFolderServesToo) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs to be root";
  if (!std::filesystem::exists(std::filesystem::path(SHMSPEC_PROGRAM).parent_path() /
                               "static/shmspec")) {
    GTEST_SKIP() << "there is no static program";
  }
  Add("root", "exec /usr/sbin/chroot {root} \"$0\" \"$@\"",
      "prepare = \"root\"\nrecord = \"file\"\n");
  const Finished run = RunOn("root");
  EXPECT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(RecordOf("root")["suite"]["build"]["linkage"], "static");
}

TEST_F(OnOthers, AKernelMayPrintAmidstTheRecord) {
  Add("console",
      "\"$0\" \"$@\" --record-in-log | sed 's/\"statement\": \"shm/&[  136.127631] Disabling IRQ "
      "#4\\n/' | sed 's/$/\\r/'",
      "record = \"console\"\n");
  const Finished run = RunOn("console");
  EXPECT_EQ(run.exit_code, 0) << run;
  EXPECT_THAT(ReadWhole(folder_ / "console.json.console"), HasSubstr("Disabling IRQ #4\r\n"));
}

/// A server of its own, reached through a pipe: nothing listens.
TEST_F(OnOthers, AnotherMachineIsReachedBySsh) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs to be root";
  for (const char* tool : {"/usr/sbin/sshd", "/usr/bin/ssh", "/usr/bin/ssh-keygen"}) {
    if (::access(tool, X_OK) != 0) GTEST_SKIP() << tool << " is not installed";
  }
  for (const char* key : {"host", "key"}) {
    const std::string make = "ssh-keygen -q -t ed25519 -N '' -f " + folder_ / key;
    ASSERT_EQ(std::system(make.c_str()), 0);
  }
  WriteWhole(folder_ / "sshd_config", "HostKey " + folder_ / "host" + "\nAuthorizedKeysFile " +
                                          folder_ / "key.pub" +
                                          "\nPidFile none\nStrictModes no\nUsePAM no\n");
  WriteWhole(
      folder_ / "ssh_config",
      "ProxyCommand unshare --mount sh -c 'mount -t tmpfs none /run && mkdir /run/sshd && exec "
      "/usr/sbin/sshd -i -f " +
          folder_ / "sshd_config" + "'\nIdentityFile " + folder_ / "key" +
          "\nIdentitiesOnly yes\nUserKnownHostsFile /dev/null\nStrictHostKeyChecking no\n"
          "LogLevel ERROR\n");
  ChildOptions options = Options();
  const Finished lost = RunProgram({"run", "sysv.detach", "--on", "ssh"}, options);
  EXPECT_EQ(lost.exit_code, 3) << lost;
  EXPECT_THAT(lost.err, HasSubstr("SHMSPEC_SSH names no machine"));
  options.environment.insert(
      options.environment.end(),
      {"SHMSPEC_SSH=root@there", "SHMSPEC_SSH_OPTIONS=-F " + folder_ / "ssh_config"});
  const Finished run =
      RunProgram({"run", "sysv.detach*", "--on", "ssh", "-o", folder_ / "ssh.json"}, options);
  EXPECT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(RecordOf("ssh")["environment"]["facts"]["launcher"]["value"], "ssh");
  EXPECT_EQ(RecordOf("ssh")["selection"]["expression"], "sysv.detach*");
}

TEST_F(OnOthers, OptionsArePassedOn) {
  Add("plain", kStart, "arguments = [\"--level\", \"must\"]\ncase_timeout = \"77s\"\n");
  const Finished run =
      RunWith({"run", "--on", "plain", "--target", "syscall", "--profile", "posix", "--quick", "-j",
               "2", "--repeat", "2", "--shard", "1/2", "-o", folder_ / "plain.json", "--",
               "sysv.detach", "-sysv.detach.works_once"});
  const json record = RecordOf("plain");
  ASSERT_TRUE(record.is_object()) << run;
  EXPECT_EQ(record["subject"]["target"], "syscall");
  EXPECT_EQ(record["run"]["profile"], "posix");
  EXPECT_EQ(record["run"]["timeout_ms"], 77000);
  EXPECT_EQ(record["run"]["jobs"], 2);
  EXPECT_EQ(record["run"]["repeat"], 2);
  EXPECT_EQ(record["run"]["shard"]["count"], 2);
  EXPECT_EQ(record["selection"]["expression"], "sysv.detach -sysv.detach.works_once");
  EXPECT_THAT(record["run"]["argv"], AllOf(Contains("--quick"), Contains("must")));
}

TEST_F(OnOthers, AFailureIsOneOfTheRunAndRepeatedThere) {
  Add("plain", kStart);
  const Finished run = RunWith({"run", "sysv.detach", "--on", "plain", "--target",
                                "faulty:detach_can_be_repeated", "-o", folder_ / "plain.json"});
  EXPECT_EQ(run.exit_code, 1) << run;
  EXPECT_THAT(run.out, HasSubstr("again: shmspec run --on plain sysv.detach."));
  const json record = RecordOf("plain");
  for (const json& test : record["tests"]) {
    if (test["status"] == "PASS") continue;
    EXPECT_THAT(test["repro"]["command"].get<std::string>(), StartsWith("shmspec run --on plain "));
  }
}

TEST_F(OnOthers, ReportsCanBePrinted) {
  Add("plain", kStart);
  const Finished record = RunWith({"run", "sysv.detach", "--on", "plain", "--format", "json"});
  EXPECT_TRUE(json::parse(record.out, nullptr, false).is_object()) << record;
  EXPECT_THAT(RunWith({"run", "sysv.detach", "--on", "plain", "--format", "ktap"}).out,
              StartsWith("KTAP version"));
}

/// A system with trouble, and what is said of it.
struct Trouble {
  std::string name;
  std::string script;
  std::string said;
  std::string further = "";
};

TEST_F(OnOthers, TroubleIsOneLineAndARecordInWhichAllIsUnresolved) {
  const std::string begin = "echo '-----BEGIN SHMSPEC RECORD-----'; ";
  const std::string end = "; echo '-----END SHMSPEC RECORD-----'";
  const std::vector<Trouble> troubles{
      {"missing", kStart, "no-such-tool is not installed: apt-get install its-package",
       "needs = {no-such-tool = \"its-package\"}\n"},
      {"dies", "echo going; kill -SEGV $$",
       "it printed no record; sh was ended by SIGSEGV; its last words: going"},
      {"fails", "echo 'no such sandbox' >&2; exit 3",
       "it printed no record; sh ended with exit code 3; its last words: no such sandbox"},
      {"silent", "exit 0", "it printed no record; sh ended with exit code 0; it printed nothing"},
      {"hangs", "trap '' TERM; sleep 1000 & setsid sleep 1000",
       "it did not end within 300ms, and was ended: give it longer by --deadline, or fewer cases",
       "deadline = \"300ms\"\n"},
      {"garbage", begin + "printf '\\377\\000{{'" + end, "its record:2:1: this is not JSON"},
      {"torn", begin + "echo '{\"format\": '",
       "what it printed: record 1 of this log does not end"},
      {"twice", begin + "echo '{}'" + end + "; " + begin + "echo '{}'" + end,
       "it printed 2 records, and one is expected"},
      {"loses", "exit 1", "sh ended with exit code 1, without the file of the record",
       "record = \"file\"\n"},
      {"older", "\"$0\" \"$@\" | sed 's/\"source_id\": \"/&0/'",
       "the program there is shmspec 0.1.0 (0"},
      {"other", "\"$0\" \"$@\" | sed 's/\"id\": \"sysv.detach/&y/'",
       "the program there is shmspec with other cases: build both anew"},
  };
  for (const Trouble& one : troubles) Add(one.name, one.script, one.further);
  for (const Trouble& one : troubles) {
    SCOPED_TRACE(one.name);
    const Finished run = RunOn(one.name);
    EXPECT_EQ(run.exit_code, 3) << run;
    EXPECT_EQ(LinesOf(run.err).size(), 1u) << run;
    EXPECT_THAT(run.err, StartsWith("shmspec: " + one.name + ": " + one.said)) << run;
    EXPECT_THAT(LastLine(run.out), StartsWith("UNRESOLVED " + one.name + ": ")) << run;
    const json record = RecordOf(one.name);
    ASSERT_TRUE(record.is_object());
    EXPECT_EQ(record["requirements"]["SYSV.SHMDT.TWICE"]["status"], "UNRESOLVED");
    EXPECT_EQ(record["tests"].size(), 1u);
    EXPECT_THAT(record["tests"][0]["reason"].get<std::string>(), StartsWith(one.said));
    EXPECT_EQ(record["run"]["complete"], false);
    EXPECT_EQ(RunProgram({"report", folder_ / (one.name + ".json")}).exit_code, 0);
    EXPECT_TRUE(std::filesystem::exists(folder_ / (one.name + ".json.console")));
  }
}

TEST_F(OnOthers, AnInterruptEndsAllThatWasStarted) {
  Add("slow", "echo begun > " + folder_ / "fifo" + "; setsid sleep 1000 & sleep 1000",
      "stop = [\"sh\", \"-c\", \"echo {id} > " + folder_ / "stopped" + "\"]\n");
  for (const int signal : {SIGINT, SIGTERM}) {
    std::filesystem::remove(folder_ / "stopped");
    std::filesystem::remove(folder_ / "fifo");
    ASSERT_EQ(::mkfifo((folder_ / "fifo").c_str(), 0600), 0);
    ProgramChild run(With({"run", "sysv.detach", "--on", "slow"}), Options());
    EXPECT_EQ(ReadWhole(folder_ / "fifo"), "begun\n");
    ::kill(run.pid(), signal);
    const Finished finished = run.Finish();
    EXPECT_EQ(finished.exit_code, 2) << finished;
    EXPECT_THAT(finished.err, HasSubstr("slow: stopped by "));
    EXPECT_THAT(ReadWhole(folder_ / "stopped"), StartsWith("shmspec-"));
    EXPECT_TRUE(AwaitSilence());
  }
}

TEST_F(OnOthers, AnInterruptKeepsTheResultsSoFar) {
  Add("plain", kStart);
  ProgramChild run(
      With({"run", "sysv", "--repeat", "1000", "--on", "plain", "-o", folder_ / "plain.json"}),
      Options());
  ASSERT_TRUE(run.AwaitOutput("on plain: "));
  // The program there is the grandchild that makes processes of its own.
  for (int attempt = 0; attempt < 200000 && Descendants().size() < 4; ++attempt) ::sched_yield();
  ::kill(run.pid(), SIGINT);
  const Finished finished = run.Finish();
  EXPECT_EQ(finished.exit_code, 2) << finished;
  const json record = RecordOf("plain");
  ASSERT_TRUE(record.is_object()) << finished;
  EXPECT_EQ(record["run"]["stop_reason"], "stopped by SIGTERM");
}

TEST_F(OnOthers, NothingRunsOnWhenItIsKilled) {
  Add("slow", "echo begun > " + folder_ / "fifo" + "; exec sleep 1000");
  ASSERT_EQ(::mkfifo((folder_ / "fifo").c_str(), 0600), 0);
  ProgramChild run(With({"run", "sysv.detach", "--on", "slow"}), Options());
  EXPECT_EQ(ReadWhole(folder_ / "fifo"), "begun\n");
  ::kill(run.pid(), SIGKILL);
  EXPECT_EQ(run.Finish().signal, SIGKILL);
  EXPECT_TRUE(AwaitSilence());
  std::filesystem::remove_all(folder_ / "tmp");  // which nobody was left to remove
  std::filesystem::create_directory(folder_ / "tmp");
}

TEST_F(OnOthers, MistakesAreOneLineEach) {
  Add("plain", kStart);
  WriteWhole(folder_ / "broken.toml",
             "format = \"shmspec-launchers/1\"\n[launcher.x]\nabot = \"\"\n");
  WriteWhole(folder_ / "taken", "");
  using Words = std::vector<std::string>;
  for (const auto& [words, message] : {
           std::pair{Words{"--on", "plan"}, "no launcher \"plan\"; did you mean plain?"},
           {{"--on", "plain,gvisor"}, "shmspec matrix --on plain,gvisor runs on several"},
           {{"--on", "plain", "--launchers", folder_ / "broken.toml"},
            "broken.toml:3:1: there is no key \"abot\"; did you mean about?; remove it"},
           {{"--on", "docker"}, "docker is for you to run: --dry-run prints its command"},
           {{"--on", "plain", "--target", "libc,syscall"}, "name one target"},
           {{"--on", "plain", "--waivers", "w.toml"}, "--waivers excludes --on"},
           {{"--dry-run"}, "name it by --on NAME"},
           {{"--on", "plain", "-o", folder_ / "taken"}, "exists already"},
           {{"--on", "plain", "no.such.case"}, "no.such.case"},
       }) {
    const bool own = std::find(words.begin(), words.end(), "--launchers") != words.end();
    Words whole{"run"};
    whole.insert(whole.end(), words.begin(), words.end());
    const Finished run = own ? RunProgram(whole, Options()) : RunWith(whole);
    EXPECT_EQ(run.exit_code, 4) << run;
    EXPECT_EQ(LinesOf(run.err).size(), 1u) << run;
    EXPECT_THAT(run.err, HasSubstr(message)) << run;
  }
}

TEST_F(OnOthers, CommandsForPeopleArePrinted) {
  std::string program = std::filesystem::path(SHMSPEC_PROGRAM).parent_path() / "static/shmspec";
  if (!std::filesystem::exists(program)) program = SHMSPEC_PROGRAM;
  const std::string docker =
      RunProgram({"run", "sysv.detach", "--quick", "--on", "docker", "--dry-run"}).out;
  EXPECT_EQ(docker, "docker run --rm --network none --volume " + program +
                        ":/shmspec:ro debian:12-slim /shmspec run --quick --record-in-log "
                        "sysv.detach\n");
  const std::string kubectl =
      RunProgram({"run", "sysv.*", "--timeout", "2m", "--on", "kubectl", "--dry-run"}).out;
  EXPECT_EQ(kubectl,
            "kubectl run shmspec --rm --stdin --restart=Never --image=shmspec:latest "
            "--image-pull-policy=IfNotPresent --command -- /shmspec run --timeout 2m "
            "--record-in-log 'sysv.*'\n");
  Add("mine", kStart, "stop = [\"x\", \"{folder}\", \"{id}\"]\n");
  EXPECT_THAT(RunWith({"run", "--on", "mine", "--dry-run"}).out, StartsWith("sh -c 'exec \"$0\""));
}

TEST_F(OnOthers, AllAreListedWithWhatTheyLack) {
  Add("mine", kStart, "lacks = \"everything\"\nneeds = {no-such-tool = \"its-package\"}\n");
  const Finished run = RunWith({"launchers"});
  EXPECT_EQ(run.exit_code, 0) << run;
  EXPECT_THAT(LinesOf(run.out), Contains(StartsWith("gvisor ")));
  EXPECT_THAT(run.out, HasSubstr("not offered there: everything"));
  EXPECT_THAT(run.out, HasSubstr("no-such-tool is not installed: apt-get install"));
  EXPECT_THAT(run.out, HasSubstr("its-package"));
}

}  // namespace
}  // namespace shmspec
