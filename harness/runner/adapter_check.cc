// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/runner/adapter_check.h"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <utility>
#include <vector>

#include "harness/actor/strays.h"
#include "harness/vocabulary/form/text.h"

namespace shmspec {
namespace {

constexpr std::int64_t kAnswer_ms = 5000;

/// A step of the conversation, and what its answer may be.
struct Asked {
  std::string_view step;
  enum class Expects : std::uint8_t { kAny, kZero, kSize, kNumber, kFailure, kLacking } expects;
};

using Expects = Asked::Expects;

/// In the process that makes the segment; NAME is its name.
constexpr Asked kMaker[] = {
    {"g0 = segment.create name=\"NAME\" size=4096", Expects::kZero},
    {"segment.size segment=g0", Expects::kSize},
    {"a0 = segment.attach segment=g0 read_only=false", Expects::kZero},
    {"memory.load at=a0 width=8 order=seq_cst", Expects::kNumber},
    {"memory.store at=a0+8 width=8 value=42 order=seq_cst", Expects::kZero},
    {"memory.load at=a0+8 width=8 order=seq_cst", Expects::kNumber},
    {"memory.store at=a0+16 width=1 value=255 order=seq_cst", Expects::kZero},
    {"memory.load at=a0+16 width=1 order=seq_cst", Expects::kNumber},
    {"segment.nonsense name=\"NAME\"", Expects::kLacking},
};

/// In a second process.
constexpr Asked kOpener[] = {
    {"segment.open name=\"NAME-none\" read_only=false", Expects::kFailure},
    {"g1 = segment.open name=\"NAME\" read_only=false", Expects::kZero},
    {"a1 = segment.attach segment=g1 read_only=false", Expects::kZero},
    {"memory.load at=a1+8 width=8 order=seq_cst", Expects::kNumber},
    {"segment.detach at=a1", Expects::kZero},
    {"segment.close segment=g1", Expects::kZero},
};

/// In the first one again.
constexpr Asked kEnd[] = {
    {"segment.resize segment=g0 size=8192", Expects::kAny},
    {"g2 = segment.open_or_create name=\"NAME\" size=4096", Expects::kAny},
    {"segment.remove name=\"NAME\"", Expects::kZero},
    {"segment.remove name=\"NAME\"", Expects::kFailure},
};

class Check {
 public:
  Check(AdapterProgram program, const std::function<void(const AdapterFinding&)>& report)
      : program_(std::move(program)),
        report_(report),
        name_(fmt::format("shmspec-check-{}", ::getpid())) {}

  bool Run(std::optional<std::uint32_t> stranger) {
    std::unique_ptr<Adapter> maker = Start("it", program_);
    if (maker == nullptr) return false;
    Introduces(maker->introduction());
    std::unique_ptr<Adapter> opener = Start("a second one", program_);
    if (opener == nullptr) return false;
    const bool talks =
        Converse(*maker, kMaker) && Converse(*opener, kOpener) && Converse(*maker, kEnd);
    if (talks) {
      Ends(*opener, "the second one");
      Ends(*maker, "it");
      if (!AwaitChildren(kAnswer_ms)) {
        KillChildren();
        Report(AdapterVerdict::kWrong, "something that it has started goes on without it");
      }
    }
    if (stranger) {
      AdapterProgram other = program_;
      other.user = *stranger;
      Start(fmt::format("it, as user {},", *stranger), other);
    }
    return fine_;
  }

 private:
  void Report(AdapterVerdict verdict, std::string what, std::string asked = {},
              std::string answered = {}) {
    fine_ = fine_ && verdict != AdapterVerdict::kWrong;
    report_({verdict, std::move(asked), std::move(answered), std::move(what)});
  }

  std::unique_ptr<Adapter> Start(const std::string& who, const AdapterProgram& program) {
    Result<std::unique_ptr<Adapter>> started = Adapter::Start(program, kAnswer_ms);
    if (started.ok()) {
      Report(AdapterVerdict::kFine, who + " starts and says what it is");
      return std::move(*started);
    }
    std::string why = who + " does not start: " + started.error().message;
    if (program.user != program_.user) {
      why += "; put it where every user can read and execute it";
    }
    Report(AdapterVerdict::kWrong, why, std::string(kAdapterGreeting));
    return nullptr;
  }

