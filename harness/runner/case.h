// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Cases: plans written in C++ that state what they expect and which requirements they test. A file
// in suites/ is a list of them:
//
//   SHMSPEC_CASE("sysv.remove.keeps_data_until_last_detach",
//                "SYSV.RMID.DEFERRED_UNTIL_LAST_DETACH"_req) {
//     const Actor a = plan.Spawn("a");
//     const Segment s = a.Get({.flags = kCreate | 0600});
//     const Attach p = a.At(s);
//     a.Store(p, 42);
//     a.Remove(s).Gives(0);
//     a.Load(p).Gives(42);
//   }
//
// The name is chapter.topic.sentence and true of a system that conforms. Nothing in a case knows
// which system it runs on: it names what it needs by the actors and operations it uses.

#ifndef SHMSPEC_HARNESS_RUNNER_CASE_H_
#define SHMSPEC_HARNESS_RUNNER_CASE_H_

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "harness/vocabulary/catalogue/requirement.h"
#include "harness/vocabulary/plan/plan_builder.h"

namespace shmspec {

/// The defect that a case was written for.
struct Origin {
  std::string_view report;    // where to read about it: a number, a commit
  std::string_view affected;  // systems that had it, and who suffered
};

/// One case. Its plan is built when it is needed, so that listing a thousand cases costs nothing.
struct Case {
  std::string_view id;
  std::vector<Requirement> requirements;
  void (*build)(PlanBuilder& plan) = nullptr;
  int rounds = 1;  // how often the plan is performed in one run; more than 1 for races
  const char* file = "";
  int line = 0;
  Origin origin = {};  // empty in most cases
  /// Of a case that was derived from another one (crash_cases.h): its plan, in place of `build`.
  std::shared_ptr<const Plan> derived = nullptr;

  /// `sysv` of `sysv.remove.keeps_data`.
  std::string_view chapter() const { return id.substr(0, id.find('.')); }
};

/// The plan of a case, with its name and requirements.
Plan PlanOf(const Case& test_case);

/// Whether the plan of a case waits for the clock to reach another second.
bool WaitsForTheClock(const Case& test_case);

/// Whether it does, makes many thousands of files, or holds pages until F_SEAL_WRITE has waited for
/// them as long as it does.
bool IsSlow(const Case& test_case);

/// Every case of this program, sorted by name. Two cases of one name are a programmer's mistake.
const std::vector<Case>& AllCases();
/// The case of that name or nullptr; also one with a crash (crash_cases.h).
const Case* FindCase(std::string_view id);

namespace internal {
struct CaseRegistration {
  explicit CaseRegistration(Case test_case);
};
}  // namespace internal

}  // namespace shmspec

#define SHMSPEC_INTERNAL_JOIN2(a, b) a##b
#define SHMSPEC_INTERNAL_JOIN(a, b) SHMSPEC_INTERNAL_JOIN2(a, b)
#define SHMSPEC_INTERNAL_CASE(function, registration, case_id, case_rounds, case_origin, ...) \
  static void function([[maybe_unused]] ::shmspec::PlanBuilder& plan);                        \
  static const ::shmspec::internal::CaseRegistration registration(                            \
      {case_id, {__VA_ARGS__}, &function, case_rounds, __FILE__, __LINE__, case_origin});     \
  static void function([[maybe_unused]] ::shmspec::PlanBuilder& plan)

/// A case; the braces that follow build its plan in `plan`.
#define SHMSPEC_CASE(case_id, ...)                                                      \
  SHMSPEC_INTERNAL_CASE(SHMSPEC_INTERNAL_JOIN(BuildCase, __LINE__),                     \
                        SHMSPEC_INTERNAL_JOIN(case_registration, __LINE__), case_id, 1, \
                        ::shmspec::Origin(), __VA_ARGS__)
/// A case that races and is therefore performed `rounds` times in one run.
#define SHMSPEC_RACE(case_id, rounds, ...)                                                   \
  SHMSPEC_INTERNAL_CASE(SHMSPEC_INTERNAL_JOIN(BuildCase, __LINE__),                          \
                        SHMSPEC_INTERNAL_JOIN(case_registration, __LINE__), case_id, rounds, \
                        ::shmspec::Origin(), __VA_ARGS__)
/// A case written for a defect that a system had. `report` is where to read about it, `affected`
/// which system had it and who suffered.
#define SHMSPEC_REGRESSION(case_id, report, affected, ...)                              \
  SHMSPEC_INTERNAL_CASE(SHMSPEC_INTERNAL_JOIN(BuildCase, __LINE__),                     \
                        SHMSPEC_INTERNAL_JOIN(case_registration, __LINE__), case_id, 1, \
                        (::shmspec::Origin{report, affected}), __VA_ARGS__)

#endif  // SHMSPEC_HARNESS_RUNNER_CASE_H_
