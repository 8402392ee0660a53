#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Prints which cases answer the questions of suites/checks, as a table in Markdown.

usage: python3 suites/checks.py PROGRAM [--all]

PROGRAM is shmspec. A row has the number of cases and the first of them, with --all every case. Exit code 1 when a question
that names requirements has no case, or names a requirement that does not exist.
"""

import fnmatch
import json
import pathlib
import re
import subprocess
import sys

SHOWN = 2


class Mistake(Exception):
    pass


def questions(text, name):
    """The entries of the file: number, question, globs and reason; one of the last two is empty."""
    for line, content in enumerate(text.splitlines(), 1):
        if not content or content.startswith("#"):
            continue
        entry = re.fullmatch(r"(\d+) (.+?) (?:= (.+)|- (.+))", content)
        if entry is None:
            raise Mistake(f"{name}:{line}: expected NUMBER QUESTION = REQUIREMENT... or NUMBER QUESTION - REASON")
        number, question, globs, reason = entry.groups()
        yield int(number), question, (globs or "").split(), reason or ""


def answers(entries, cases):
    """For each entry its cases and the globs that match no requirement with a case."""
    for number, question, globs, reason in entries:
        found = [c["id"] for c in cases if any(fnmatch.fnmatchcase(r, g) for r in c["requirements"] for g in globs)]
        unmatched = [g for g in globs if not any(fnmatch.fnmatchcase(r, g) for c in cases for r in c["requirements"])]
        yield number, question, found, unmatched, reason


def cases_of(program):
    listed = subprocess.run([program, "list", "--format", "json"], check=True, capture_output=True, text=True)
    return json.loads(listed.stdout)["cases"]


def main(arguments):
    every = "--all" in arguments
    programs = [a for a in arguments if not a.startswith("--")]
    if len(programs) != 1:
        print(__doc__, file=sys.stderr)
        return 4
    file = pathlib.Path(__file__).parent / "checks"
    entries = list(questions(file.read_text(encoding="utf-8"), file.name))
    if [number for number, *_ in entries] != list(range(1, len(entries) + 1)):
        raise Mistake(f"{file.name}: the numbers are not 1, 2, 3, ...")
    missing = []
    print("| | Question | Cases | |\n|-:|-|-:|-|")
    for number, question, found, unmatched, reason in answers(entries, cases_of(programs[0])):
        shown = found if every else found[:SHOWN]
        words = ", ".join(f"`{one}`" for one in shown) + (", ..." if len(found) > len(shown) else "")
        print(f"| {number} | {question} | {len(found)} | {words or reason} |")
        missing += [f"{file.name}: {number}: no case of {glob}" for glob in unmatched]
    for line in missing:
        print(line, file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Mistake as mistake:
        print(mistake, file=sys.stderr)
        sys.exit(4)
