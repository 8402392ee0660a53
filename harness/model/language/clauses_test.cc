// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/model/language/clauses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/language/test_system.h"
#include "harness/vocabulary/form/text.h"

namespace shmspec::model {
namespace {

using namespace shmspec::literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Requirement kOne = "SYSV.SHMGET.INITIAL_FIELDS"_req;
constexpr Requirement kTwo = "SYSV.SHMAT.SUCCESS_UPDATES"_req;
constexpr Requirement kThree = "SYSV.SHMDT.UPDATES"_req;

Failure Error(int number) { return {{number}}; }

class NoChooser : public Chooser {};

class ClausesTest : public testing::Test {
 protected:
  bool Allows(const Outcome& outcome) const { return model::Allows(clauses_, scene_, outcome); }
  Violation Explain(const Outcome& outcome) const {
    return model::Explain(clauses_, scene_, outcome);
  }
  std::string Message(const Outcome& outcome) const { return Explain(outcome).message; }
  void ExpectForbidden(const Outcome& outcome, const char* message, Requirement violated) const {
    EXPECT_FALSE(Allows(outcome)) << message;
    EXPECT_EQ(Message(outcome), message);
    EXPECT_THAT(Violated(outcome), ElementsAre(violated));
  }
  std::vector<Requirement> Violated(const Outcome& outcome) const {
    return Explain(outcome).requirements;
  }
  std::optional<std::string> RefusalHere(const Outcome& outcome) const {
    return RefusedByEnvironment(clauses_, outcome);
  }
  std::vector<std::string> Printed() const {
    std::vector<std::string> texts;
    for (const Allowed& allowed : AllowedOutcomes(clauses_, scene_)) {
      texts.push_back(PrintPattern(allowed.pattern, {}));
    }
    return texts;
  }
  Outcome Chosen() const {
    NoChooser chooser;
    return Choose(clauses_, scene_, chooser);
  }
  std::vector<Requirement> Touched(const Outcome& outcome) const {
    std::vector<Requirement> touched;
    ForEachTouched(clauses_, outcome, [&](Requirement one) { touched.push_back(one); });
    return touched;
  }

