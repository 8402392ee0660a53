# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Validates records of real runs against record.schema.json, and sees the schema refuse damaged ones.

    python3 record_schema_test.py SHMSPEC SCHEMA

Exit code 77 (skipped, for CTest) when python3-jsonschema is not installed.
"""

import copy
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed; ./harness/start test installs it")
    sys.exit(77)

# Absent in some records, each with the field it is in. Everything else must be there.
OPTIONAL = {
    "run.stop_reason", "tests.cause", "tests.reason", "tests.observed", "tests.repro",
    "tests.histograms", "histograms.technique", "histograms.sought",
    "attempts.seed", "attempts.cause", "attempts.reason", "attempts.objections",
    "attempts.excerpt", "attempts.trace", "attempts.residue", "objections.step",
    "allowed.why", "repro.replay", "judgement.waiver", "judgement.baseline", "judgement.why",
    "tests.flakiness", "attempts.retry", "subject.library", "expectations.waivers",
    "expectations.baseline", "summary.apart_from_waivers", "record.controls",
    "record.measurements", "record.fuzzing", "measurements.operations", "measurements.p50",
    "measurements.p99", "fuzzing.duration_s", "points.time_s", "histograms.branches",
    "histograms.primes", "objections.operation", "objections.differences", "differences.field",
    "run.merged_from", "shard.cases", "selection.level", "selection.quick", "selection.shuffled",
    "summary.left_behind", "entries.cause", "entries.when", "entries.class", "entries.at_most",
}


WAIVERS = """format = "shmspec-waivers/1"
[[waiver]]
id = "W-1"
tests = ["sysv.attach"]
expect = ["FAIL"]
cause = ["assertion"]
when = 'target == "faulty:*"'
reason = "known"
url = "https://bugs.example.org/1"
owner = "qa@example.org"
class = "environment"
granted = {granted}
expires = {granted}
strict = false
rate = {{at_most = 0.5, per = "attempt"}}
[[waiver]]
id = "W-2"
tests = ["sysv.set"]
action = "do-not-run"
reason = "known"
url = "https://bugs.example.org/2"
owner = "qa@example.org"
granted = {granted}
expires = {granted}
"""
MEASUREMENTS = {"benchmarks": [{"run_name": "Attach", "run_type": "iteration", "real_time": 3.5,
                                "time_unit": "us", "p50_ns": 3000, "p99_ns": 9000,
                                "timed": 500}]}
FUZZING = """#2\tINITED cov: 4 ft: 5 corp: 1/1b exec/s: 0 rss: 30Mb
#9: cov: 7 ft: 9 corp: 2 exec/s 3 oom/timeout/crash: 0/0/1 time: 3s job: 1 dft_time: 0
Done 9 runs in 3 second(s)
"""
FAULT = "faulty:attach_leaves_atime"
DISORDER = "faulty:fence_does_not_drain"


def run(program, folder, *options):
    """The record of a run; what the run found does not matter here."""
    record = folder / f"{len(list(folder.glob('*.json')))}.json"
    done = subprocess.run([program, "run", "--quick", "--seed", "7", "--output", record, *options],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode > 2:
        sys.exit(f"shmspec run {options}: exit code {done.returncode}\n{done.stdout}")
    return json.loads(record.read_text(encoding="utf-8"))


def judged_run(program, folder):
    """The record of a run with everything that may be in one."""
    given = folder / "given"
    given.mkdir()
    before = given / "before.json"
    before.write_text(json.dumps(run(program, folder, "sysv", "--target", FAULT)), encoding="utf-8")
    subprocess.run([program, "baseline", before, "-o", given / "baseline.json"], check=True)
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    (given / "waivers.toml").write_text(WAIVERS.format(granted=today), encoding="utf-8")
    (given / "measurements.json").write_text(json.dumps(MEASUREMENTS), encoding="utf-8")
    (given / "plan_fuzz.log").write_text(FUZZING, encoding="utf-8")
    return run(program, folder, "sysv", "map", "--target", FAULT, "--repeat", "2", "--retries", "1",
               "--baseline", given / "baseline.json", "--waivers", given / "waivers.toml",
               "--measurements", given / "measurements.json", "--fuzzing", given / "plan_fuzz.log",
               "--controls")


def merged_run(program, folder):
    """The records of two shards and the one that they become."""
    shards = [folder / f"shard{part}" for part in (1, 2)]
    for part, shard in enumerate(shards, 1):
        shard.mkdir()
        run(program, shard, "sysv.attach", "--target", FAULT, "--level", "must", "--shuffle",
            "--shard", f"{part}/2")
    merged = subprocess.run([program, "merge", *shards], stdout=subprocess.PIPE, check=True)
    first = json.loads((shards[0] / "0.json").read_text(encoding="utf-8"))
    return first, json.loads(merged.stdout)


def small(record):
    """The record with one failed case and few entries in each map, so that damage is tried fast."""
    record = copy.deepcopy(record)
    record["tests"] = [test for test in record["tests"] if test["status"] == "FAIL"][:1]
    for test in record["tests"]:
        test["attempts"] = test["attempts"][-1:]
    if "controls" in record:
        record["controls"]["faults"] = record["controls"]["faults"][:1]
    for waiver in record["expectations"].get("waivers", {"entries": []})["entries"]:
        waiver["cases"] = waiver["cases"][:1]
    for entries in (record["environment"]["facts"], record["areas"], record["requirements"]):
        for name in list(entries)[2:]:
            del entries[name]
    return record


def places(node, owner="record"):
    """Every (container, the name of the field it is in, key) below a node."""
    for key in list(node) if isinstance(node, dict) else range(len(node)):
        yield node, owner, key
        if isinstance(node[key], (dict, list)):
            yield from places(node[key], key if isinstance(node, dict) else owner)


def undetected_damage(validator, record):
    """Damages to a record that the schema does not notice."""
    # The members of these are not named by the schema.
    maps = [record["environment"]["facts"], record["areas"], record["requirements"],
            record["summary"]["counts"], record["summary"]["requirements"],
            record["summary"]["judgements"]]
    for node, owner, key in list(places(record)):
        place = f"{owner}.{key}"
        kept = node[key]
        node[key] = {"of another": ["type"]}
        if validator.is_valid(record):
            yield f"another type at {place}"
        node[key] = kept
        if isinstance(node, dict):
            fields = list(node.items())
            del node[key]
            named = not any(node is entries for entries in maps)
            if named and place not in OPTIONAL and validator.is_valid(record):
                yield f"no {place}"
            node.clear()
            node.update(fields)
            node["of no schema!"] = kept
            if validator.is_valid(record):
                yield f"an unknown field beside {place}"
            del node["of no schema!"]


def main():
    program, schema_file = sys.argv[1:]
    schema = json.loads(pathlib.Path(schema_file).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    mistakes = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        records = {
            "libc": run(program, folder),
            "simulated": run(program, folder, "--target", "simulated"),
            "repeated": run(program, folder, "--repeat", "2", "sysv.attach"),
            "faulty": run(program, folder, "--target", FAULT),
            "disordered": run(program, folder, "ordering", "--target", DISORDER),
            "judged": judged_run(program, folder),
        }
        records["shard"], records["merged"] = merged_run(program, folder)
    for title, record in records.items():
        for error in validator.iter_errors(record):
            mistakes.append(f"{title}: {error.json_path}: {error.message}"[:300])
    failed = small(records["faulty"])
    if not failed["tests"]:
        mistakes.append("the faulty target passed every case")
    elif not failed["tests"][0]["attempts"][0].get("objections"):
        mistakes.append("a failure without what was seen and allowed")
    disordered = small(records["disordered"])
    if not any(test.get("histograms") for test in disordered["tests"]):
        mistakes.append("a litmus test that failed without how its rounds ended")
    judged = small(records["judged"])
    for name in ("expectations.waivers", "expectations.baseline", "controls", "measurements", "fuzzing"):
        holder = judged
        for part in name.split("."):
            holder = holder.get(part, {})
        if not holder:
            mistakes.append(f"the judged run has no {name}")
    for record in (failed, disordered, judged, small(records["shard"]), small(records["merged"])):
        damaged = list(undetected_damage(validator, record))
        mistakes += [f"the schema does not notice {damage}" for damage in damaged]
    print("\n".join(mistakes) or f"{len(records)} records are valid and damage is noticed")
    sys.exit(1 if mistakes else 0)


main()
