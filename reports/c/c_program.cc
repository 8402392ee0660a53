// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "reports/c/c_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/vocabulary/form/text.h"
#include "harness/vocabulary/plan/handles.h"
#include "harness/vocabulary/plan/users.h"
#include "reports/c/text.h"
#include "reports/text/plain_text.h"

namespace shmspec::reports {
namespace {

/// Makes a comment of one line: a backslash at its end would continue it.
std::string Comment(std::string_view text) {
  std::string line = OneLine(text);
  std::replace(line.begin(), line.end(), '\\', '/');
  return "// " + line + "\n";
}

std::string Indented(const std::string& code, std::string_view indent) {
  std::string out;
  std::string_view rest = code;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    out += fmt::format("{}{}\n", indent, rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

/// Whether the outcome of a step is a record of a segment.
bool GivesRecord(const Operation& operation) {
  return std::holds_alternative<SysvStat>(operation) ||
         std::holds_alternative<SysvStatIndex>(operation) ||
         std::holds_alternative<SysvStatAny>(operation);
}

bool IsAccess(std::string_view statements) { return statements.find("TRY ") != statements.npos; }

/// The first address that an access names, from which offsets of faults count.
std::string BaseOf(const std::string& statements) {
  const std::size_t begin = statements.find("address(");
  if (begin == statements.npos) return "NULL";
  return statements.substr(begin, statements.find(')', begin) + 1 - begin);
}

class Writer {
 public:
  Writer(const Plan& plan, std::span<const Objection> objections)
      : plan_(plan), objections_(objections) {}

  Result<std::string> Write() {
    if (auto flaw = CheckActors(); !flaw.empty()) return Error{flaw};
    std::string performing, requiring, identities;
    for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
      const Step& step = plan_.steps[i];
      if (step.timing == Timing::kJoin) continue;
      Result<std::string> statements = CStatements(step);
      if (!statements.ok()) {
        return Error{fmt::format("step {}: {}", i + 1, statements.error().message)};
      }
      performing += CaseOf(i, *statements);
      requiring += RequirementOf(i);
    }
    for (std::size_t i = 0; i < plan_.actors.size(); ++i) {
      Result<std::string> identity = CIdentity(plan_.actors[i]);
      if (!identity.ok()) return identity.error();
      if (identity->empty()) continue;
      identities += fmt::format("    case {}:\n{}      break;\n", i, Indented(*identity, "      "));
    }
    const std::string body = Tables() + Performing(performing) + Requiring(requiring) +
                             std::string(CActors()) + Identities(identities) +
                             std::string(CShow()) + Main();
    return Heading() + CBeginning(body) + Shared() + body;
  }

 private:
  std::string CheckActors() const {
    for (const ActorSpec& actor : plan_.actors) {
      if (actor.start == Start::kThread) return "actor " + actor.name + " is a thread";
      if (actor.abi != Abi::kNative) return "actor " + actor.name + " makes 32-bit calls";
    }
    return "";
  }

  std::string Heading() const {
    std::string heading = Comment(plan_.name + " as a C program, written by shmspec");
    heading += "//\n//   cc -o case case.c && ./case\n//\n";
    heading +=
        Comment("Exit code: 0 all as required, 1 a step was not, 2 it could not be performed.");
    heading += "//\n";
    Plan plan = plan_;
    plan.requirements.clear();
    const std::string text = PrintPlan(plan);
    std::string_view rest = text;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      heading += Comment(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return heading + "\n";
  }

  /// The handles of the plan, by letter and index.
  std::set<Handle> Handles() const {
    std::set<Handle> handles;
    for (const Step& step : plan_.steps) {
      if (step.assigns) handles.insert(*step.assigns);
      ForEachHandle(step.operation, [&](const Handle& handle) { handles.insert(handle); });
      if (!step.expected) continue;
      for (const Alternative& alternative : step.expected->alternatives) {
        for (const Symbol& symbol : alternative.symbols) {
          const Reference* reference = std::get_if<Reference>(&symbol.stands);
          if (reference != nullptr && reference->handle) handles.insert(*reference->handle);
        }
      }
    }
    return handles;
  }

  /// The ids of the users of the plan.
  std::string Users() const {
    if (UsersOf(plan_).empty()) return "";
    std::string users = fmt::format("u1 = {}", shmspec::Users::kUsualFirst);
    for (std::uint32_t user = 2; user <= Id::kUsers; ++user) users += fmt::format(", u{}", user);
    return fmt::format(
        "// The users and groups of the plan: ids that nobody should have here.\nenum {{ {} "
        "}};\n\n",
        users);
  }

  std::string Shared() const {
    std::string shared = fmt::format("\nenum {{ ACTORS = {}, STEPS = {} }};\n\n",
                                     plan_.actors.size(), plan_.steps.size());
    shared += Users();
    shared +=
        "// What the processes share: what the handles of the plan stand for, and whose turn it "
        "is.\n"
        "static struct shared {\n";
    for (const Handle& handle : Handles()) {
      shared += fmt::format("  long {}{};\n", static_cast<char>(handle.kind), handle.index);
    }
    return shared +
           "  pid_t pid[ACTORS];\n  int last[ACTORS], done[ACTORS], ended[ACTORS], "
           "status[ACTORS];\n  int performed[STEPS + 1];  // 1: begun, 2: over\n"
           "  struct outcome outcome[STEPS + 1];\n} *h;\n\n";
  }

  std::string Tables() const {
    std::string actors = "-1", texts = "\"\"", required = "\"\"", records = "0";
    for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
      const Step& step = plan_.steps[i];
      const bool joins = step.timing == Timing::kJoin;
      actors += fmt::format(", {}", joins ? -1 : static_cast<int>(step.actor.index));
      texts += ",\n  " + CString(joins ? "join" : PrintStep(step, plan_.actors));
      required += ",\n  " + CString(RequiredText(i));
      records += GivesRecord(step.operation) ? ", 1" : ", 0";
    }
    return fmt::format(
        "static const int actor_of[] = {{{}}};\nstatic const int is_record[] = {{{}}};\n"
        "static const char *const text_of[] = {{{}}};\nstatic const char *const required_of[] = "
        "{{{}}};\n",
        actors, records, texts, required);
  }

  std::string CaseOf(std::size_t index, const std::string& statements) const {
    const Step& step = plan_.steps[index];
    std::string code =
        fmt::format("    case {}: {{  {}", index + 1, Comment(PrintStep(step, plan_.actors)));
    if (IsAccess(statements)) {
      code += fmt::format("      catch_faults(o, {});\n", BaseOf(statements));
    }
    code += Indented(statements, "      ");
    if (step.assigns) {
      code += fmt::format("      if (succeeded(o)) {} = o->value;\n",
                          CReference(Reference{step.assigns, 0}));
    }
    return code + "      break;\n    }\n";
  }

  static std::string Performing(const std::string& cases) {
    return "\nstatic void act(int me, int done);\nstatic int ended(int actor);\nstatic void "
           "reap(void);\n\n"
           "static void perform(int step) {\n  struct outcome *o = &h->outcome[step];\n"
           "  (void)o;\n  h->performed[step] = 1;\n  switch (step) {\n" +
           cases + "  }\n  h->performed[step] = 2;\n}\n";
  }

  std::vector<Pattern> DemandsOn(std::size_t index) const {
    std::vector<Pattern> demands;
    const Step& step = plan_.steps[index];
    if (step.timing != Timing::kJoin && step.expected) demands.push_back(*step.expected);
    for (const Objection& objection : objections_) {
      if (objection.step != index + 1 || objection.by != Objector::kSpecification) continue;
      Pattern demand = DemandOf(objection, plan_.actors);
      if (!demand.alternatives.empty()) demands.push_back(std::move(demand));
    }
    return demands;
  }

  std::string RequiredText(std::size_t index) const {
    std::string text;
    for (const Pattern& demand : DemandsOn(index)) {
      text += (text.empty() ? "" : ", and ") + PrintPattern(demand, plan_.actors);
    }
    return text;
  }

  std::string RequirementOf(std::size_t index) const {
    std::string code;
    for (const Pattern& demand : DemandsOn(index)) {
      code += fmt::format("{}({})", code.empty() ? "" : " &&\n             ", CCondition(demand));
    }
    if (code.empty()) return "";
    return fmt::format("    case {}:\n      return {};\n", index + 1, code);
  }

  static std::string Requiring(const std::string& cases) {
    return "\n// Whether the outcome of a step is what the plan and the specification require.\n"
           "static int as_required(int step) {\n  const struct outcome *o = &h->outcome[step];\n"
           "  (void)o;\n  switch (step) {\n" +
           cases + "  }\n  return 1;\n}\n";
  }

  static std::string Identities(const std::string& cases) {
    return "\n// Makes this process the user that the plan says, which usually takes root.\n"
           "static void become(int actor) {\n  switch (actor) {\n" +
           cases + "  }\n}\n";
  }

  std::string Main() const {
    std::string code =
        "\nint main(void) {\n  setvbuf(stdout, NULL, _IONBF, 0);\n"
        "  h = mmap(NULL, sizeof(*h), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);\n"
        "  if (h == MAP_FAILED) cannot(\"mmap\");\n";
    const bool writes = std::any_of(plan_.steps.begin(), plan_.steps.end(), [](const Step& step) {
      return std::holds_alternative<SystemSysctlWrite>(step.operation);
    });
    code += writes
                ? "  if (unshare(CLONE_NEWIPC) != 0) cannot(\"unshare: limits are changed, which "
                  "takes a namespace of one's own, and that root\");\n"
                : "  // Undisturbed by other segments, and without leaving any behind, where that "
                  "is possible.\n  (void)!unshare(CLONE_NEWIPC);\n";
    const bool names = std::any_of(plan_.steps.begin(), plan_.steps.end(), [](const Step& step) {
      return FamilyOf(step.operation) == Family::kPosix;
    });
    if (names) {
      code +=
          "  // Names are made in a /dev/shm of its own.\n"
          "  if (unshare(CLONE_NEWNS) != 0 ||\n"
          "      mount(NULL, \"/\", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||\n"
          "      mount(\"shmspec\", \"/dev/shm\", \"tmpfs\", 0, \"size=64m,mode=1777\") != 0) {\n"
          "    cannot(\"a /dev/shm of its own, which takes root\");\n  }\n";
    }
    for (const Handle& handle : Handles()) {
      const bool key = handle.kind == HandleKind::kKey;
      code +=
          fmt::format("  h->{}{} = {};\n", static_cast<char>(handle.kind), handle.index,
                      key ? fmt::format("0x53000000 + getpid() % 0x10000 * 64 + {}", handle.index)
                          : std::string("-1"));
    }
    code +=
        "  prctl(PR_SET_CHILD_SUBREAPER, 1);\n  signal(SIGALRM, too_long);\n  alarm(60);\n"
        "  for (int i = 0; i < ACTORS; ++i) {\n    const pid_t pid = is_forked[i] ? 0 : fork();\n"
        "    if (is_forked[i]) continue;\n    if (pid == 0) {\n"
        "      const struct rlimit none = {0, 0};\n      setrlimit(RLIMIT_CORE, &none);\n"
        "      become(i);\n      prctl(PR_SET_PDEATHSIG, SIGKILL);\n      act(i, 0);\n    }\n"
        "    h->pid[i] = pid;\n  }\n";
    std::string forked;
    for (const ActorSpec& actor : plan_.actors) {
      forked +=
          fmt::format("{}{}", forked.empty() ? "" : ", ", actor.start == Start::kFork ? 1 : 0);
    }
    const std::string table = fmt::format("\nstatic const int is_forked[] = {{{}}};\n", forked);
    return table + code + Schedule() + Ending();
  }

  /// The turns of the actors, in the order of the plan.
  std::string Schedule() const {
    std::string code;
    for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
      const Step& step = plan_.steps[i];
      const int actor = step.actor.index;
      if (step.timing == Timing::kJoin) {
        code += fmt::format("  join({});\n", actor);
      } else if (step.timing == Timing::kRace) {
        std::size_t end = i;
        std::set<int> racing;
        for (; end < plan_.steps.size() && plan_.steps[end].timing == Timing::kRace &&
               plan_.steps[end].race == step.race;
             ++end) {
          racing.insert(plan_.steps[end].actor.index);
        }
        for (const int one : racing)
          code += fmt::format("  start({}, {});  // they race\n", one, end);
        for (const int one : racing) code += fmt::format("  join({});\n", one);
        i = end - 1;
      } else {
        code += fmt::format("  start({}, {});\n", actor, i + 1);
        if (step.timing == Timing::kTurn) code += fmt::format("  join({});\n", actor);
      }
    }
    return code;
  }

  std::string Ending() const {
    std::string code =
        "  int wrong = 0;\n  for (int step = 1; step <= STEPS; ++step) {\n"
        "    if (actor_of[step] >= 0 && !show(step)) ++wrong;\n  }\n"
        "  for (int i = 0; i < ACTORS; ++i) start(i, -1);\n  while (wait(NULL) > 0) {\n  }\n";
    for (const Handle& handle : Handles()) {
      if (handle.kind != HandleKind::kSegment) continue;
      code +=
          fmt::format("  if (h->s{0} != -1) shmctl((int)h->s{0}, IPC_RMID, NULL);\n", handle.index);
    }
    return code +
           "  printf(wrong ? \"%d not as required\\n\" : \"all as required\\n\", wrong);\n"
           "  return wrong ? 1 : 0;\n}\n";
  }

  const Plan& plan_;
  std::span<const Objection> objections_;
};

}  // namespace

std::string CString(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : OneLine(text)) {
    if (c == '"' || c == '\\' || c == '?') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

Result<std::string> CProgramOf(const Plan& plan, std::span<const Objection> objections) {
  return Writer(plan, objections).Write();
}

}  // namespace shmspec::reports