  // The system has three actors, whose processes have the ids 101 to 103.
  TestSystem system_{"linux", std::vector<ActorSpec>(3)};
  Scene scene_ = system_.Call(SysvDetach{});
  Clauses clauses_;
};

TEST_F(ClausesTest, AllowASuccessWithinItsBoundsAndNothingElse) {
  clauses_.Returns<Value>(kOne, "a number");
  clauses_.Bind(0, 2, 4, kTwo, "it is small");
  EXPECT_FALSE(Allows(Value{1}));
  EXPECT_TRUE(Allows(Value{2}));
  EXPECT_TRUE(Allows(Value{4}));
  EXPECT_FALSE(Allows(Value{5}));
  EXPECT_FALSE(Allows(Error(EINVAL)));
  EXPECT_FALSE(Allows(SegmentRecord{}));
  EXPECT_FALSE(Allows(Fault{}));
  EXPECT_FALSE(Allows(Gone{}));
  EXPECT_FALSE(Allows(Trouble{}));
  EXPECT_THAT(Printed(), ElementsAre("2..4"));
  EXPECT_EQ(Chosen(), Outcome(Value{2}));
}

TEST_F(ClausesTest, NameTheBoundThatIsBrokenAndNoOther) {
  clauses_.Returns<SegmentRecord>(kOne, "a record");
  clauses_.Bind(FieldIndex<SegmentRecord>("nattch"), 2, 2, kTwo, "two are attached");
  clauses_.Bind(FieldIndex<SegmentRecord>("size"), 8, 9, kThree, "it has that size");
  ExpectForbidden(SegmentRecord{.size = 8, .nattch = 3}, "nattch is 3, must be 2: two are attached",
                  kTwo);
  ExpectForbidden(SegmentRecord{.size = 7, .nattch = 2},
                  "size is 7, must be 8..9: it has that size", kThree);
  EXPECT_EQ(Message(SegmentRecord{}),
            "nattch is 0, must be 2: two are attached; size is 0, must be 8..9: it has that size");
  ExpectForbidden(Value{0}, "a result of another kind: a record", kOne);
}

TEST_F(ClausesTest, RefuseWhatMustBeRefused) {
  clauses_.ReturnsValue(0, kOne, "it is done");
  clauses_.Refuse(false, EPERM, Force::kMust, kTwo, "that does not apply");
  EXPECT_TRUE(Allows(Value{0}));
  EXPECT_FALSE(Allows(Error(EPERM)));
  EXPECT_THAT(Message(Error(EPERM)), "nothing here allows this failure: it is done");
  EXPECT_FALSE(clauses_.MustFail());

  clauses_.Refuse(true, EACCES, Force::kMust, kTwo, "it is forbidden");
  EXPECT_TRUE(Allows(Error(EACCES)));
  EXPECT_FALSE(Allows(Error(EPERM)));
  EXPECT_TRUE(clauses_.MustFail());
  ExpectForbidden(Value{0}, "succeeded although it is forbidden", kTwo);
  EXPECT_EQ(Message(Error(EPERM)), "must fail in another way: it is forbidden");
  EXPECT_THAT(Printed(), ElementsAre("EACCES"));
  EXPECT_EQ(Chosen(), Outcome(Error(EACCES)));
  EXPECT_THAT(Touched(Error(EACCES)), ElementsAre(kTwo));
}

TEST_F(ClausesTest, AllowEitherOfSeveralErrorsThatApply) {
  clauses_.ReturnsValue(0, kOne, "it is done");
  clauses_.Refuse(true, EINVAL, Force::kMay, kTwo, "one");
  clauses_.Refuse(true, EIDRM, Force::kMust, kTwo, "the other");
  EXPECT_TRUE(Allows(Error(EINVAL)));
  EXPECT_TRUE(Allows(Error(EIDRM)));
  EXPECT_FALSE(Allows(Error(ENOMEM)));
  EXPECT_FALSE(Allows(Value{0}));
  EXPECT_THAT(Printed(), ElementsAre("EINVAL", "EIDRM"));
  EXPECT_EQ(Chosen(), Outcome(Error(EIDRM))) << "the first that is mandatory";
}

TEST_F(ClausesTest, LeaveOpenWhetherACallThatMayFailFails) {
  clauses_.ReturnsValue(0, kOne, "it is done");
  clauses_.Refuse(true, EINVAL, Force::kMay, kTwo, "it may fail");
  EXPECT_TRUE(Allows(Value{0}));
  EXPECT_TRUE(Allows(Error(EINVAL)));
  EXPECT_EQ(Chosen(), Outcome(Value{0}));
  EXPECT_THAT(Printed(), ElementsAre("EINVAL", "0"));
  clauses_.Refuse(true, ENOMEM, Force::kUsually, kTwo, "it usually fails");
  EXPECT_TRUE(Allows(Value{0}));
  EXPECT_EQ(Chosen(), Outcome(Error(ENOMEM)));
}

TEST_F(ClausesTest, RefuseWhatTheCallerMayNotDo) {
  clauses_.ReturnsValue(0, kOne, "it is done");
  clauses_.RefuseUnless(Says::kYes, EINVAL, kTwo, "it may");
  clauses_.RefuseHereUnless(Says::kYes, ENOMEM, kTwo, "it may");
  EXPECT_THAT(Printed(), ElementsAre("0"));
  clauses_.RefuseUnless(Says::kSilent, EINVAL, kTwo, "it is not said whether it may");
  clauses_.RefuseHereUnless(Says::kSilent, ENOMEM, kTwo, "it is not said whether it may");
  EXPECT_THAT(Printed(), ElementsAre("EINVAL", "ENOMEM", "0"));
  EXPECT_EQ(RefusalHere(Error(EINVAL)), std::nullopt);
  EXPECT_EQ(RefusalHere(Error(ENOMEM)), "it is not said whether it may");
  clauses_.RefuseUnless(Says::kNo, EACCES, kTwo, "it may not");
  EXPECT_THAT(Printed(), ElementsAre("EINVAL", "ENOMEM", "EACCES"));
  clauses_.Reset();
  clauses_.ReturnsValue(0, kOne, "it is done");
  clauses_.RefuseHereUnless(Says::kNo, ENOMEM, kTwo, "there is no room", 3 << 20);
  EXPECT_THAT(Printed(), ElementsAre("ENOMEM"));
  EXPECT_EQ(RefusalHere(Error(ENOMEM)), "there is no room (3 MB)");
}

TEST_F(ClausesTest, TellWhenTheEnvironmentRefuses) {
  clauses_.ReturnsValue(0, kOne, "it is done");
  clauses_.RefuseHere(true, ENOMEM, Force::kMay, {}, "memory is short", 3 << 20);
  clauses_.RefuseHere(true, EPERM, Force::kMust, {}, "a right is missing");
  clauses_.Refuse(true, EINVAL, Force::kMay, kTwo, "it is wrong");
  EXPECT_TRUE(Allows(Error(ENOMEM)));
  EXPECT_FALSE(Allows(Value{0})) << "the environment rules success out as well";
  EXPECT_EQ(RefusalHere(Error(ENOMEM)), "memory is short (3 MB)");
  EXPECT_EQ(RefusalHere(Error(EPERM)), "a right is missing");
  EXPECT_EQ(RefusalHere(Error(EINVAL)), std::nullopt);
  EXPECT_EQ(RefusalHere(Value{0}), std::nullopt);
  clauses_.Refuse(true, EPERM, Force::kMay, kTwo, "shared memory says so too");
  EXPECT_EQ(RefusalHere(Error(EPERM)), std::nullopt);
}

TEST_F(ClausesTest, ReadInTheOutputOfAToolWhatTheEnvironmentRefused) {
  scene_ = system_.Call(SystemIpcs{});
  clauses_.Returns<SegmentTable>(kOne, "a listing");
  clauses_.RefuseHere(true, EPERM, Force::kMay, {}, "a right is missing");
  const ToolResult refused{1, "ipcs: Operation not permitted\n"};
  EXPECT_TRUE(Allows(refused));
  EXPECT_EQ(RefusalHere(refused), "a right is missing");
  EXPECT_FALSE(Allows(ToolResult{0, refused.output}));
  EXPECT_FALSE(Allows(ToolResult{1, "ipcs: something else\n"}));
  EXPECT_FALSE(Allows(ToolResult{1, "ipcs: Function not implemented\n"}));
}

TEST_F(ClausesTest, AllowEveryFailureWhereTheSpecificationIsSilent) {
  clauses_.ReturnsValue(0, kOne, "it is done");
  clauses_.AnyFailure();
  clauses_.Observe("a topic");
  EXPECT_TRUE(Allows(Value{0}));
  EXPECT_FALSE(Allows(Value{1}));
  EXPECT_TRUE(Allows(Error(ENOTTY)));
  EXPECT_FALSE(Allows(ToolResult{1, ""})) << "the call runs no tool";
  EXPECT_THAT(Printed(), ElementsAre("fails", "0"));
  EXPECT_FALSE(Allows(Fault{}));
  EXPECT_FALSE(Allows(Gone{}));
  EXPECT_FALSE(Allows(StrayWrite{}));
  EXPECT_EQ(RefusalHere(Error(ENOTTY)), std::nullopt);
  EXPECT_STREQ(clauses_.observed(), "a topic");
  clauses_.AnyFailure("it cannot be prepared");
  EXPECT_EQ(RefusalHere(Error(ENOTTY)), "it cannot be prepared");
  clauses_.Refuse(true, EINVAL, Force::kMay, kTwo, "it is wrong");
  EXPECT_EQ(RefusalHere(Error(EINVAL)), std::nullopt);
}

TEST_F(ClausesTest, AllowAToolToPrintSomethingElseWhereTheSpecificationIsSilent) {
  scene_ = system_.Call(SystemIpcmk{});
  clauses_.ReturnsValue(0, kOne, "it is done");
  EXPECT_FALSE(Allows(ToolResult{1, ""}));
  clauses_.AnyFailure();
  EXPECT_TRUE(Allows(ToolResult{1, ""}));
  EXPECT_THAT(Printed(), ElementsAre("fails|tool{}", "0"));
  clauses_.Reset();
  clauses_.AnyFailure();
  clauses_.Returns<ToolResult>(kOne, "it prints that it is done");
  clauses_.Bind(FieldIndex<ToolResult>("status"), 0, 0, kTwo, "it is done");
  EXPECT_TRUE(Allows(ToolResult{0, ""}));
  EXPECT_TRUE(Allows(ToolResult{2, ""}));
  EXPECT_THAT(Printed(), ElementsAre("fails|tool{status=..-1}|tool{status=1..}", "tool{status=0}"));
}

TEST_F(ClausesTest, ForbidASuccessAlsoWhereAnyFailureWillDo) {
  clauses_.ReturnsValue(0, kOne, "it is done");
  clauses_.AnyFailure();
  clauses_.Refuse(true, EINVAL, Force::kMust, kTwo, "it is wrong");
  EXPECT_TRUE(Allows(Error(ENOTTY)));
  EXPECT_FALSE(Allows(Value{0}));
}

TEST_F(ClausesTest, KnowAFaultByItsSignalItsCodeAndItsOffset) {
  clauses_.ReturnsValue(0, kOne, "it is done");
  clauses_.Faults(SIGSEGV, FaultCode::kAccess, 8, Force::kMust, kTwo, "it is protected");
  EXPECT_TRUE(Allows(Fault{{SIGSEGV}, FaultCode::kAccess, 8}));
  EXPECT_FALSE(Allows(Fault{{SIGBUS}, FaultCode::kAccess, 8}));
  EXPECT_FALSE(Allows(Fault{{SIGSEGV}, FaultCode::kUnmapped, 8}));
  EXPECT_FALSE(Allows(Fault{{SIGSEGV}, FaultCode::kAccess, 9}));
  EXPECT_FALSE(Allows(Value{0}));
  EXPECT_THAT(Printed(), ElementsAre("fault{signal=SIGSEGV code=ACCERR offset=8}"));
  clauses_.Faults(SIGBUS, FaultCode::kOther, kAnyOffset, Force::kMust, kTwo, "it is not there");
  EXPECT_TRUE(Allows(Fault{{SIGBUS}, FaultCode::kUnmapped, 99}));
  EXPECT_THAT(Printed(), ElementsAre(testing::_, "fault{signal=SIGBUS}"));
}

TEST_F(ClausesTest, KnowAnEndByHowItCame) {
  clauses_.Ends(GoneHow::kKilled, SIGTERM, Force::kMust, kTwo, "it was killed");
  EXPECT_TRUE(Allows(Gone{GoneHow::kKilled, SIGTERM}));
  EXPECT_TRUE(Allows(Gone{GoneHow::kUnknown, 0})) << "it may have been so";
  EXPECT_THAT(Printed(), ElementsAre("gone{how=killed code=15}|gone{how=unknown}"));
  EXPECT_FALSE(Allows(Gone{GoneHow::kKilled, SIGINT}));
  EXPECT_FALSE(Allows(Gone{GoneHow::kExited, SIGTERM}));
  clauses_.Ends(GoneHow::kUnknown, 0, Force::kMust, kTwo, "it ended");
  EXPECT_TRUE(Allows(Gone{GoneHow::kExited, 3}));
}

TEST_F(ClausesTest, BoundANumberByARangeOrOneOther) {
  clauses_.Returns<Value>(kOne, "a number");
  Bound& bound = clauses_.Bind(0, 2, 4, kTwo, "it is small");
  EXPECT_FALSE(Allows(Value{-1}));
  bound.has_other = true;
  bound.other = -1;
  EXPECT_TRUE(Allows(Value{-1}));
  EXPECT_TRUE(Allows(Value{3}));
  ExpectForbidden(Value{0}, "number is 0, must be 2..4 or -1: it is small", kTwo);
  EXPECT_THAT(Printed(), ElementsAre("-1|2..4"));
}

TEST_F(ClausesTest, BoundAProcessByThoseThatItMayBe) {
  clauses_.Returns<Value>(kOne, "a process");
  Bound& bound = clauses_.Bind(0, 0, 0, kTwo, "the last one");
  bound.processes = OnlyProcess(0) | OnlyProcess(2);
  EXPECT_TRUE(Allows(Value{101}));
  EXPECT_TRUE(Allows(Value{103}));
  EXPECT_FALSE(Allows(Value{0}));
  ExpectForbidden(Value{102}, "number is 102, must be 101 or 103: the last one", kTwo);
  EXPECT_THAT(Printed(), ElementsAre("101|103"));
  bound.processes |= kNoProcess;
  EXPECT_TRUE(Allows(Value{0}));
  EXPECT_EQ(Message(Value{102}), "number is 102, must be 0 or 101 or 103: the last one");
  bound.processes = kForeignProcess;
  EXPECT_TRUE(Allows(Value{4711}));
}

std::optional<Requirement> BrokenByOdd(const Fresh&, const Scene&, std::int64_t seen) {
  return seen % 2 != 0 ? std::optional(kTwo) : std::nullopt;
}
Outcome PickEight(const Fresh&, const Scene&, Chooser&) { return Value{8}; }

TEST_F(ClausesTest, LetTheSystemPickWithinLimits) {
  clauses_.Returns<Value>(kOne, "a number");
  clauses_.Picks({BrokenByOdd, PickEight}, kThree);
  EXPECT_TRUE(Allows(Value{4}));
  EXPECT_FALSE(Allows(Value{5}));
  EXPECT_THAT(Violated(Value{5}), ElementsAre(kTwo));
  EXPECT_THAT(Message(Value{5}), HasSubstr("5 may not be picked: "));
  EXPECT_EQ(Chosen(), Outcome(Value{8}));
  EXPECT_THAT(Touched(Value{4}), ElementsAre(kOne, kThree));
}

TEST_F(ClausesTest, ForbidEveryStrayWrite) {
  clauses_.ReturnsValue(0, kOne, "it is done");
  clauses_.AnyFailure();
  clauses_.WritesNothingElse(kTwo, kThree);
  ExpectForbidden(StrayWrite{.returned = 0, .offset = -1, .bytes = 1},
                  "wrote 1 byte that is not its to write, the first at 1 byte before the address "
                  "it was given",
                  kTwo);
  const StrayWrite failed{.returned = -1, .error = {EINVAL}, .offset = 16, .bytes = 2};
  EXPECT_FALSE(Allows(failed));
  EXPECT_THAT(Violated(failed), ElementsAre(kThree));
  EXPECT_THAT(Message(failed), HasSubstr("16 bytes from the address it was given, although it"));
}

TEST_F(ClausesTest, ForgetEverythingWhenTheyAreReset) {
  clauses_.Returns<SegmentTable>(kOne, "a listing");
  clauses_.Refuse(true, EINVAL, Force::kMust, kTwo, "it is wrong");
  clauses_.Bind(0, 1, 1, kTwo, "one");
  clauses_.AddRow(7, Force::kMust, kTwo).name = "seven";
  clauses_.AnyFailure("nowhere");
  clauses_.AllowOtherRows();
  clauses_.Picks({BrokenByOdd, PickEight}, kThree);
  clauses_.Effect(kThree);
  clauses_.WritesNothingElse(kTwo, kThree);
  clauses_.Observe("a topic");
  clauses_.ExplainsOtherRows([](const Scene&, const Outcome&) { return Violation{}; });
  clauses_.Reset();
  EXPECT_EQ(clauses_.explanation(), nullptr);
  EXPECT_TRUE(Allows(Value{5}));
  EXPECT_FALSE(Allows(Error(EINVAL)));
  EXPECT_FALSE(Allows(SegmentTable{}));
  EXPECT_EQ(RefusalHere(Error(EINVAL)), std::nullopt);
  EXPECT_EQ(clauses_.observed(), nullptr);
  EXPECT_THAT(Touched(Value{5}), IsEmpty());
  clauses_.Returns<SegmentTable>(kOne, "a listing");
  EXPECT_FALSE(Allows(SegmentTable{{SegmentRow{.id = 7}}}));
  EXPECT_TRUE(clauses_.AddRow(7, Force::kMust, kTwo).name.empty());
}

class RowsTest : public ClausesTest {
 protected:
  RowsTest() {
    clauses_.Returns<MappingTable>(kOne, "a listing");
    constexpr auto kAt = FieldIndex<MappingRow>("at");
    clauses_.AddRow(9, Force::kMay, {}).Bind(kAt, 9, 9, {}, "it is there");
    Row& row = clauses_.AddRow(7, Force::kMust, kTwo);
    row.Bind(kAt, 7, 7, {}, "it is there");
    row.Bind(FieldIndex<MappingRow>("size"), 4, 8, kThree, "it has that size");
    row.name = "seven";
    row.name_requirements = kOne;
  }
  static MappingRow Seven(std::int64_t size = 4, const char* name = "seven") {
    MappingRow row;
    row.at = 7;
    row.size = size;
    row.name = name;
    return row;
  }
  static MappingRow At(std::int64_t at) {
    MappingRow row;
    row.at = at;
    return row;
  }
};

TEST_F(RowsTest, AreAllThereAndOthersOnlyWhereTheyMay) {
  EXPECT_TRUE(Allows(MappingTable{{Seven()}}));
  EXPECT_TRUE(Allows(MappingTable{{Seven(), At(9)}}));
  EXPECT_TRUE(Allows(MappingTable{{At(9), Seven()}}));
  ExpectForbidden(MappingTable{{At(9)}}, "no row for 7", kTwo);
  ExpectForbidden(MappingTable{{Seven(), Seven()}}, "two rows for 7", kTwo);
  ExpectForbidden(MappingTable{{Seven(), At(5)}}, "a row for 5, which does not exist here", kOne);
  EXPECT_EQ(Chosen(), Outcome(MappingTable{{At(9), Seven()}}));
  clauses_.AllowOtherRows();
  EXPECT_TRUE(Allows(MappingTable{{Seven(), At(5)}}));
  EXPECT_FALSE(Allows(MappingTable{{At(5)}}));
}

TEST_F(RowsTest, HaveTheirNamesAndFields) {
  ExpectForbidden(MappingTable{{Seven(4, "eight")}}, "the row for 7 must have the name \"seven\"",
                  kOne);
  ExpectForbidden(MappingTable{{Seven(9)}},
                  "in the row for 7: size is 9, must be 4..8: it has that size", kThree);
}

TEST_F(RowsTest, ThatDoNotBelongMayBeExplainedByTheirChapter) {
  clauses_.ExplainsOtherRows([](const Scene&, const Outcome&) {
    return Violation{{kThree}, "what the chapter knows"};
  });
  EXPECT_EQ(Message(MappingTable{{Seven(), At(5)}}), "what the chapter knows");
  EXPECT_EQ(Message(MappingTable{{At(9)}}), "no row for 7");
}

}  // namespace
}  // namespace shmspec::model
