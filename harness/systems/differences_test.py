#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What systems_test.py objects to in a record, without running any system."""

import pathlib
import tempfile
import unittest

import systems_test


def case(status, reason="", broken=()):
    requirements = [{"id": one, "status": "FAIL"} for one in broken]
    return {"id": "chapter.topic.case", "status": status, "reason": reason, "requirements": requirements}


def record(*tests, **run):
    return {"run": {"complete": True, **run}, "requirements": {"A.B": {}, "C.D": {}}, "tests": list(tests)}


def known(*lines):
    return [systems_test.Deviation(line, f"x.deviations:{number}") for number, line in enumerate(lines, 1)]


FAILED = case("FAIL", "step 3, sysv.get: gave [1], expected EACCES (round 2, seed 77)", ["A.B"])
LINE = "sysv.get: gave (*), expected EACCES | A.B | no rights are checked"


def objections(one_record, *lines, whole=True):
    return list(systems_test.differences(one_record, known(*lines), whole))


class Differences(unittest.TestCase):
    def test_are_none_when_each_failure_is_explained(self):
        self.assertEqual(objections(record(FAILED, case("PASS"), case("UNSUPPORTED")), LINE), [])

    def test_are_failures_that_no_line_explains(self):
        found = objections(record(FAILED))
        self.assertEqual(len(found), 1)
        self.assertIn("FAIL chapter.topic.case (A.B): step 3, sysv.get", found[0])

    def test_are_lines_that_explain_nothing(self):
        other = "sysv.set: * | C.D | it changes too much"
        found = objections(record(FAILED), LINE, other)
        self.assertEqual(found, ["x.deviations:2 explains no case: sysv.set: *"])
        self.assertEqual(objections(record(FAILED), LINE, other + " | sometimes"), [])
        self.assertEqual(objections(record(FAILED), LINE, other, whole=False), [])

    def test_are_lines_with_a_requirement_that_nothing_breaks(self):
        found = objections(record(FAILED), LINE.replace("A.B", "C.D"))
        self.assertEqual(found, ["x.deviations:1: no case that it explains shows C.D broken"])
        found = objections(record(FAILED), LINE.replace("A.B", "NO.SUCH"))
        self.assertEqual(found, ["x.deviations:1: there is no requirement NO.SUCH"])

    def test_are_cases_without_a_verdict(self):
        found = objections(record(case("UNRESOLVED", "took longer than 10s")))
        self.assertEqual(found, ["UNRESOLVED chapter.topic.case: took longer than 10s"])

    def test_are_no_cases_that_are_known_not_to_end(self):
        endless = "ENDLESS chapter.topic.case | A.B | it never ends"
        for status in ("UNRESOLVED", "FAIL"):
            hang = case(status, "the plan took longer than 60000 ms, at step 5")
            self.assertEqual(objections(record(hang), endless), [])
            self.assertEqual(len(objections(record(hang), endless.replace("topic", "other"))), 1)
            self.assertEqual(len(objections(record(case(status, "step 5: gave 0")), endless)), 2)
        self.assertEqual(objections(record(case("PASS")), endless), [
            "x.deviations:1: chapter.topic.case ends"])
        other = {**case("PASS"), "id": "chapter.topic.other"}
        self.assertEqual(objections(record(other), endless), [])  # it was left out

    def test_are_runs_that_were_cut_short(self):
        self.assertEqual(objections(record()), ["no case was run"])
        found = objections(record(case("PASS"), complete=False, stop_reason="stopped by SIGTERM"))
        self.assertEqual(found, ["the run is not complete: stopped by SIGTERM"])

    def test_lines_without_a_reason_are_refused(self):
        for line in ("sysv.get: *", "sysv.get: * | A.B | ", "sysv.get: * | A.B | why | often"):
            with self.assertRaises(SystemExit):
                systems_test.Deviation(line, "x.deviations:1")

    def test_lines_of_a_system_that_is_alike_need_not_show(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "one.deviations").write_text(f"# A comment.\n{LINE}\n")
            (folder / "two.deviations").write_text("like one\n\nsysv.set: * | C.D | it changes too much\n")
            (folder / "bad.deviations").write_text("\nlike nobody\n")
            two = systems_test.deviations_of("two", folder)
            found = list(systems_test.differences(record(FAILED), two))
            self.assertEqual(found, ["two.deviations:3 explains no case: sysv.set: *"])
            changed = case("FAIL", "sysv.set: gave 0", ["C.D"])
            two = systems_test.deviations_of("two", folder)
            self.assertEqual(list(systems_test.differences(record(changed), two)), [])
            one = systems_test.deviations_of("one", folder)
            self.assertEqual(len(list(systems_test.differences(record(changed), one))), 2)
            self.assertEqual(systems_test.deviations_of("conforming", folder), [])
            with self.assertRaisesRegex(SystemExit, "bad.deviations:2: there is no nobody.deviations"):
                systems_test.deviations_of("bad", folder)


if __name__ == "__main__":
    unittest.main()
