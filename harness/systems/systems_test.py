#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Runs the suites on another system and compares what fails with what is known of that system.

    systems_test.py SYSTEM PROGRAM [--short] [--record FILE] [--propose]

SYSTEM names a launcher (harness/launcher/launchers.toml) and its file SYSTEM.deviations beside this
one; PROGRAM is a built shmspec. The run has to be complete, without a case that is UNRESOLVED or FAIL
and that the file does not explain, and each line of the file has to explain one. Cases that the file
calls ENDLESS are not run. --short leaves out what LEFT_OUT says takes too long there. --record judges
the record of an earlier run, with or without them. --propose prints lines for the file instead, one
for each kind of FAIL.

Exit code 0: as known; 1: not; 2: the system is not installed here; 4: wrong usage.
"""

import argparse
import collections
import fnmatch
import json
import pathlib
import re
import subprocess
import sys
import time

# What a short run leaves out: it is about the processor, which is that of the other systems here.
LEFT_OUT = {name: ["ordering"] for name in ("chroot", "unshare")}
FOLDER = pathlib.Path(__file__).parent


class Deviation:
    """A line of a file of deviations: GLOB | REQUIREMENT | REASON, or ... | REASON | sometimes.

    The glob is of symptoms, without the number of the step and with round brackets for square ones; the
    requirement is the one that the system breaks, whatever else the cases that show it cite. What shows
    in some runs only, as the loser of a race does, is marked `sometimes`. `ENDLESS CASE` for a glob says
    that a case never ends there: a run takes minutes to find that out.
    """

    def __init__(self, line, where):
        parts = [part.strip() for part in line.split("|")]
        if len(parts) not in (3, 4) or not all(parts) or parts[3:] not in ([], ["sometimes"]):
            sys.exit(f"{where}: expected GLOB | REQUIREMENT | REASON [| sometimes], found {line!r}")
        self.glob, self.requirement, self.reason = parts[:3]
        self.where, self.sometimes = where, len(parts) == 4
        self.endless = self.glob.removeprefix("ENDLESS ") if self.glob.startswith("ENDLESS ") else None
        self.cases = 0
        self.broken = False  # in a case that this explains

    def explains(self, test):
        if self.endless:
            return test["id"] == self.endless and "took longer than" in test["reason"]
        return test["status"] == "FAIL" and fnmatch.fnmatchcase(symptom_of(test), self.glob)


def deviations_of(system, folder=FOLDER):
    """Those of SYSTEM.deviations. A line `like NAME` stands for those of NAME, which need not show."""
    path = folder / f"{system}.deviations"
    found = []
    for number, line in enumerate(path.read_text().splitlines() if path.exists() else [], 1):
        where = f"{path.name}:{number}"
        if line.startswith("like "):
            other = line.removeprefix("like ").strip()
            if not (folder / f"{other}.deviations").exists():
                sys.exit(f"{where}: there is no {other}.deviations")
            for one in deviations_of(other, folder):
                one.sometimes = True
                found.append(one)
        elif line.strip() and not line.startswith("#"):
            found.append(Deviation(line, where))
    return found


def symptom_of(test):
    """`sysv.remove: gave 0, expected EPERM`."""
    symptom = re.sub(r"^step \d+[,:] ", "", test["reason"])
    symptom = re.sub(r" \(round \d+, seed \d+\)$", "", symptom)
    return symptom.replace("[", "(").replace("]", ")")


def violated_by(test):
    return [one["id"] for one in test["requirements"] if one["status"] == "FAIL"]


def differences(record, known, whole=True):
    """The deviations that are not known of the system, a line each. `whole`: no case was left out."""
    tests = record["tests"]
    if not record["run"]["complete"]:
        yield "the run is not complete: " + record["run"]["stop_reason"]
    if not tests:
        yield "no case was run"
    seen = {test["id"] for test in tests}
    for test in tests:
        if test["status"] not in ("FAIL", "UNRESOLVED"):
            continue
        explained = [one for one in known if one.explains(test)]
        for one in explained:
            one.cases += 1
            one.broken = one.broken or bool(one.endless) or one.requirement in violated_by(test)
        if not explained:
            cited = f" ({' '.join(violated_by(test))})" if test["status"] == "FAIL" else ""
            yield f"{test['status']} {test['id']}{cited}: {test['reason']}"
    for one in known:
        if one.requirement not in record["requirements"]:
            yield f"{one.where}: there is no requirement {one.requirement}"
        elif one.cases == 0 and one.endless in seen and not one.sometimes:
            yield f"{one.where}: {one.endless} ends"
        elif one.cases == 0 and whole and not one.sometimes and not one.endless:
            yield f"{one.where} explains no case: {one.glob}"
        elif one.cases != 0 and not one.broken and not one.sometimes:
            yield f"{one.where}: no case that it explains shows {one.requirement} broken"


def run(system, program, without):
    """The record of a run, and what it said on standard error."""
    words = [program, "run", "--on", system, "--quick", "--format", "json"]
    if without:
        words += ["--", *(f"-{one}" for one in without)]
    print("$", *words, flush=True)
    with subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        output, errors = child.communicate()
    try:
        return json.loads(output), errors
    except ValueError:
        print(output[-2000:], errors[-2000:], sep="\n")
        sys.exit(f"{system}: no record; exit code {child.returncode}")


def propose(tests):
    """Lines for the file, numbers that differ from run to run replaced."""
    kinds = collections.defaultdict(list)
    for test in tests:
        if test["status"] == "FAIL":
            symptom = re.sub(r"0x[0-9a-f]+|\b\d{3,}\b", "*", symptom_of(test))
            kinds[f"{symptom} | {' '.join(violated_by(test))}"].append(test["id"])
    for kind, names in sorted(kinds.items()):
        print(f"# {' '.join(names)}\n{kind} | ")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("system")
    parser.add_argument("program")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--record", type=pathlib.Path)
    parser.add_argument("--propose", action="store_true")
    options = parser.parse_args()
    known = deviations_of(options.system)
    left_out = LEFT_OUT.get(options.system, []) if options.short else []
    begin = time.monotonic()
    if options.record:
        record, errors = json.loads(options.record.read_text()), ""
    else:
        without = left_out + [one.endless for one in known if one.endless]
        record, errors = run(options.system, str(pathlib.Path(options.program).resolve()), without)
    if "is not installed: " in errors:
        print(errors)
        return 2
    counts = collections.Counter(test["status"] for test in record["tests"])
    print(
        f"{options.system}, {time.monotonic() - begin:.0f} s:",
        ", ".join(f"{count} {status}" for status, count in sorted(counts.items())),
    )
    if options.propose:
        propose(record["tests"])
        return 0
    wrong = list(differences(record, known, not left_out))
    for one in known:
        print(f"{one.cases:4} {one.requirement}: {one.reason}")
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