  void Introduces(const AdapterIntroduction& introduction) {
    std::string families;
    for (const auto& [name, family] : NamesOf<Family>::kNames) {
      if (introduction.Offers(family))
        families += (families.empty() ? "" : ", ") + std::string(name);
    }
    Report(AdapterVerdict::kFine, fmt::format("it is {} {} and offers {}", introduction.library,
                                              introduction.version, families));
    if (introduction.version.empty()) {
      Report(AdapterVerdict::kNote, "its version is empty: records will not tell versions apart");
    }
    if (!introduction.Offers(Family::kSegment)) {
      Report(AdapterVerdict::kNote,
             "it does not offer segment: the cases of wrapper libraries "
             "need that");
    }
    if (!introduction.Offers(Family::kMemory)) {
      Report(AdapterVerdict::kWrong,
             "it does not offer memory: no case can see what it attaches; "
             "add memory to offers");
    }
  }

  /// False when the adapter cannot go on.
  template <std::size_t N>
  bool Converse(Adapter& adapter, const Asked (&steps)[N]) {
    if (!adapter.introduction().Offers(Family::kSegment)) return true;
    for (const Asked& one : steps) {
      std::string line = fmt::format("{} {}", ++number_, one.step);
      for (std::size_t at = line.find("NAME"); at != std::string::npos; at = line.find("NAME")) {
        line.replace(at, 4, name_);
      }
      if (!Step(adapter, line, one.expects)) return false;
    }
    return true;
  }

  bool Step(Adapter& adapter, const std::string& line, Expects expects) {
    const Adapter::Heard heard = adapter.Ask(line, kAnswer_ms);
    switch (heard.kind) {
      case Adapter::Heard::Kind::kLine:
        break;
      case Adapter::Heard::Kind::kLate:
        Report(AdapterVerdict::kWrong, "no answer; flush standard output after each line", line);
        return false;
      case Adapter::Heard::Kind::kBad:
        Report(AdapterVerdict::kWrong, "the adapter " + heard.why, line);
        return false;
      case Adapter::Heard::Kind::kEnded:
        adapter.NoteEnded();
        Report(AdapterVerdict::kWrong, "the adapter " + DeathText(heard.end), line);
        return false;
    }
    const Result<Outcome> answer = ReadAnswer(heard.line, number_);
    if (!answer.ok()) {
      Report(AdapterVerdict::kWrong, answer.error().message, line, heard.line);
      return false;
    }
    Judge(*answer, expects, line, heard.line);
    return true;
  }

  void Judge(const Outcome& answer, Expects expects, const std::string& asked,
             const std::string& answered) {
    const auto* value = std::get_if<Value>(&answer);
    const bool lacks = std::holds_alternative<Trouble>(answer);
    const bool fails = std::holds_alternative<Failure>(answer);
    if (lacks && expects != Expects::kLacking) {
      return Report(AdapterVerdict::kNote, "cases that need this will be UNSUPPORTED", asked,
                    answered);
    }
    switch (expects) {
      case Expects::kLacking:
        if (lacks) break;
        return Report(AdapterVerdict::kWrong,
                      "expected lacking: there is no such operation, and there may be one later",
                      asked, answered);
      case Expects::kZero:
        if (value != nullptr && value->number == 0) break;
        return Report(fails ? AdapterVerdict::kNote : AdapterVerdict::kWrong,
                      fails ? "the library fails where cases expect success"
                            : "expected 0: the step has no other value",
                      asked, answered);
      case Expects::kSize:
      case Expects::kNumber:
        if (value != nullptr) break;
        return Report(AdapterVerdict::kNote, "expected a number", asked, answered);
      case Expects::kFailure:
        if (fails) break;
        return Report(AdapterVerdict::kNote, "the library succeeds where cases expect a failure",
                      asked, answered);
      case Expects::kAny:
        break;
    }
    Report(AdapterVerdict::kFine, "", asked, answered);
  }

  void Ends(Adapter& adapter, const std::string& who) {
    if (adapter.End(kAnswer_ms))
      return Report(AdapterVerdict::kFine, who + " ends when its input ends");
    Report(AdapterVerdict::kWrong, who + " does not end when its input ends");
  }

  const AdapterProgram program_;
  const std::function<void(const AdapterFinding&)>& report_;
  const std::string name_;
  std::uint32_t number_ = 0;
  bool fine_ = true;
};

}  // namespace

bool CheckAdapter(const AdapterProgram& program, std::optional<std::uint32_t> stranger,
                  const std::function<void(const AdapterFinding&)>& report) {
  const StraysEnd strays;
  return Check(program, report).Run(stranger);
}

}  // namespace shmspec
