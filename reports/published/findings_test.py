#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Keeps the pages of findings/ true: performs their plans here and compiles and runs their programs.

    findings_test.py SHMSPEC

This system is taken for one that conforms. Exit code 77 (skipped, for CTest) without a C compiler, or
where pages have another size than the programs assume.
"""

import concurrent.futures
import functools
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

FOLDER = pathlib.Path(__file__).parent / "findings"
PAGE = re.compile(
    r"<!-- SPDX[^\n]+ -->\n"
    r"# (?P<system>[^\n:]+): (?P<sentence>[^\n]+)\n\n"
    r"\*\*Requirement\*\*: `(?P<requirement>[A-Z0-9_.]+)` \([^\n]+\)\n\n"
    r"(?P<why>[^#\n][^#]+)\n\n"
    r"## Plan\n\n```\n(?P<plan>plan finding\.[^`]+)```\n\n"
    r"## C program\n\n```c\n(?P<program>[^`]+)```\n\n"
    r"## Seen\n\n\| System \| The program prints \| Exit code \|\n\|---\|---\|---\|\n"
    r"(?P<seen>(?:\| [^\n|]+ \| `[^\n`]+` \| [01] \|\n)+)"
)
PARTS = ("**Requirement**: `", "\n## Plan\n\n```\nplan finding.", "\n## C program\n\n```c\n", "\n## Seen\n")
IDENTIFIER = re.compile(r"`([A-Z0-9_]+(?:\.[A-Z0-9_]+)+)`")
COMPILER = ("cc", "-O1", "-Wall", "-Wextra", "-Werror")
MOST_LINES = 40
PAGE_SIZE = 4096


def perform(words, text=None):
    return subprocess.run(
        words, input=text, capture_output=True, text=True, timeout=60, env={**os.environ, "LC_ALL": "C"}
    )


@functools.cache
def requirement_exists(program, name):
    shown = perform([program, "show", name])
    return shown.returncode == 0 and shown.stdout.split("\n")[0] == name


def requirement_objections(program, name):
    if not requirement_exists(program, name):
        yield f"there is no requirement {name}"


def plan_objections(program, plan, requirement):
    if f"\nrequirement {requirement}\n" not in plan:
        yield f"the plan does not name {requirement}"
    played = perform([program, "replay", "-"], plan)
    unsupported = played.returncode == 2 and played.stdout.startswith("UNSUPPORTED")
    if played.returncode != 0 and not unsupported:
        yield f"the plan: exit code {played.returncode}\n{played.stdout}{played.stderr}"


def program_objections(source, printed, apart):
    """`printed`: what the page says of systems that conform; `apart`: words before the program's path."""
    if source.count("\n") > MOST_LINES:
        yield f"the program has more than {MOST_LINES} lines"
    with tempfile.TemporaryDirectory() as folder:
        binary = f"{folder}/program"
        compiled = perform([*COMPILER, "-x", "c", "-", "-o", binary], source)
        if compiled.returncode != 0:
            yield f"the program does not compile\n{compiled.stderr}"
            return
        ran = perform([*apart, binary])
    output = ran.stdout.rstrip("\n")
    if ran.returncode == 2 and output + ran.stderr:
        return  # it says what is missing here
    if ran.returncode != 0:
        yield f"the program: exit code {ran.returncode}, {output!r} {ran.stderr}"
    elif output not in printed:
        yield f"the program prints {output!r}, on the page are {printed}"


def objections(program, text, apart=()):
    """What is wrong with a page, a line each or more."""
    page = PAGE.fullmatch(text)
    if page is None:
        missing = [part.strip().split("\n")[0] for part in PARTS if part not in text]
        yield f"not of the form that README.md shows; missing: {missing or 'see PAGE in this test'}"
        return
    seen = re.findall(r"\| `([^`]+)` \| ([01]) \|", page["seen"])
    conforming = [output for output, code in seen if code == "0"]
    if not conforming or len(conforming) == len(seen):
        yield "the table needs a system that conforms and one that does not"
        return
    for name in sorted(set(IDENTIFIER.findall(text))):
        yield from requirement_objections(program, name)
    yield from plan_objections(program, page["plan"], page["requirement"])
    yield from program_objections(page["program"], conforming, apart)


def private_namespace():
    """Words that keep what a program does to segments and their limits to itself, where that is allowed."""
    words = ["unshare", "--ipc", "--"]
    allowed = shutil.which("unshare") and perform([*words, "true"]).returncode == 0
    return words if allowed else []


