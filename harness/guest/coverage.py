#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""How much of one source file of a kernel was executed, of what a program can reach.

  coverage.py COUNTS.gcda NOTES.gcno SOURCE LIST [--lines PERCENT] [--branches PERCENT]

LIST says what no program can reach: `function | first line .. last line | reason`, as the source has
them. A reason that begins with `by chance:` is about what a race reaches now and then. The exit code is
0 when the percentages are met, 1 when not, 4 for files that do not fit: also when the list names what
was reached and not by chance, or what is not there.
"""

import argparse
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile


class Misfit(Exception):
    """Files that do not fit together, in one line."""


def executed(counts, notes):
    """Of each line: its function, how often it was executed, and how often each of its branches."""
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        (place / "one.gcda").write_bytes(pathlib.Path(counts).read_bytes())
        (place / "one.gcno").write_bytes(pathlib.Path(notes).read_bytes())
        run = subprocess.run(["gcov", "-b", "-j", "one.gcda"], cwd=place, capture_output=True,
                             text=True, check=False)
        written = list(place.glob("*.gcov.json.gz"))
        if run.returncode != 0 or not written:
            raise Misfit(f"{counts}: gcov: {run.stderr.strip() or 'says nothing'}")
        return json.loads(gzip.decompress(written[0].read_bytes()))


def lines_of(report, source):
    """Lines of the source file alone, headers left out. A line of several functions (a macro, an
    inlined one) counts once, with the most that any of them did."""
    found = {}
    for file in report["files"]:
        if pathlib.PurePath(file["file"]).name != pathlib.PurePath(source).name:
            continue
        for line in file["lines"]:
            branches = [branch["count"] for branch in line["branches"]]
            entry = found.setdefault(line["line_number"],
                                     [line.get("function_name", ""), 0, []])
            entry[1] = max(entry[1], line["count"])
            entry[2] += branches
    if not found:
        raise Misfit(f"{source}: not among the files that were counted")
    return found


def function_at(report, source):
    """Names of functions by the lines that they span."""
    spans = []
    for file in report["files"]:
        if pathlib.PurePath(file["file"]).name == pathlib.PurePath(source).name:
            spans += [(f["start_line"], f["end_line"], f["demangled_name"])
                      for f in file["functions"]]
    return spans


def unreachable(path, text, spans):
    """Numbers of the lines that the list names, each with its entry."""
    numbers = {}
    for entry in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        if not entry.strip() or entry.startswith("#"):
            continue
        try:
            name, span, _reason = (part.strip() for part in entry.split(" | "))
        except ValueError:
            raise Misfit(f"{path}: expected `function | lines | reason`, found: {entry}") from None
        first, _, last = (part.strip() for part in span.partition(" .. "))
        where = [(a, b) for a, b, function in spans if function.split(".")[0] == name]
        if not where:
            raise Misfit(f"{path}: there is no function {name}")
        begin, end = min(a for a, _ in where), max(b for _, b in where)
        at = [n for n in range(begin, end + 1) if text[n - 1].strip() == first]
        if not at:
            raise Misfit(f"{path}: {name} has no line: {first}")
        for number in at:
            stop = number
            if last:
                stop = next((n for n in range(number, end + 1) if text[n - 1].strip() == last), 0)
                if not stop:
                    raise Misfit(f"{path}: {name} has no line: {last}")
            for n in range(number, stop + 1):
                numbers[n] = entry
    return numbers


def percent(part, whole):
    return 100.0 * part / whole if whole else 100.0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("counts")
    parser.add_argument("notes")
    parser.add_argument("source")
    parser.add_argument("list")
    parser.add_argument("--lines", type=float, default=0)
    parser.add_argument("--branches", type=float, default=0)
    options = parser.parse_args()

    report = executed(options.counts, options.notes)
    lines = lines_of(report, options.source)
    text = pathlib.Path(options.source).read_text(encoding="utf-8").splitlines()
    excused = unreachable(options.list, text, function_at(report, options.source))

    # Lines without code after compilation prove nothing about the list.
    missed, idle = [], {entry for number, entry in excused.items()
                        if number in lines and " | by chance: " not in entry}
    reached = total = taken = ways = all_lines = all_ways = 0
    for number, (function, count, branches) in sorted(lines.items()):
        all_lines += 1
        all_ways += len(branches)
        untaken = sum(1 for branch in branches if branch == 0)
        if number in excused and (count == 0 or untaken):
            idle.discard(excused[number])
            if count != 0:
                total += 1
                reached += 1
                taken += len(branches) - untaken
                ways += len(branches) - untaken
            continue
        total += 1
        reached += count != 0
        ways += len(branches)
        taken += len(branches) - untaken
        if count == 0 or untaken:
            what = "not executed" if count == 0 else f"{untaken} of {len(branches)} ways not taken"
            missed.append(f"  {number:5} {function}: {text[number - 1].strip()}  ({what})")
    print(f"{options.source}: {reached} of {total} lines ({percent(reached, total):.1f} %) and "
          f"{taken} of {ways} branches ({percent(taken, ways):.1f} %) of what can be reached; "
          f"{all_lines} and {all_ways} in all")
    print("\n".join(missed))
    for entry in sorted(idle):
        print(f"coverage.py: {options.list}: this is reached: {entry}", file=sys.stderr)
    if idle:
        return 4
    enough = (percent(reached, total) >= options.lines and
              percent(taken, ways) >= options.branches)
    return 0 if enough else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Misfit, OSError) as error:
        print(f"coverage.py: {error}", file=sys.stderr)
        sys.exit(4)
