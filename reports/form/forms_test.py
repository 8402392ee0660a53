# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Reads the forms of a report as the programs do that they are for.

    python3 forms_test.py SHMSPEC TESTDATA [NODE_MODULES]

CTRF is checked against its own schema, which npm has; that test is left out without NODE_MODULES.
KCIDB and JUnit are checked against schemas in TESTDATA that were written for these tests from what
KernelCI and Jenkins document, and KTAP by a parser that follows the kernel's document.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

PROGRAM, TESTDATA = sys.argv[1], pathlib.Path(sys.argv[2])
CTRF = pathlib.Path(sys.argv[3] if len(sys.argv) > 3 else ".") / "ctrf/dist/ctrf-schema-0.0.json"

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed; ./harness/start test installs it")
    sys.exit(77)


def report(*arguments):
    return subprocess.run([PROGRAM, "report", *arguments], capture_output=True, check=False)


class Ktap:
    """A test of KTAP version 1 with its subtests, by Documentation/dev-tools/ktap.rst of Linux."""

    RESULT = re.compile(r"(not )?ok (\d+)(?: (?:- )?([^#]*))?(?:# (\w+)(?: (.*))?)?")

    def __init__(self, lines, indent=""):
        """Reads a version line, a plan and as many results from the front of `lines`."""
        self.results = []  # (ok, description, directive, what it says, Ktap of its subtests or None)
        self.diagnostics = []
        if lines.pop(0) != f"{indent}KTAP version 1":
            raise ValueError("no version line")
        while lines and lines[0].startswith(f"{indent}# "):
            self.diagnostics.append(lines.pop(0).strip())
        plan = re.fullmatch(rf"{indent}1\.\.(\d+)", lines.pop(0))
        if not plan:
            raise ValueError("no plan")
        for number in range(1, int(plan.group(1)) + 1):
            self.results.append(self.result(lines, indent, number))

    def result(self, lines, indent, number):
        subtests = None
        while lines:
            if lines[0] == f"{indent}  KTAP version 1":
                subtests = Ktap(lines, indent + "  ")
                continue
            line = lines.pop(0)
            if line.startswith(f"{indent}#"):
                self.diagnostics.append(line.strip())
                continue
            found = self.RESULT.fullmatch(line.removeprefix(indent))
            if not line.startswith(indent) or not found or int(found.group(2)) != number:
                raise ValueError(f"expected result {number}, found {line!r}")
            if found.group(4) not in (None, "SKIP", "XFAIL", "TIMEOUT", "ERROR", "TODO"):
                raise ValueError(f"there is no directive {found.group(4)}")
            return (not found.group(1), (found.group(3) or "").strip(), found.group(4),
                    found.group(5), subtests)
        raise ValueError(f"result {number} is missing")


