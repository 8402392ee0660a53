# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Looks at pages as a screen reader and a user of the command line would; browser/ shows them to a
browser.

    python3 page_test.py SHMSPEC TESTDATA
"""

import base64
import hashlib
import html.parser
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

PROGRAM, TESTDATA = sys.argv[1], pathlib.Path(sys.argv[2])
VOID = {"meta", "br", "input"}


def report(*arguments):
    return subprocess.run([PROGRAM, "report", *arguments], capture_output=True, check=False)


class Outline(html.parser.HTMLParser):
    """The elements of a page, and what is open at each."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements = []  # (tag, attributes, tags that are open)
        self.open = []
        self.mistakes = []
        self.feed(text)
        self.close()
        self.mistakes += [f"<{tag}> is never closed" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(self.open)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.mistakes.append(f"</{tag}> at {self.getpos()} closes something else")

    def all(self, tag):
        return [attributes for name, attributes, _ in self.elements if name == tag]


def luminance(colour):
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


class Page(unittest.TestCase):
    """Rules that hold for every page."""

    @classmethod
    def setUpClass(cls):
        cls.pages = {}
        for names in (["passing"], ["failing"], ["hostile"], ["ordering"],
                      ["passing", "failing"], ["ordering", "passing"]):
            done = report(*[TESTDATA / f"{name}.json" for name in names])
            assert done.returncode == 0, done.stderr
            cls.pages["+".join(names)] = done.stdout.decode("utf-8")

    def each(self):
        return [(text, Outline(text)) for text in self.pages.values()]

    def test_is_well_formed(self):
        for text, outline in self.each():
            self.assertEqual(outline.mistakes, [])
            self.assertTrue(text.startswith("<!DOCTYPE html>"))
            self.assertEqual(outline.all("html")[0]["lang"], "en")

    def test_allows_itself_nothing_but_its_style_and_its_script(self):
        for text, outline in self.each():
            policy = [meta["content"] for meta in outline.all("meta")
                      if meta.get("http-equiv") == "Content-Security-Policy"]
            digests = []
            for tag in ("style", "script"):
                (own,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.S)
                digests.append(base64.b64encode(hashlib.sha256(own.encode()).digest()).decode())
            self.assertEqual(policy, [f"default-src 'none'; style-src 'sha256-{digests[0]}'; "
                                      f"script-src 'sha256-{digests[1]}'; "
                                      "base-uri 'none'; form-action 'none'"])
            self.assertLess(text.index("Content-Security-Policy"), text.index("<style>"))
            self.assertNotIn("unsafe", policy[0])

    def test_loads_nothing(self):
        for text, outline in self.each():
            for own in re.findall("<(?:style|script)>(.*?)</", text, re.S):
                self.assertNotRegex(own, r"url\(|@import|https?:|expression|fetch|eval|innerHTML")
            for tag, attributes, _ in outline.elements:
                self.assertNotIn(tag, {"link", "img", "iframe", "object", "embed", "base",
                                       "form", "audio", "video", "source", "use", "image"})
                for name, value in attributes.items():
                    self.assertFalse(name.startswith("on") or name in {"src", "style", "srcset"})
                    self.assertTrue(name != "href" or value.startswith("#"), value)

    def test_refers_to_what_is_there(self):
        for _, outline in self.each():
            ids = [a["id"] for _, a, _ in outline.elements if "id" in a]
            self.assertEqual(len(ids), len(set(ids)))
            for _, attributes, _ in outline.elements:
                referred = attributes.get("aria-labelledby", "").split()
                referred += [attributes["href"][1:]] if "href" in attributes else []
                self.assertLessEqual(set(referred), set(ids))

    def test_can_be_found_ones_way_in_without_seeing_it(self):
        for _, outline in self.each():
            headings = [int(tag[1]) for tag, _, _ in outline.elements
                        if re.fullmatch("h[1-6]", tag)]
            self.assertEqual(headings.count(1), 1)
            self.assertEqual(headings[0], 1)
            for before, after in zip(headings, headings[1:]):
                self.assertLessEqual(after, before + 1)
            self.assertEqual(len(outline.all("table")), len(outline.all("caption")))
            for header in outline.all("th"):
                self.assertIn(header["scope"], {"row", "col"})
            for drawing in outline.all("svg"):
                self.assertTrue(drawing.get("role") == "img" or drawing["aria-hidden"] == "true")
            for attributes in outline.all("div"):
                if attributes.get("class") == "scroll":
                    self.assertEqual(attributes["tabindex"], "0")
                    self.assertTrue(attributes["aria-label"])

    def test_has_colours_that_can_be_told_apart(self):
        style = re.search("<style>(.*?)</style>", self.pages["passing"], re.S).group(1)
        schemes = re.findall(r":root \{([^}]*--paper[^}]*--pass:[^}]*)\}", style)
        self.assertEqual(len(schemes), 2)
        for scheme in schemes:
            colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", scheme))
            for text in ("ink", "soft", "pass", "fail", "unresolved", "unsupported", "untested",
                         "observed", "accent"):
                for ground in ("paper", "card", "code"):
                    self.assertGreaterEqual(contrast(colours[text], colours[ground]), 4.5,
                                            f"{text} on {ground}")
            for text in ("ink", "soft", "fail", "pass"):
                self.assertGreaterEqual(contrast(colours[text], colours["mark"]), 4.5, text)
        for ground in re.findall(r"\.verdict[.a-z]* \{[^}]*background: (#[0-9a-f]{6})", style):
            self.assertGreaterEqual(contrast("#ffffff", ground), 7)


class Command(unittest.TestCase):
    """The results of the command line."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.record = TESTDATA / "passing.json"

    def file(self, name):
        return pathlib.Path(self.folder.name) / name

    def refuses(self, beginning, *arguments):
        done = report(*arguments)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertEqual(done.stdout, b"")
        lines = done.stderr.decode().splitlines()
        self.assertEqual(len(lines), 1, lines)
        self.assertTrue(lines[0].startswith(f"shmspec: {beginning}"), lines[0])

    def test_gives_the_same_bytes_again(self):
        self.assertEqual(report(self.record).stdout, report(self.record).stdout)

    def test_reads_standard_input(self):
        piped = subprocess.run([PROGRAM, "report", "-"], input=self.record.read_bytes(),
                               capture_output=True, check=False)
        self.assertEqual(piped.returncode, 0, piped.stderr)

    def test_replaces_a_file_only_when_told_to(self):
        page = self.file("page.html")
        page.write_text("mine")
        self.refuses(f"{page}: exists already", self.record, "--output", page)
        self.assertEqual(page.read_text(), "mine")
        self.assertEqual(report(self.record, "--output", page, "--force").returncode, 0)
        self.assertEqual(page.read_bytes(), report(self.record).stdout)
        self.assertEqual([path.name for path in page.parent.iterdir()], ["page.html"])

    def test_leaves_nothing_when_a_record_is_bad(self):
        page = self.file("page.html")
        self.refuses(f"{page}: ", self.file("page.html"), "--output", page)
        self.assertFalse(page.exists())

    def test_says_where_a_record_breaks_off(self):
        cut = self.file("cut.json")
        cut.write_bytes(self.record.read_bytes()[:300])
        line, column = 1 + cut.read_text().count("\n"), 1 + len(cut.read_text().split("\n")[-1])
        self.refuses(f"{cut}:{line}:{column}: ", cut)

    def test_refuses_every_beginning_of_a_record(self):
        whole = self.record.read_bytes().rstrip()
        cut = self.file("cut.json")
        for size in range(0, len(whole), 97):
            cut.write_bytes(whole[:size])
            self.refuses(f"{cut}:", cut)

    def test_refuses_a_newer_record(self):
        newer = self.file("newer.json")
        newer.write_text(self.record.read_text().replace("shmspec-result/1", "shmspec-result/9"))
        self.refuses(f"{newer}: is of format \"shmspec-result/9\"", newer)

    def test_refuses_a_record_that_contradicts_itself(self):
        other = self.file("other.json")
        other.write_text(self.record.read_text().replace('"conformant": "yes"',
                                                         '"conformant": "no"'))
        self.refuses(f"{other}: contradicts itself: ", other)

    def test_refuses_what_is_no_file(self):
        self.refuses(f"{self.file('none')}: cannot be read", self.file("none"))
        self.refuses(f"{self.folder.name}: is a folder", self.folder.name)
        self.refuses("", self.record, "--format", "papyrus")


class Diff(unittest.TestCase):
    """The output of shmspec diff."""

    def diff(self, before, after):
        return subprocess.run([PROGRAM, "diff", TESTDATA / before, TESTDATA / after],
                              capture_output=True, text=True, check=False)

    def test_finds_nothing_between_a_record_and_itself(self):
        done = self.diff("failing.json", "failing.json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, "every requirement and every case has the same result\n")

    def test_says_what_came_to_something_else(self):
        done = self.diff("passing.json", "failing.json")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("  target: libc before, faulty:attach_leaves_atime after\n", done.stdout)
        self.assertIn(": PASS before, FAIL after", done.stdout)
        self.assertIn(": not there before, UNRESOLVED after\n    took longer", done.stdout)
        self.assertNotIn("COMPAT.ATTACH_TOO_BIG", done.stdout)

    def test_names_the_versions_of_a_library(self):
        record = json.loads((TESTDATA / "passing.json").read_text())
        with tempfile.TemporaryDirectory() as folder:
            for version in ("1.74.0", "1.81.0"):
                record["subject"]["library"] = {
                    "name": "Boost.Interprocess", "version": version, "build_id": "0a" + version[2:4]}
                pathlib.Path(folder, version).write_text(json.dumps(record))
            done = self.diff(pathlib.Path(folder, "1.74.0"), pathlib.Path(folder, "1.81.0"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, "Circumstances\n"
                         "  library: Boost.Interprocess 1.74.0 before, Boost.Interprocess 1.81.0 after\n"
                         "  library build id: 0a74 before, 0a81 after\n"
                         "every requirement and every case has the same result\n")


unittest.main(argv=sys.argv[:1], verbosity=1)
