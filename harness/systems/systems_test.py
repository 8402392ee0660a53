#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Runs the suites on another system and compares what fails with what is known of that system.

    systems_test.py SYSTEM PROGRAM [--propose]

SYSTEM names an entry of SYSTEMS and its file SYSTEM.deviations beside this one; PROGRAM is a built
shmspec. The run has to be complete, without UNRESOLVED cases, and without a FAIL that the file does not
explain. --propose prints lines for the file instead, one for each kind of FAIL.

Exit code 0: as known; 1: not; 2: the system is not installed here; 4: wrong usage.
"""

import argparse
import collections
import fnmatch
import json
import pathlib
import re
import shutil
import subprocess
import sys

# How a program is run on each system; what is true of all systems is not an argument here.
SYSTEMS = {
    "bubblewrap": ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"],
    "fakeroot": ["fakeroot"],
    "gvisor": ["runsc", "--network=none", "--platform=ptrace", "do"],
    "proot": ["proot", "-0"],
    "qemu-x86_64": ["qemu-x86_64-static"],
    "valgrind": ["valgrind", "-q", "--trace-children=yes", "--child-silent-after-fork=yes"],
}
LIMIT_S = 900  # a translated run on a busy machine takes minutes
FOLDER = pathlib.Path(__file__).parent


class Deviation:
    """A line of a file of deviations: GLOB | REQUIREMENT | REASON.

    The glob is of symptoms, without the number of the step and with round brackets for square ones; the
    requirement is the one that the system breaks, whatever else the cases that show it cite.
    """

    def __init__(self, line, where):
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != 3 or not all(parts):
            sys.exit(f"{where}: expected GLOB | REQUIREMENT | REASON, found {line!r}")
        self.glob, self.requirement, self.reason = parts
        self.cases = 0

    def explains(self, symptom):
        return fnmatch.fnmatchcase(symptom, self.glob)


def deviations_of(system):
    path = FOLDER / f"{system}.deviations"
    lines = path.read_text().splitlines() if path.exists() else []
    return [
        Deviation(line, f"{path.name}:{number}")
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.startswith("#")
    ]


def symptom_of(test):
    """`sysv.remove: gave 0, expected EPERM`."""
    symptom = re.sub(r"^step \d+, ", "", test["reason"])
    symptom = re.sub(r" \(round \d+, seed \d+\)$", "", symptom)
    return symptom.replace("[", "(").replace("]", ")")


def violated_by(test):
    return [one["id"] for one in test["requirements"] if one["status"] == "FAIL"]


def run(system, program):
    words = SYSTEMS[system] + [program, "run", "--quick", "--format", "json"]
    print("$", *words, flush=True)
    done = subprocess.run(words, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    begin = done.stdout.find("{")  # what the system itself says may come before
    try:
        return json.loads(done.stdout[begin:])
    except ValueError:
        print(done.stdout[-2000:], done.stderr[-2000:], sep="\n")
        sys.exit(f"{system}: no record; exit code {done.returncode}")


def propose(failed):
    """Lines for the file, numbers that differ from run to run replaced."""
    kinds = collections.defaultdict(list)
    for test in failed:
        symptom = re.sub(r"0x[0-9a-f]+|\b\d{3,}\b", "*", symptom_of(test))
        kinds[f"{symptom} | {' '.join(violated_by(test))}"].append(test["id"])
    for kind, tests in sorted(kinds.items()):
        print(f"# {' '.join(tests)}\n{kind} | ")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("system", choices=sorted(SYSTEMS))
    parser.add_argument("program")
    parser.add_argument("--propose", action="store_true")
    options = parser.parse_args()
    if shutil.which(SYSTEMS[options.system][0]) is None:
        print(f"{SYSTEMS[options.system][0]} is not installed")
        return 2
    record = run(options.system, str(pathlib.Path(options.program).resolve()))
    tests = record["tests"]
    counts = collections.Counter(test["status"] for test in tests)
    print(", ".join(f"{count} {status}" for status, count in sorted(counts.items())))
    failed = [test for test in tests if test["status"] == "FAIL"]
    if options.propose:
        propose(failed)
        return 0
    wrong = []
    if not record["run"]["complete"]:
        wrong.append("the run is not complete: " + record["run"]["stop_reason"])
    wrong += [
        f"UNRESOLVED {test['id']}: {test['reason']}" for test in tests if test["status"] == "UNRESOLVED"
    ]
    known = deviations_of(options.system)
    wrong += [
        f"{options.system}.deviations names no requirement: {one.requirement}"
        for one in known
        if one.requirement not in record["requirements"]
    ]
    for test in failed:
        explained = [one for one in known if one.explains(symptom_of(test))]
        for one in explained:
            one.cases += 1
        if not explained:
            wrong.append(f"FAIL {test['id']} ({' '.join(violated_by(test))}): {test['reason']}")
    for one in known:
        print(f"{one.cases:4} {one.requirement}: {one.reason}")
    print(*wrong, sep="\n")
    return 1 if wrong or not tests else 0


if __name__ == "__main__":
    sys.exit(main())