class Pages(unittest.TestCase):
    def test_are_true(self):
        pages = sorted(FOLDER.glob("*.md"))
        self.assertGreater(len(pages), 2)
        apart = private_namespace()
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            found = pool.map(lambda page: list(objections(PROGRAM, page.read_text(), apart)), pages)
            for page, wrong in zip(pages, found):
                with self.subTest(page.name):
                    self.assertEqual(wrong, [], "\n".join(wrong))

    def test_have_plans_of_their_own(self):
        names = [re.search(r"^plan (\S+)", page.read_text(), re.MULTILINE)[1] for page in FOLDER.glob("*.md")]
        self.assertEqual(len(names), len(set(names)))


class Objections(unittest.TestCase):
    """A page that is true, and what is found when it is changed."""

    TEXT = """<!-- SPDX-License-Identifier: Apache-2.0 OR MIT -->
# Made up: shmdt is lost

**Requirement**: `SYSV.SHMDT.TWICE` (a second shmdt fails)

Nobody is harmed.

## Plan

```
plan finding.made_up
requirement SYSV.SHMDT.TWICE
actor a
a: s0 = sysv.get key=private flags=create|0600 -> ok
a: a0 = sysv.attach segment=s0 -> ok
a: sysv.detach at=a0 -> 0
a: sysv.detach at=a0 -> EINVAL
a: sysv.remove segment=s0 -> 0
```

## C program

```c
#include <stdio.h>

int main(void) {
  puts("as it should be");
  return 0;
}
```

## Seen

| System | The program prints | Exit code |
|---|---|---|
| Somewhere 1.0 | `not as it should be` | 1 |
| Linux 6.18 on x86-64 | `as it should be` | 0 |
"""

    MATCH = PAGE.fullmatch(TEXT)

    def changed(self, text, old, new):
        self.assertIn(old, text)
        return text.replace(old, new)

    def expect(self, found, words):
        found = list(found)
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])

    def expect_of_page(self, old, new, words):
        self.expect(objections(PROGRAM, self.changed(self.TEXT, old, new)), words)

    def expect_of_plan(self, old, new, words):
        plan = self.changed(self.MATCH["plan"], old, new)
        self.expect(plan_objections(PROGRAM, plan, self.MATCH["requirement"]), words)

    def expect_of_program(self, old, new, words):
        program = self.changed(self.MATCH["program"], old, new)
        self.expect(program_objections(program, ["as it should be"], []), words)

    def test_are_none_to_a_page_that_is_true(self):
        self.assertEqual(list(objections(PROGRAM, self.TEXT)), [])
        missing = self.changed(self.MATCH["program"], "return 0", "return 2")
        self.assertEqual(list(program_objections(missing, ["as it should be"], [])), [])

    def test_are_sections_that_are_missing(self):
        for heading in ("## Plan", "## C program", "## Seen"):
            self.expect_of_page(f"{heading}\n", "", heading)
        self.expect_of_page("**Requirement**", "Requirement", "**Requirement**")
        self.expect_of_page("Nobody is harmed.\n\n", "", "not of the form")
        self.expect_of_page("Made up: ", "", "not of the form")

    def test_are_requirements_that_do_not_exist(self):
        self.expect_of_page("harmed.", "harmed: `SYSV.NO.SUCH`.", "there is no requirement SYSV.NO.SUCH")
        self.expect(requirement_objections(PROGRAM, "SYSV.SHMDT"), "there is no requirement SYSV.SHMDT")
        self.expect_of_plan("SYSV.SHMDT.TWICE", "SYSV.SHMDT.UPDATES", "the plan does not name")

    def test_are_plans_that_do_not_pass(self):
        self.expect_of_page("at=a0 -> EINVAL", "at=a0 -> 0", "the plan: exit code 1")
        self.expect_of_plan("sysv.detach at=a0 -> EINVAL", "sysv.no_such_call", "the plan: exit code 4")

    def test_are_programs_that_fail(self):
        self.expect_of_page("return 0;", "return 1;", "the program: exit code 1")
        self.expect_of_program("return 0;", "return 3;", "the program: exit code 3")
        self.expect_of_program('puts("as it should be");\n  return 0', "return 2", "the program: exit code 2")
        self.expect_of_program("return 0;", "int unused; return 0;", "does not compile")
        self.expect_of_program('puts("as', 'puts("quite as', "the program prints 'quite as it should be'")
        self.expect_of_program("int main", "\n" * MOST_LINES + "int main", "more than 40 lines")

    def test_are_tables_without_a_system_of_either_kind(self):
        self.expect_of_page("be` | 0 |", "be` | 1 |", "the table needs a system that conforms")
        self.expect_of_page("not as it should be` | 1 |", "as it should be` | 0 |", "and one that does not")


if __name__ == "__main__":
    if shutil.which(COMPILER[0]) is None or os.sysconf("SC_PAGESIZE") != PAGE_SIZE:
        print(f"needs a C compiler, cc, and pages of {PAGE_SIZE} bytes")
        sys.exit(77)
    PROGRAM = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()
