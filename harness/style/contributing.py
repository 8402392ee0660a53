#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Follows CONTRIBUTING.md to the letter in a copy of the project:

    contributing.py FOLDER_OF_THE_PROJECT FOLDER_OF_THE_COPY [--preset NAME] [--build-type TYPE]
    contributing.py FOLDER_OF_THE_PROJECT --read

The first form does with each piece of code what the line above it says; then it builds the copy, and
the indented commands have to print the text behind their `#`. The second form builds nothing: each
file, folder and line that the document names has to be there. The project itself stays as it is.

A copy from before is used again: only files that differ are written, so that only these are
built again. The build uses ccache where it is installed. `--build-type None` compiles without
optimising, which is the fastest where ccache has nothing yet.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

# Files that register themselves can be left out, except those that the steps change or run.
SELF_REGISTERING = re.compile(
    r"internal::\w+Registration registrations?\b|^SHMSPEC_(CASE|RACE)\(", re.MULTILINE
)
NEEDED = re.compile(
    r"\.h$|_test\.cc$|^harness/target/entry/(libc|ia32)\.cc$|^property/hunter\.cc$"
    r"|^harness/command/(controls|doctor|replay|run|show)_command\.cc$"
)
LEFT_OUT = ("build", ".git", "__pycache__", "node_modules")
MARK = "copy_of_contributing.py"  # a file in the copy: nothing else there is worth keeping
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
            # The build takes every file of a kind from some folders; elsewhere it would not see one.
            folder, kind = os.path.dirname(self.path), os.path.splitext(self.path)[1]
            alike = re.compile(rf"{re.escape(folder)}/[^/]+{re.escape(kind)}")
            if folder and not any(alike.fullmatch(path) for path in files):
                raise Failed(f"{folder} has no file like {self.path}: the build would not see it")
            files[self.path] = self.code
            return
        if self.path not in files:
            raise Failed(f"CONTRIBUTING.md: there is no {self.path}")
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
    """The files of the project by their path, except what the build makes and the steps do not need."""
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
    """Makes the files of the copy equal to `files`; those that are equal stay untouched."""
    for path in list(copy.rglob("*")):
        relative = path.relative_to(copy).as_posix()
        kept = relative.startswith("build/") or relative == MARK or relative in files
        if path.is_file() and not kept:
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
    done = subprocess.run(command, cwd=copy, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
    if (done.returncode == 0) != (code == 0):
        raise Failed(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-4000:]}")
    return done.stdout


def prepare(source, copy):
    """Makes the folder of the copy; refuses one with files of somebody else."""
    if copy == source or copy in source.parents:
        raise Failed(f"{copy}: the copy would replace the project")
    if source in copy.parents and source / "build" not in copy.parents:
        raise Failed(f"{copy}: a copy inside the project has to be below {source / 'build'}")
    if copy.is_dir() and any(copy.iterdir()) and not (copy / MARK).is_file():
        raise Failed(f"{copy} is not empty and no copy from before; name another folder")
    copy.mkdir(parents=True, exist_ok=True)
    (copy / MARK).touch()


class Steps:
    """Everything that the document says, to be done in a copy."""

    def __init__(self, source, copy, options):
        self.copy = copy
        self.preset = options.preset
        self.definitions = list(SMALL)
        if options.build_type:
            self.definitions.append(f"-DCMAKE_BUILD_TYPE={options.build_type}")
        document = (source / "CONTRIBUTING.md").read_text(encoding="utf-8")
        self.pieces, self.commands = read_document(document)
        every = [piece for pieces in self.pieces.values() for piece in pieces]
        self.files = read_project(source, {piece.path for piece in every})
        if len(self.pieces) != 6 or len(self.commands) != 6:
            raise Failed("CONTRIBUTING.md: expected six sections with code and commands")

    def build(self, target, code=0):
        # By its folder: not every preset for configuring has one for building.
        return run(self.copy, ["cmake", "--build", f"build/{self.preset}", "--target", target], code)

    def read(self):
        """Finds the place of every piece, without a copy."""
        for pieces in self.pieces.values():
            for piece in pieces:
                piece.apply(self.files)

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
        run(self.copy, ["cmake", "--preset", self.preset, *self.definitions])
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
            command = command.replace("build/release/", f"build/{self.preset}/")
            out = run(self.copy, command.split())
            if printed not in out:
                raise Failed(f"{command} does not print \"{printed}\":\n{out[-4000:]}")


def follow(steps):
    """Takes every step, and prints which before it begins; returns how many there were."""
    every = [("follow it in the copy; the build asks for each missing function", steps.apply),
             ("compare the code with the project's format", steps.format),
             ("build the program", lambda: steps.build("shmspec"))]  # fmt: skip
    for title in steps.pieces:
        every.append((f"run the commands of \"{title}\"", lambda title=title: steps.perform(title)))
    for number, (what, step) in enumerate(every, 1):
        print(f"step {number} of {len(every)}: {what} ...", end="", flush=True)
        begin = time.monotonic()
        try:
            step()
        except Failed:
            print(" failed", flush=True)
            raise
        print(f" {time.monotonic() - begin:.0f} s", flush=True)
    return len(every)


def main():
    parser = argparse.ArgumentParser(description="Follows CONTRIBUTING.md in a copy of the project.")
    parser.add_argument("project", type=pathlib.Path)
    parser.add_argument("copy", type=pathlib.Path, nargs="?", help="the folder of the copy")
    parser.add_argument("--preset", default="release", help="the preset that the copy is built with")
    parser.add_argument("--build-type", help="the build type in place of that of the preset")
    parser.add_argument("--read", action="store_true", help="only find what the document names")
    options = parser.parse_args()
    if options.read == (options.copy is not None):
        parser.error("name a folder for the copy, or --read")
    source = options.project.resolve()
    if options.read:
        steps = Steps(source, None, options)
        steps.read()
        print(f"CONTRIBUTING.md: {sum(map(len, steps.pieces.values()))} pieces of code have a place")
        return
    copy = options.copy.resolve()
    prepare(source, copy)
    print(f"{follow(Steps(source, copy, options))} steps followed")


if __name__ == "__main__":
    try:
        main()
    except Failed as failed:
        sys.exit(str(failed))
