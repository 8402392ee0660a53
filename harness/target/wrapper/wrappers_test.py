#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Runs the suites on wrapper libraries through the adapters of this folder.

    wrappers_test.py PROGRAM [NAME ...] [--out FOLDER] [--records FOLDER] [--propose] [--all]

PROGRAM is a built shmspec. NAME is a folder here with an adapter.toml; without one all those that
are not slow, with --all these as well. Each is built in FOLDER/NAME, run, and what fails is compared
with NAME/known.deviations (harness/systems/README.md). --records keeps the records. --propose
prints lines for the file of deviations instead, one for each kind of FAIL.

Exit code 0: as known; 1: not; 2: something is not installed; 4: wrong usage.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "systems"))
sys.dont_write_bytecode = True
import systems_test  # noqa: E402  pylint: disable=wrong-import-position


class Wrapper:
    """A folder with an adapter: how it is built and started."""

    def __init__(self, name, out):
        self.name = name
        self.folder = HERE / name
        self.out = out / name
        self.entry = tomllib.loads((self.folder / "adapter.toml").read_text())

    def words(self, key):
        """A command of the entry, with the folders that it names."""
        return (self.entry[key].replace("@DIR@", str(self.folder))
                .replace("@OUT@", str(self.out)).replace("@TEMPLATES@", str(HERE / "templates")))

    def missing(self):
        """Which packages are to be installed; nothing when all are."""
        found = subprocess.run(self.words("needs"), shell=True, capture_output=True, check=False)
        return "" if found.returncode == 0 else self.entry["packages"]

    def build(self):
        """Builds the adapter; returns what went wrong."""
        self.out.mkdir(parents=True, exist_ok=True)
        if "build" not in self.entry:
            return ""
        done = subprocess.run(self.words("build"), shell=True, capture_output=True, text=True,
                              check=False)
        return "" if done.returncode == 0 else done.stdout + done.stderr

    def run(self, program, record):
        """Runs the suites; returns what shmspec printed."""
        # Libraries leave files there; every user of the cases may make some.
        scratch = self.out / "tmp"
        scratch.mkdir(exist_ok=True)
        scratch.chmod(0o1777)
        adapter = f"/usr/bin/env TMPDIR={scratch} {self.words('command')}"
        command = [program, "run", "--adapter", adapter, "--brief", "--timeout", "30s", "-o",
                   str(record), "--force"]
        profile = self.folder / "profile.toml"
        if profile.exists():
            command += ["--adapter-profile", str(profile)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        shutil.rmtree(scratch, ignore_errors=True)
        return done.stdout + done.stderr


def judge(wrapper, record, propose):
    """The lines about what is not as known."""
    if propose:
        systems_test.propose(record["tests"])
        return []
    return list(systems_test.differences(
        record, systems_test.deviations_of("known", wrapper.folder)))


def main():
    """Reads the command line and runs what it names."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--records", type=pathlib.Path)
    parser.add_argument("--propose", action="store_true")
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    there = sorted(path.parent.name for path in HERE.glob("*/adapter.toml"))
    unknown = [name for name in options.names if name not in there]
    if unknown:
        print(f"there is no {unknown[0]} here: {', '.join(there)}", file=sys.stderr)
        return 4
    program = str(pathlib.Path(options.program).resolve())
    with tempfile.TemporaryDirectory(prefix="shmspec-wrappers-") as scratch:
        pathlib.Path(scratch).chmod(0o755)
        out = (options.out or pathlib.Path(scratch)).resolve()
        records = (options.records or out).resolve()
        records.mkdir(parents=True, exist_ok=True)
        wrappers = [Wrapper(name, out) for name in options.names or there]
        if not options.names and not options.all:
            wrappers = [one for one in wrappers if not one.entry.get("slow")]
        results = [run_one(one, program, records, options.propose) for one in wrappers]
    return max(results, default=0)


def run_one(wrapper, program, records, propose):
    """Runs one; returns its exit code and prints a line about it."""
    if missing := wrapper.missing():
        print(f"{wrapper.name}: not installed: apt-get install {missing}")
        return 2
    if trouble := wrapper.build():
        print(f"{wrapper.name}: cannot be built:\n{trouble}")
        return 1
    path = records / f"{wrapper.name}.json"
    path.unlink(missing_ok=True)
    printed = wrapper.run(program, path)
    if not path.exists():
        print(f"{wrapper.name}: gives no record:\n{printed}")
        return 1
    record = json.loads(path.read_text())
    lines = judge(wrapper, record, propose)
    library = record["subject"]["library"]
    last = (printed.strip().splitlines() or [""])[-1]
    print(f"{wrapper.name} ({library['name']} {library['version']}): {last}", flush=True)
    for line in lines:
        print(line if propose else f"  {line}")
    return 0 if propose or not lines else 1


if __name__ == "__main__":
    sys.exit(main())