class Forms(unittest.TestCase):
    """The status of every case, in the words of each form."""

    RECORDS = ("passing", "failing", "hostile")

    def setUp(self):
        self.records = {}
        for name in self.RECORDS:
            text = (TESTDATA / f"{name}.json").read_bytes().decode("utf-8", "replace")
            self.records[name] = json.loads(text)

    def each(self, form):
        for name, record in self.records.items():
            done = report(TESTDATA / f"{name}.json", "--format", form)
            self.assertEqual(done.returncode, 0, done.stderr)
            yield [test["status"] for test in record["tests"]], done.stdout.decode("utf-8")

    def test_every_form_is_read_here_kept_and_documented(self):
        shown = subprocess.run([PROGRAM, "report", "--help"], capture_output=True, check=True)
        forms = re.search(r"--format TEXT:\{([\w,]+)\}", shown.stdout.decode()).group(1).split(",")
        readme = pathlib.Path(__file__).with_name("README.md").read_text(encoding="utf-8")
        self.assertGreater(len(forms), 6)
        for form in forms:
            with self.subTest(form):
                self.assertTrue((TESTDATA / f"failing.{form}").exists())
                self.assertRegex(readme, rf"`{form}\.cc`|\[{form}/\]")
                if form != "html":  # that is read by page_test.py
                    self.assertTrue(any(name.startswith(f"test_{form}") for name in dir(self)))

    def lint(self, text, good=True):
        """xmllint with the schema; nothing where it is not installed."""
        if not shutil.which("xmllint"):
            return
        lint = subprocess.run(["xmllint", "--noout", "--schema", TESTDATA / "junit.xsd", "-"],
                              input=text, capture_output=True, check=False)
        self.assertEqual(lint.returncode == 0, good, lint.stderr.decode())

    def test_the_schema_of_junit_refuses_what_jenkins_does_not_read(self):
        text = report(TESTDATA / "failing.json", "--format", "junit").stdout
        self.lint(text)
        for old, new in ((b"failure", b"failed"), (b' classname="', b' class="'),
                         (b'tests="7"', b'tests="many"')):
            self.lint(text.replace(old, new), good=False)

    def test_junit(self):
        element = {"FAIL": "failure", "UNRESOLVED": "error", "UNSUPPORTED": "skipped",
                   "UNTESTED": "skipped"}
        for statuses, text in self.each("junit"):
            self.lint(text.encode())
            suites = xml.etree.ElementTree.fromstring(text.encode())
            suite = suites.find("testsuite")
            cases = suite.findall("testcase")
            self.assertEqual(len(cases), len(statuses))
            for status, case in zip(statuses, cases):
                children = {child.tag for child in case} - {"properties"}
                self.assertEqual(children, {element[status]} if status in element else set())
            self.assertEqual(len({(c.get("classname"), c.get("name")) for c in cases}), len(cases))
            for total, kinds in (("failures", {"FAIL"}), ("errors", {"UNRESOLVED"}),
                                 ("skipped", {"UNSUPPORTED", "UNTESTED"})):
                expected = str(sum(status in kinds for status in statuses))
                self.assertEqual(suite.get(total), expected)
                self.assertEqual(suites.get(total), expected)

    def test_junit_tells_the_cases_of_several_records_apart(self):
        done = report(TESTDATA / "passing.json", TESTDATA / "failing.json", "--format", "junit")
        cases = xml.etree.ElementTree.fromstring(done.stdout).findall("testsuite/testcase")
        self.assertEqual(len({(c.get("classname"), c.get("name")) for c in cases}), len(cases))

    def test_ktap(self):
        read_as = {"PASS": (True, None), "OBSERVED": (True, None), "FAIL": (False, None),
                   "UNSUPPORTED": (True, "SKIP"), "UNTESTED": (True, "SKIP")}
        for (statuses, text), record in zip(self.each("ktap"), self.records.values()):
            lines = text.splitlines()
            parsed = Ktap(lines)
            self.assertEqual(lines, [])
            ((ok, _, directive, _, subtests),) = parsed.results
            self.assertEqual((ok, directive), (not {"FAIL", "UNRESOLVED"} & set(statuses), None))
            self.assertRegex(subtests.diagnostics[0], "^# Subtest: ")
            self.assertEqual(len(subtests.results), len(statuses))
            for test, result in zip(record["tests"], subtests.results):
                expected = read_as.get(test["status"]) or (
                    False, "TIMEOUT" if test["cause"] == "timeout" else "ERROR")
                self.assertEqual((result[0], result[2]), expected)
                if re.fullmatch(r"[\w.]+", test["id"]):
                    self.assertEqual(result[1], test["id"])

    def test_the_parser_of_ktap_refuses_what_is_not_whole(self):
        lines = report(TESTDATA / "failing.json", "--format", "ktap").stdout.decode().splitlines()
        Ktap(list(lines))
        results = [i for i, line in enumerate(lines) if re.match(r"\s*(not )?ok ", line)]
        for gone in [0, 1, 2, 4, *results]:
            with self.assertRaises((ValueError, IndexError), msg=lines[gone]):
                Ktap(lines[:gone] + lines[gone + 1:])

    @unittest.skipUnless(CTRF.exists(), "npm's ctrf is not installed; ./harness/start test does it")
    def test_ctrf_is_of_its_schema(self):
        schema = json.loads(CTRF.read_text(encoding="utf-8"))
        validator = jsonschema.validators.validator_for(schema)(schema)
        for _, text in self.each("ctrf"):
            document = json.loads(text)
            self.assertEqual([error.message for error in validator.iter_errors(document)], [])
            document["results"]["tests"][0]["status"] = "fine"
            self.assertFalse(validator.is_valid(document))

    def test_ctrf(self):
        word = {"PASS": "passed", "FAIL": "failed", "UNRESOLVED": "failed",
                "UNSUPPORTED": "skipped", "UNTESTED": "skipped", "OBSERVED": "other"}
        for statuses, text in self.each("ctrf"):
            document = json.loads(text)
            self.assertEqual(document["reportFormat"], "CTRF")
            results = document["results"]
            words = [word[status] for status in statuses]
            self.assertEqual([test["status"] for test in results["tests"]], words)
            self.assertEqual([test["rawStatus"] for test in results["tests"]], statuses)
            for name in ("passed", "failed", "skipped", "pending", "other"):
                self.assertEqual(results["summary"][name], words.count(name))
            self.assertEqual(results["summary"]["tests"], len(words))
            self.assertEqual(results["summary"]["start"], 1767323045000)
            self.assertEqual(results["summary"]["stop"], 1767323046500)

    def test_kcidb(self):
        word = {"PASS": "PASS", "FAIL": "FAIL", "UNRESOLVED": "ERROR", "UNSUPPORTED": "SKIP",
                "UNTESTED": "SKIP", "OBSERVED": "DONE"}
        schema = json.loads((TESTDATA / "kcidb.schema.json").read_text(encoding="utf-8"))
        validator = jsonschema.Draft7Validator(schema)
        for statuses, text in self.each("kcidb"):
            document = json.loads(text)
            self.assertEqual([error.message for error in validator.iter_errors(document)], [])
            self.assertEqual(document["version"], {"major": 5, "minor": 3})
            self.assertNotIn("null", re.sub(r'"(?:[^"\\]|\\.)*"', "", text))
            self.assertEqual([test["status"] for test in document["tests"]],
                             [word[status] for status in statuses])
            builds = {build["id"] for build in document["builds"]}
            checkouts = {checkout["id"] for checkout in document["checkouts"]}
            self.assertLessEqual({b["checkout_id"] for b in document["builds"]}, checkouts)
            for test in document["tests"]:
                self.assertIn(test["build_id"], builds)
            ids = [test["id"] for test in document["tests"]]
            self.assertEqual(len(ids), len(set(ids)))

    def test_kcidb_has_waivers_as_issues_and_what_they_met_as_incidents(self):
        """The record `failing` as if it had been judged with waivers."""
        record = self.records["failing"]
        record["format"] = "shmspec-result/2"
        record["run"]["retries"] = 0
        for test in record["tests"]:
            for attempt in test["attempts"]:
                attempt.update(started_s=0, worlds=1)
        failed = [test for test in record["tests"] if test["status"] == "FAIL"]
        passed = [test for test in record["tests"] if test["status"] == "PASS"]
        entry = {"tests": ["*"], "expect": ["FAIL"], "owner": "qa", "granted": "2026-01-01",
                 "expires": "2026-02-01", "strict": True, "state": "used"}
        record["expectations"] = {"waivers": {"file": "w.toml", "sha256": "0" * 64, "entries": [
            {**entry, "id": "W-1", "reason": "known <b>\x1b", "url": "https://bugs.example.org/1",
             "class": "implementation-bug", "cases": [failed[0]["id"]]},
            {**entry, "id": "W 2", "reason": "mended", "url": "javascript:alert(1)",
             "state": "stale", "cases": [passed[0]["id"]]}]}}
        failed[0]["judgement"] = {"verdict": "waived", "waiver": "W-1", "why": "known"}
        passed[0]["judgement"] = {"verdict": "waiver-stale", "waiver": "W 2"}
        summary = record["summary"]
        verdicts = [test["judgement"]["verdict"] for test in record["tests"]]
        summary["judgements"] = {verdict: verdicts.count(verdict) for verdict in set(verdicts)}
        summary["flaky"] = 0
        summary["apart_from_waivers"] = "no"
        summary["effort"] = {"cases": 7, "attempts": 7, "rounds": 7, "steps": 7}
        judged = [(test["status"], test["judgement"]["verdict"]) for test in record["tests"]]
        failures = sum(verdict in ("unexpected", "waiver-stale") for _, verdict in judged)
        passes = sum(one in (("PASS", "expected"), ("OBSERVED", "expected")) for one in judged)
        summary["totals"] = {"passed": passes, "failed": failures,
                             "skipped": len(judged) - passes - failures}
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "waived.json"
            file.write_text(json.dumps(record), encoding="utf-8")
            done = report(file, "--format", "kcidb")
        self.assertEqual(done.returncode, 0, done.stderr)
        document = json.loads(done.stdout)
        schema = json.loads((TESTDATA / "kcidb.schema.json").read_text(encoding="utf-8"))
        validator = jsonschema.Draft7Validator(schema)
        self.assertEqual([error.message for error in validator.iter_errors(document)], [])
        tests = {test["path"]: test["id"] for test in document["tests"]}
        first, second = document["issues"]
        self.assertEqual(first["report_url"], "https://bugs.example.org/1")
        self.assertEqual(first["culprit"], {"code": True})
        self.assertEqual(first["misc"]["owner"], "qa")
        self.assertNotIn("report_url", second)
        self.assertNotIn("culprit", second)
        self.assertEqual(
            {(one["issue_id"], one["test_id"], one["present"]) for one in document["incidents"]},
            {(first["id"], tests["shmspec." + failed[0]["id"]], True),
             (second["id"], tests["shmspec." + passed[0]["id"]], False)})
        self.assertEqual(len({one["id"] for one in document["incidents"]}), 2)

    def test_lava(self):
        word = {"PASS": "pass", "FAIL": "fail", "UNRESOLVED": "unknown", "UNSUPPORTED": "skip",
                "UNTESTED": "skip", "OBSERVED": "pass"}
        for statuses, text in self.each("lava"):
            lines = text.splitlines()
            self.assertRegex(lines[0], r"^<LAVA_SIGNAL_TESTSET START [\w.-]+>$")
            self.assertEqual(lines[-1], "<LAVA_SIGNAL_TESTSET STOP>")
            found = [re.fullmatch(r"<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=[\w.-]+ RESULT=(\w+) "
                                  r"MEASUREMENT=[\d.]+ UNITS=seconds>", line) for line in lines[1:-1]]
            self.assertEqual([one.group(1) for one in found],
                             [word[status] for status in statuses])

    def test_markdown_shows_text_and_does_not_obey_it(self):
        for statuses, text in self.each("markdown"):
            outside = re.sub(r"^(`{3,})\n.*?^\1$", "", text, flags=re.S | re.M)
            self.assertNotIn("<", outside)
            self.assertEqual(outside.count("\n### "),
                             sum(status in {"FAIL", "UNRESOLVED"} for status in statuses))


unittest.main(argv=sys.argv[:1], verbosity=1)
