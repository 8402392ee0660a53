#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Follows README.md word for word: runs the commands that it shows, in their order, in a copy of this
folder that every user can read.

    page_test.py PROGRAM

PROGRAM is a built shmspec. The check of the adapter has to find nothing wrong, the report of the toy
library has to name the requirement that its bug breaks, and with a baseline nothing may be unexpected.
The template in C has to be an adapter as a program of C and of C++.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BUG = "LIB.CREATE.EXCLUSIVE"
# The exit code of each command, by its first words.
EXPECTED = {"shmspec run --adapter 'python3 toy/adapter.py' -o": 1}


def commands():
    """The lines of the page that begin with a dollar sign."""
    return re.findall(r"^\$ (.*)$", (HERE / "README.md").read_text(), re.MULTILINE)


def main():
    """Runs them."""
    program = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="shmspec-page-") as scratch:
        folder = pathlib.Path(scratch)
        folder.chmod(0o755)
        for name in ("toy", "templates"):
            shutil.copytree(HERE / name, folder / name)
        (folder / "bin").mkdir()
        (folder / "bin" / "shmspec").symlink_to(program)
        environment = {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
        found = commands()
        if len(found) < 5:
            sys.exit(f"README.md: expected its commands, found {found}")
        for command in found:
            done = subprocess.run(command, shell=True, cwd=folder, env=environment, text=True,
                                  capture_output=True, check=False)
            expected = next((code for words, code in EXPECTED.items() if command.startswith(words)), 0)
            print("$", command, "->", done.returncode, flush=True)
            if done.returncode != expected:
                sys.exit(f"expected {expected}:\n{done.stdout}{done.stderr}")
        record = json.loads((folder / "toy.json").read_text())
        for compiler in ("cc -std=gnu11", "c++ -x c++"):
            done = subprocess.run(
                f"{compiler} -Wall -Wextra -Werror templates/template.c -lrt -o adapter && "
                "shmspec adapter check ./adapter", shell=True, cwd=folder, env=environment,
                text=True, capture_output=True, check=False)
            if done.returncode != 0:
                sys.exit(f"template.c by {compiler}:\n{done.stdout}{done.stderr}")
    broken = sorted(name for name, one in record["requirements"].items() if one["status"] == "FAIL")
    if BUG not in broken:
        sys.exit(f"the bug is in {BUG}, the report names {broken}")
    unresolved = [test["id"] for test in record["tests"] if test["status"] == "UNRESOLVED"]
    if unresolved:
        sys.exit(f"unresolved: {unresolved}")
    print(f"the report names {', '.join(broken)}")


if __name__ == "__main__":
    main()
