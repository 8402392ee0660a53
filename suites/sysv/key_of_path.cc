// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// ftok(3).

#include <cerrno>
#include <string>

#include "suites/shorthand.h"

namespace shmspec {
namespace {

using namespace literals;  // NOLINT: "..."_req

SHMSPEC_CASE("sysv.key_of_path.is_one_for_all_paths_of_a_file",
             "SYSV.FTOK.SAME_FILE_SAME_KEY"_req) {
  const Actor a = plan.Spawn("a");
  Key k;
  a.KeyAs(k, {"/", 1}).Succeeds();
  a.Do(SysvKeyOfPath{"/", 1}).Expects(ValueOf(k));
  a.Do(SysvKeyOfPath{"/.", 1}).Expects(ValueOf(k));
  a.Do(SysvKeyOfPath{"/proc/..", 1}).Expects(ValueOf(k));
  a.Do(SysvKeyOfPath{"/proc/self/root/", 1}).Expects(ValueOf(k));
}

SHMSPEC_CASE("sysv.key_of_path.depends_on_eight_bits_of_the_project",
             "SYSV.FTOK.LOW_EIGHT_BITS"_req) {
  const Actor a = plan.Spawn("a");
  Key k;
  a.KeyAs(k, {"/", 7}).Succeeds();
  a.Do(SysvKeyOfPath{"/", 7 + 256}).Expects(ValueOf(k));
  a.Do(SysvKeyOfPath{"/", 7 - 256}).Expects(ValueOf(k));
  a.Do(SysvKeyOfPath{"/", 7 + 65536}).Expects(ValueOf(k));
}

SHMSPEC_CASE("sysv.key_of_path.has_the_project_in_its_highest_byte",
             "SYSV.FTOK.GLIBC_FORMULA"_req) {
  const Actor a = plan.Spawn("a");
  Key k;
  a.KeyAs(k, {"/", 1}).Succeeds();
  a.Do(SysvKeyOfPath{"/", 2}).Expects(ValueOf(k + 0x1000000));
  a.Do(SysvKeyOfPath{"/", 127}).Expects(ValueOf(k + 126 * 0x1000000));
}

SHMSPEC_CASE("sysv.key_of_path.may_give_anything_for_project_zero",
             "SYSV.FTOK.ID_ZERO_UNSPECIFIED"_req) {
  const Actor a = plan.Spawn("a");
  a.Do(SysvKeyOfPath{"/", 0}).Expects(Success() | Fails(EINVAL));
  a.Do(SysvKeyOfPath{"/", 256}).Expects(Success() | Fails(EINVAL));
}

SHMSPEC_CASE("sysv.key_of_path.does_not_find_a_missing_file", "SYSV.FTOK.MISSING_FILE"_req) {
  const Actor a = plan.Spawn("a");
  a.Do(SysvKeyOfPath{"/no such file", 1}).Fails(ENOENT);
  a.Do(SysvKeyOfPath{"", 1}).Fails(ENOENT);
}

SHMSPEC_CASE("sysv.key_of_path.reports_what_is_wrong_with_a_path", "SYSV.FTOK.PATH_ERRORS"_req) {
  const Actor a = plan.Spawn("a");
  a.Do(SysvKeyOfPath{"/proc/self/exe/below", 1}).Fails(ENOTDIR);
  a.Do(SysvKeyOfPath{"/" + std::string(256, 'x'), 1}).Fails(ENAMETOOLONG);
}

SHMSPEC_CASE("sysv.key_of_path.leads_two_processes_to_one_segment", "SEED.FLOW_SYSV"_req) {
  const Actor a = plan.Spawn("a", Alone());
  const Actor b = plan.Forked("b");
  Key k, same;
  a.KeyAs(k, {"/proc/self/exe", 's'}).Succeeds();
  const Segment s = a.Get({.key = k, .flags = kCreate | kExclusive | 0600});
  const Attach p = a.At(s);
  a.Store(p, 42);
  a.Detach(p).Gives(0);
  a.Fork(b);
  b.KeyAs(same, {"/proc/self/exe", 's'}).Expects(ValueOf(k));
  b.Do(SysvGet{same, {4096}, 0600}).Expects(ValueOf(s));
  const Attach q = b.At(s);
  b.Load(q).Gives(42);
  b.Detach(q).Gives(0);
  a.Remove(s).Gives(0);
  b.Stat(s).Fails(EINVAL);
}

SHMSPEC_CASE("sysv.key_of_path.stays_with_a_file_that_is_renamed",
             "SYSV.FTOK.SAME_FILE_SAME_KEY"_req, "SYSV.FTOK.RECREATE_UNSPECIFIED"_req) {
  const Actor a = plan.Spawn("a");
  a.Do(SysvKeepsKey{false}).Gives(1);
}

SHMSPEC_CASE("sysv.key_of_path.may_change_with_a_file_that_is_made_again",
             "SYSV.FTOK.RECREATE_UNSPECIFIED"_req) {
  const Actor a = plan.Spawn("a");
  for (int i = 0; i < 5; ++i) a.Do(SysvKeepsKey{true}).Expects(Exactly(0) | Exactly(1));
}

/// Who takes -1 for a failure without a look at errno refuses a good key.
SHMSPEC_CASE("sysv.key_of_path.can_be_what_a_failure_is", "SYSV.FTOK.MINUS_ONE_AMBIGUOUS"_req) {
  const Actor a = plan.Spawn("a");
  a.Do(SysvKeyMinusOne{}).Gives(-1);
}

}  // namespace
}  // namespace shmspec
