# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Measures in Chromium how long a reader waits for a page: until it is there, for the next frame
while scrolling, and after a click into the filter and each key there until its effect is painted. Prints figures and judges
none of them; a bare page beside the others shows what this machine can do.

    python3 browser_speed.py SHMSPEC [RECORDS REQUIREMENTS]

Without the last two for 50 records of 1,000 requirements or a few more, in whole catalogues. Exit code 77 (skipped, for CTest) when
Chromium or what drives it is not installed, and 1 when the filter did not find what there is.
"""

import collections
import copy
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # nothing is left beside the sources
from browser import Browser  # ends here where there is none

PROGRAM = sys.argv[1]
RECORDS, REQUIREMENTS = (int(word) for word in sys.argv[2:4] or (50, 1000))
FAULT = "faulty:attach_leaves_atime"  # so that there are failures to show
WORDS = "attach fails"  # typed into the filter, key by key

# Moments of frames while something else goes on.
WATCH_FRAMES = """window.frameTimes = [];
const note = (now) => { window.frameTimes.push(now); window.watching = requestAnimationFrame(note); };
requestAnimationFrame(note);"""
FRAMES = "cancelAnimationFrame(window.watching); return window.frameTimes;"
# From a key to the next painting, as Event Timing has it: in steps of 8 ms, from 16 ms on.
WATCH_KEYS = """window.waits = [];
new PerformanceObserver((list) => { for (const entry of list.getEntries())
  if (entry.interactionId) window.waits.push([entry.interactionId, entry.duration]);
}).observe({ type: "event", durationThreshold: 16 });"""
BARE = """<!DOCTYPE html><html lang="en"><title>Bare</title><body style="height: 40000px">
<input id="filter-words"><p role="status"></p></body></html>"""


def large(record, number):
    """The run again and again, under other names, until there are REQUIREMENTS of them or more."""
    made = copy.deepcopy(record)
    made["requirements"], made["areas"], made["tests"] = {}, {}, []
    for again in range(-(-REQUIREMENTS // len(record["requirements"]))):
        for name, requirement in record["requirements"].items():
            area = f"{requirement['area']}.{again}"
            made["areas"][area] = record["areas"][requirement["area"]]
            made["requirements"][f"{name}.{again}"] = {**requirement, "area": area}
        for test in copy.deepcopy(record["tests"]):
            test["id"] += f".{again}"
            for one in test["requirements"]:
                one["id"] += f".{again}"
            made["tests"].append(test)
    count = collections.Counter(test["status"] for test in made["tests"])
    made["summary"].update(
        counts=count, flaky=0,
        judgements=collections.Counter(test["judgement"]["verdict"] for test in made["tests"]),
        requirements=collections.Counter(
            one["status"] for one in made["requirements"].values()),
        totals={"passed": count["PASS"], "failed": count["FAIL"], "skipped": 0})
    made["selection"]["planned"] = len(made["tests"])
    made["run"]["id"] = f"00000000-0000-4000-8000-{number:012}"
    return made


def spread(values):
    """Median, 95th percentile and most."""
    ordered = sorted(values)
    return (statistics.median(ordered), ordered[min(len(ordered) * 95 // 100, len(ordered) - 1)],
            ordered[-1])


def time_to_show(browser, page):
    started = time.monotonic()
    browser.show(page)
    browser.driver.execute_async_script(
        "requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
    return (time.monotonic() - started) * 1000


def frames_while_scrolling(browser):
    browser.run(WATCH_FRAMES)
    height = browser.do("Page.getLayoutMetrics")["cssContentSize"]["height"]
    browser.do("Input.synthesizeScrollGesture", x=700, y=450, speed=6000,
               yDistance=-min(height, 30000), gestureSourceType="mouse")
    moments = browser.run(FRAMES)
    if len(moments) < 3:
        sys.exit("the page did not scroll, or nobody painted it")
    return [after - before for before, after in zip(moments, moments[1:])]


def waits_for_keys(browser):
    browser.run("scrollTo(0, 0)")
    browser.run(WATCH_KEYS)
    browser.driver.find_element("id", "filter-words").click()  # a wait like the others
    for key in WORDS:
        browser.press(key)
        browser.driver.execute_async_script(
            "requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
    time.sleep(0.3)  # entries come some time after the painting that they report
    longest = {}
    for interaction, wait in browser.run("return window.waits"):
        longest[interaction] = max(wait, longest.get(interaction, 0))
    # A frame painted too soon to be measured took at most the time that is reported.
    return list(longest.values()) + [16] * (len(WORDS) + 1 - len(longest))


def pages(folder):
    own = folder / "own.json"
    subprocess.run([PROGRAM, "run", "--target", FAULT, "--output", own], check=False,
                   stdout=subprocess.DEVNULL)  # its exit code is that of failures
    records = []
    for number in range(RECORDS):
        records.append(folder / f"{number}.json")
        made = large(json.loads(own.read_text()), number)
        records[-1].write_text(json.dumps(made))
    (folder / "bare.html").write_text(BARE)
    yield "a bare page", folder / "bare.html", None
    for name, some in (("one record", records[:1]), (f"{RECORDS} records", records)):
        page = folder / f"{len(some)}-records.html"
        subprocess.run([PROGRAM, "report", "--output", page, *some], check=True)
        yield f"{name} of {len(made['requirements']):,} requirements", page, len(some)


def main():
    wrong = False
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        folder = pathlib.Path(place)
        browser = Browser(folder)
        print(f"{'':34} {'kB':>7} {'shown':>9}   {'frame, ms':^21}   {'click, key to paint, ms':^21}\n"
              f"{'':34} {'':>7} {'ms':>9}   {'p50':>6} {'p95':>6} {'most':>6}   "
              f"{'p50':>6} {'p95':>6} {'most':>6}")
        for name, page, many in pages(folder):
            time_to_show(browser, page)  # what only the first page after a start has to wait for
            shown = time_to_show(browser, page)
            figures = spread(frames_while_scrolling(browser)) + spread(waits_for_keys(browser))
            print(f"{name:34} {page.stat().st_size / 1000:7.0f} {shown:9.0f}  "
                  + "".join(f" {figure:6.0f}" for figure in figures[:3]) + "  "
                  + "".join(f" {figure:6.0f}" for figure in figures[3:]))
            if many is None:
                continue
            shown = browser.run("return [...document.querySelectorAll('.matrix tbody tr')].map((row) =>"
                                "[!row.hidden, row.textContent.toLowerCase()])")
            if [seen for seen, _ in shown] != [
                    all(word in text for word in WORDS.split()) for _, text in shown]:
                print(f"the filter did not show what has the words {WORDS}")
                wrong = True
        browser.driver.quit()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
