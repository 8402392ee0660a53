#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Follows CONTRIBUTING.md to the letter in a copy of the project:

    harness/style/contributing.py FOLDER_OF_THE_PROJECT FOLDER_OF_THE_COPY

What each line above a piece of code says is done with that piece; then the copy is built, and the
indented commands have to print what stands behind their `#`. Prints a line for each step.

The copy may be there from before: only what differs is written, so that only that is built again.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

# What registers itself can be left out; of that, the steps need these files and those they change.
SELF_REGISTERING = re.compile(
    r"internal::\w+Registration registrations?\b|^SHMSPEC_(CASE|RACE)\(", re.MULTILINE
)
NEEDED = re.compile(
    r"\.h$|_test\.cc$|^harness/target/entry/(libc|ia32)\.cc$|^property/hunter\.cc$"
    r"|^harness/command/(controls|doctor|replay|run|show)_command\.cc$"
)
LEFT_OUT = ("build", ".git", "__pycache__", "node_modules")
FUNCTIONS = ("harness/model/", "harness/target/")
SMALL = ["-DSHMSPEC_BUILD_TESTS=OFF", "-DSHMSPEC_BUILD_FUZZERS=OFF", "-DSHMSPEC_I386=OFF",
         "-DSHMSPEC_BUILD_BENCHMARKS=OFF"]  # fmt: skip


class Failed(Exception):
    pass


class Piece:
    """A piece of code and the file it goes into: a new one, or at a line or in place of a text."""

    def __init__(self, instruction, code):
        new = re.fullmatch(r"New file `([^`]+)`:", instruction)
        edit = re.fullmatch(r"In `([^`]+)`, (above|in place of) `([^`]+)`:", instruction)
        if not new and not edit:
            raise Failed(f"CONTRIBUTING.md: no instruction for a piece of code: {instruction}")
        self.path = (new or edit).group(1)
        self.place, self.anchor = edit.groups()[1:] if edit else ("new", "")
        self.code = code

    def apply(self, files):
        if self.place == "new":
            if self.path in files:
                raise Failed(f"{self.path} is there already")
            files[self.path] = self.code
            return
        text = files[self.path]
        found = [line for line in text.splitlines() if line.strip() == self.anchor]
        if self.place == "in place of":
            found = [self.anchor] * text.count(self.anchor)
        if len(found) != 1:
            raise Failed(f"{self.path}: expected once, found {len(found)} times: {self.anchor}")
        if self.place == "above":
            files[self.path] = text.replace(f"\n{found[0]}\n", f"\n{self.code}\n{found[0]}\n")
        else:
            files[self.path] = text.replace(self.anchor, self.code.rstrip("\n"))


def read_document(text):
    """The pieces of code, and the commands with what they print, of each section by its title."""
    pieces, commands = {}, {}
    for section in text.split("\n## ")[1:]:
        title = section.splitlines()[0]
        for above, code in re.findall(r"([^\n]+)\n\n```[a-z+]*\n(.*?\n)```\n", section, re.DOTALL):
            pieces.setdefault(title, []).append(Piece(above, code))
        prose = re.sub(r"\n```.*?\n```\n", "\n", section, flags=re.DOTALL)
        for command, printed in re.findall(r"^    (\S.*?) +# (.*)$", prose, re.MULTILINE):
            commands.setdefault(title, []).append((command, printed))
    return pieces, commands


def read_project(root, changed):
    """The files of the project by their path, without what is built and what can be left out."""
    files = {}
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in LEFT_OUT]
        for name in names:
            path = pathlib.Path(folder, name)
            relative = path.relative_to(root).as_posix()
            content = path.read_bytes()
            try:
                text = content.decode()
            except UnicodeDecodeError:
                continue
            if relative in changed or NEEDED.search(relative) or not SELF_REGISTERING.search(text):
                files[relative] = text
    return files


def write(copy, files):
    """Makes the copy what `files` says; leaves alone what is so already."""
    for path in list(copy.rglob("*")):
        relative = path.relative_to(copy).as_posix()
        if path.is_file() and not relative.startswith("build/") and relative not in files:
            path.unlink()
    for relative, text in files.items():
        path = copy / relative
        if path.exists() and path.read_bytes() == text.encode():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        if text.startswith("#!"):
            path.chmod(0o755)


def run(copy, command, code=0):
    """What the command prints; it has to end with that exit code."""
    environment = dict(os.environ, CCACHE_BASEDIR=str(copy), CCACHE_NOHASHDIR="1")
    done = subprocess.run(command, cwd=copy, env=environment, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
    if (done.returncode == 0) != (code == 0):
        raise Failed(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-4000:]}")
    return done.stdout


class Steps:
    def __init__(self, source, copy):
        self.copy = copy
        document = (source / "CONTRIBUTING.md").read_text(encoding="utf-8")
        self.pieces, self.commands = read_document(document)
        every = [piece for pieces in self.pieces.values() for piece in pieces]
        self.files = read_project(source, {piece.path for piece in every})
        if len(self.pieces) != 6 or len(self.commands) != 6:
            raise Failed("CONTRIBUTING.md: expected six sections with code and commands")

    def build(self, target, code=0):
        return run(self.copy, ["cmake", "--build", "--preset", "release", "--target", target], code)

    def apply(self):
        """All pieces; the functions of the operation only after the build has asked for them."""
        withheld = []
        for title, pieces in self.pieces.items():
            for piece in pieces:
                if title == "Add an operation" and piece.path.startswith(FUNCTIONS):
                    withheld.append(piece)
                else:
                    piece.apply(self.files)
        write(self.copy, self.files)
        run(self.copy, ["cmake", "--preset", "release", *SMALL])
        said = self.build("shmspec_operations_are_whole", code=1)
        for piece in withheld:
            asked = rf"^\S+\.h:\d+: \w+ has no .*{re.escape(piece.path)}"
            if not re.search(asked, said, re.MULTILINE):
                raise Failed(f"the build asks for no function in {piece.path}:\n{said[-4000:]}")
            piece.apply(self.files)
        write(self.copy, self.files)

    def format(self):
        if not shutil.which("clang-format"):
            return
        changed = {piece.path for pieces in self.pieces.values() for piece in pieces}
        code = sorted(path for path in changed if path.endswith((".cc", ".h")))
        run(self.copy, ["clang-format", "--dry-run", "-Werror", *code])

    def perform(self, title):
        for command, printed in self.commands[title]:
            out = run(self.copy, command.split())
            if printed not in out:
                raise Failed(f"{command} does not print \"{printed}\":\n{out[-4000:]}")


def main():
    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} FOLDER_OF_THE_PROJECT FOLDER_OF_THE_COPY")
    source, copy = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    copy.mkdir(parents=True, exist_ok=True)
    steps = Steps(source, copy)
    every = [("is followed in a copy; the build asks for each missing function", steps.apply),
             ("has code in the project's format", steps.format),
             ("has code that compiles", lambda: steps.build("shmspec"))]  # fmt: skip
    for title in steps.pieces:
        every.append((f"is right: {title}", lambda title=title: steps.perform(title)))
    for what, step in every:
        begin = time.monotonic()
        step()
        print(f"CONTRIBUTING.md {what} ({time.monotonic() - begin:.0f} s)", flush=True)


if __name__ == "__main__":
    try:
        main()
    except Failed as failed:
        sys.exit(str(failed))
