# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Looks at pages in Chromium: how they are laid out, with which keys one gets through them, what they
may load and run, what they are without a script, and what axe-core says of them.

    python3 browser_test.py SHMSPEC TESTDATA [NODE_MODULES [SCREENSHOTS]]

Exit code 77 (skipped, for CTest) when Chromium or what drives it is not installed. Without axe-core
in NODE_MODULES the tests that need it are skipped. With SCREENSHOTS, a folder, a picture of every
page at every width and in both colour schemes is put there.
"""

import base64
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True  # nothing is left beside the sources
from browser import Browser  # ends the tests where there is none
from selenium.webdriver.common.keys import Keys

PROGRAM, TESTDATA = sys.argv[1], pathlib.Path(sys.argv[2])
AXE = pathlib.Path(sys.argv[3] if len(sys.argv) > 3 else ".") / "axe-core" / "axe.min.js"
SCREENSHOTS = pathlib.Path(sys.argv[4]) if len(sys.argv) > 4 else None

PAGES = {"passing": ["passing"], "failing": ["failing"], "hostile": ["hostile"],
         "ordering": ["ordering"],
         "both": ["passing", "failing"], "many": ["passing", "failing"] * 3,
         "since": ["failing", "--since", "passing"]}
WIDTHS = (320, 768, 1440)  # CSS pixels; WCAG 2.2, 1.4.10 asks for 320
SCHEMES = ("light", "dark")


# The browser does not lay out parts off the screen, which is fast, and hides mistakes.
LAY_OUT_ALL = """document.querySelectorAll(".card, [data-holds]").forEach(
    (element) => { element.style.contentVisibility = "visible"; })"""
OPEN_ALL = "document.querySelectorAll('details').forEach((details) => { details.open = true; })"

# Elements that stick out of the page to the right, or out of what holds them and is not scrolled.
STICKING_OUT = """
const width = document.documentElement.clientWidth;
return [...document.querySelectorAll("body *")].filter((element) => {
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.right > width + 1 && !element.matches(".skip") &&
      !element.parentElement.closest(".scroll, pre");
}).map((element) => element.tagName + "." + element.getAttribute("class") + ": " +
       element.textContent.slice(0, 60)).slice(0, 5);
"""

FOCUSED = """
const element = document.activeElement, box = element.getBoundingClientRect();
const style = getComputedStyle(element);
return {tag: element.tagName, text: (element.textContent || element.id).trim().slice(0, 60),
        outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth};
"""

SHOWN = """
const shown = (selector) => [...document.querySelectorAll(selector)].filter(
    (element) => element.checkVisibility()).map((element) => element.querySelector("code").textContent);
return {rows: shown(".matrix tbody tr"), cards: shown(".card")};
"""


class Place:
    """What all tests share: one browser, and the pages it opens."""
    folder = browser = None
    pages = {}


def setUpModule():
    folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    unittest.addModuleCleanup(folder.cleanup)
    Place.folder = pathlib.Path(folder.name)
    for name, records in PAGES.items():
        page = Place.folder / f"{name}.html"
        subprocess.run([PROGRAM, "report", "--output", page,
                        *[record if record.startswith("--") else TESTDATA / f"{record}.json"
                          for record in records]], check=True)
        Place.pages[name] = page
    Place.browser = Browser(Place.folder)
    unittest.addModuleCleanup(Place.browser.driver.quit)


class InChromium(unittest.TestCase):
    def setUp(self):
        self.folder, self.browser, self.pages = Place.folder, Place.browser, Place.pages

    def at_every_look(self, check, looks=None):
        """check(name, width, scheme) on every page at every width, or in these looks."""
        for name, page in self.pages.items():
            for width, scheme in looks or [(width, "light") for width in WIDTHS]:
                with self.subTest(page=name, width=width, scheme=scheme):
                    self.browser.show(page, width=width, scheme=scheme)
                    self.browser.run(LAY_OUT_ALL)
                    check(name, width, scheme)


class Layout(InChromium):
    def test_nothing_sticks_out_at_any_width(self):
        def check(_, width, __):
            for script in ("", OPEN_ALL):
                self.browser.run(script)
                self.assertEqual(self.browser.run(STICKING_OUT), [])
                self.assertLessEqual(
                    self.browser.run("return document.documentElement.scrollWidth"), width)
        self.at_every_look(check)

    def test_the_verdict_is_the_largest_text_and_in_sight_at_once(self):
        def check(name, width, _):
            if name == "many":
                return  # has a line for each verdict
            size, largest, bottom = self.browser.run("""
                const size = (element) => parseFloat(getComputedStyle(element).fontSize);
                const verdict = document.querySelector(".verdict h1, .verdict h2");
                return [size(verdict), Math.max(...[...document.querySelectorAll("body *")].map(size)),
                        verdict.getBoundingClientRect().bottom];""")
            if name != "both":
                self.assertEqual(size, largest)
                self.assertGreaterEqual(size, 40 if width == 320 else 60)
            self.assertLess(bottom, 900)
        self.at_every_look(check)

    def test_both_schemes_are_what_they_are_called(self):
        def check(name, width, scheme):
            if SCREENSHOTS:
                self.browser.picture(SCREENSHOTS / f"{name}-{width}-{scheme}.png", width)
            colour = self.browser.run("return getComputedStyle(document.body).backgroundColor")
            light = sum(int(part) for part in colour[4:-1].split(",")) > 382
            self.assertEqual(light, scheme == "light", colour)
        self.at_every_look(check, [(width, scheme) for width in WIDTHS for scheme in SCHEMES])

    def test_what_has_to_be_hit_is_large_enough(self):
        """WCAG 2.2, 2.5.8: 24 by 24 CSS pixels, except for links within sentences."""
        def check(*_):
            small = self.browser.run("""
                return [...document.querySelectorAll("nav a, summary, button, input, .filter label")]
                    .filter((element) => element.checkVisibility())
                    .filter((element) => !element.matches(".filter label input"))
                    .map((element) => [element, element.getBoundingClientRect()])
                    .filter(([, box]) => box.width < 24 || box.height < 24)
                    .map(([element, box]) => `${element.outerHTML.slice(0, 80)} ${box.height}`);""")
            self.assertEqual(small, [])
        self.at_every_look(check)

    def test_prints_every_line(self):
        for name, page in self.pages.items():
            self.browser.show(page, width=794, scheme="dark", media="print")
            with self.subTest(page=name):
                # A part that scrolls on a screen cannot scroll on paper.
                cut = self.browser.run("""return [...document.querySelectorAll(".scroll, pre")].filter(
                    (element) => element.checkVisibility() && getComputedStyle(element).overflowX !==
                    "visible").map((element) => element.outerHTML.slice(0, 80));""")
                self.assertEqual(cut, [])
                # Paper is white whatever the screen is, and nobody can unfold it.
                self.assertEqual(self.browser.run(
                    "return getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")
                self.assertEqual(self.browser.run("""return [...document.querySelectorAll(
                    "details:not([open]) > :not(summary)")].filter((element) =>
                    !element.checkVisibility({contentVisibilityAuto: true})).map(
                    (element) => element.outerHTML.slice(0, 80));"""), [])
                self.assertEqual(self.browser.run("""return [...document.querySelectorAll(
                    ".facts tbody th")].filter((element) => element.textContent.length < 60 &&
                    element.offsetHeight > 80).map((element) => element.textContent);"""), [], "letters below each other")
                pdf = base64.b64decode(self.browser.do("Page.printToPDF", paperWidth=8.27,
                                                       paperHeight=11.69)["data"])
                self.assertTrue(pdf.startswith(b"%PDF"))
                self.assertFalse(self.browser.run(
                    "return document.querySelector('nav').checkVisibility()"))


class Keyboard(InChromium):
    def test_the_first_key_offers_to_skip_what_is_on_every_page(self):
        self.browser.show(self.pages["failing"])
        self.browser.press(Keys.TAB)
        focused = self.browser.run(FOCUSED)
        self.assertEqual(focused["text"], "To the results")
        self.assertTrue(focused["seen"])
        self.browser.press(Keys.ENTER)
        self.browser.press(Keys.TAB)
        self.assertFalse(self.browser.run("return document.activeElement.closest('nav') !== null"))

    def test_every_stop_is_seen_and_none_is_a_trap(self):
        for name in ("failing", "both"):
            with self.subTest(page=name):
                self.browser.show(self.pages[name], width=768)
                stops = self.browser.run("""return [...document.querySelectorAll(
                    "a[href], summary, button, input, [tabindex='0']")].filter(
                    (element) => element.checkVisibility()).length;""")
                visited = 0
                for _ in range(stops + 30):
                    self.browser.press(Keys.TAB)
                    focused = self.browser.run(FOCUSED)
                    if focused["tag"] == "BODY":
                        break
                    visited += 1
                    self.assertTrue(focused["outlined"], focused)
                    self.assertTrue(focused["seen"], focused)
                    if visited > 1 and focused["text"] == "To the results":
                        visited -= 1
                        break
                self.assertGreaterEqual(visited, stops)
                self.assertLessEqual(visited, stops + 29)

    def test_a_chapter_opens_with_a_key(self):
        self.browser.show(self.pages["failing"])
        self.browser.run("document.querySelector('.chapter > summary').focus()")
        self.browser.press(Keys.ENTER)
        self.assertTrue(self.browser.run("return document.querySelector('.chapter').open"))
        self.assertTrue(self.browser.run("return document.querySelector('.matrix').checkVisibility()"))
        self.browser.press(Keys.SPACE)
        self.assertFalse(self.browser.run("return document.querySelector('.chapter').open"))


class Filter(InChromium):
    def look_for(self, text):
        self.browser.run("document.querySelector('#filter-words').focus()")
        self.browser.press(text)
        return self.shown()

    def only(self, *statuses):
        for status in statuses:
            self.browser.run("document.querySelector(`#filter input[value=${arguments[0]}]`).click()",
                             status)
        return self.shown()

    def shown(self):
        self.browser.driver.execute_async_script("requestAnimationFrame(() => "
                                                 "requestAnimationFrame(arguments[0]))")
        return self.browser.run(SHOWN)

    def everything(self):
        record = json.loads((TESTDATA / "failing.json").read_text())
        statuses = {"FAIL", "UNRESOLVED"}
        return (set(record["requirements"]),
                {test["id"] for test in record["tests"] if test["status"] in statuses}, record)

    def setUp(self):
        super().setUp()
        self.browser.show(self.pages["failing"])

    def test_words_leave_what_has_all_of_them(self):
        rows, cards, record = self.everything()
        shown = self.look_for("SHMAT suCCessful")
        wanted = [name for name in sorted(rows) if all(
            word in f"{name} {record['requirements'][name]['statement']}".lower()
            for word in ("shmat", "successful"))]
        self.assertEqual(sorted(shown["rows"]), wanted)
        self.assertLess(len(wanted), len(rows))
        self.assertTrue(wanted)
        said = self.browser.run("return document.querySelector('#filter [role=status]').textContent")
        self.assertEqual(said, f"{len(wanted)} of {len(rows)} requirements and "
                         f"{len(shown['cards'])} of {len(cards)} failures are shown")

    def test_statuses_leave_what_has_one_of_them(self):
        rows, _, record = self.everything()
        shown = self.only("fail", "unsupported")
        self.assertEqual(sorted(shown["rows"]), sorted(
            name for name in rows
            if record["requirements"][name]["status"] in ("FAIL", "UNSUPPORTED")))
        self.assertEqual(sorted(shown["cards"]), sorted(
            test["id"] for test in record["tests"] if test["status"] == "FAIL"))

    def test_what_was_opened_to_be_found_is_closed_again(self):
        self.look_for("shmat")
        self.assertTrue(self.browser.run("return document.querySelector('.chapter[open]') !== null"))
        self.browser.press(Keys.ESCAPE)
        self.shown()
        self.assertEqual(self.browser.run("return [document.querySelectorAll('.chapter[open]').length,"
                                          "document.querySelectorAll('main [hidden]').length]"), [0, 0])

    def test_a_link_leads_to_what_was_not_shown(self):
        self.look_for("nothing has these words")
        self.assertEqual(self.shown(), {"rows": [], "cards": []})
        self.browser.run("location.hash = 'card-2'")
        self.shown()
        self.assertTrue(self.browser.run("return document.querySelector('#card-2').checkVisibility()"))


class Trust(InChromium):
    def test_loads_nothing_but_itself(self):
        for name, page in self.pages.items():
            with self.subTest(page=name):
                self.browser.show(page)
                self.browser.run(OPEN_ALL)
                events = [json.loads(entry["message"])["message"]
                          for entry in self.browser.driver.get_log("performance")]
                asked = {event["params"]["request"]["url"] for event in events
                         if event["method"] == "Network.requestWillBeSent"}
                self.assertEqual(asked - {"about:blank"}, {page.as_uri()})
                self.assertEqual(self.browser.driver.get_log("browser"), [])

    def test_refuses_what_is_not_its_own(self):
        """Each of these would act on a page without a policy; see that none does on this one."""
        intruders = {
            "script-src-elem": "<script>document.title = 'taken'</script>",
            "script-src-attr": "<b onclick=\"document.title = 'taken'\">x</b>",
            "style-src-elem": "<style>body { color: rgb(1, 2, 3); }</style>",
            "img-src": "<img src='https://example.org/x.png' alt=''>",
            "frame-src": "<iframe src='https://example.org/'></iframe>",
        }
        text = self.pages["failing"].read_text(encoding="utf-8")
        self.assertEqual(text.count("<main id=\"main\">"), 1)
        for directive, intruder in intruders.items():
            with self.subTest(directive=directive):
                page = self.folder / "intruded.html"
                page.write_text(text.replace("<main id=\"main\">", f"<main id=\"main\">{intruder}"),
                                encoding="utf-8")
                self.browser.show(page)
                self.browser.run("const b = document.querySelector('b[onclick]'); if (b) b.click();")
                self.assertNotEqual(self.browser.driver.title, "taken")
                said = " ".join(entry["message"] for entry in self.browser.driver.get_log("browser"))
                self.assertIn("Content Security Policy", said)
                self.assertNotEqual(
                    self.browser.run("return getComputedStyle(document.body).color"), "rgb(1, 2, 3)")

    def test_says_everything_without_a_script(self):
        for name, page in self.pages.items():
            with self.subTest(page=name):
                texts = []
                for script in (True, False):
                    self.browser.show(page, script=script)
                    # Chapters off the screen have no text before the browser lays them out.
                    root = self.browser.do("Runtime.evaluate", expression="""
                        document.querySelectorAll("details").forEach((one) => { one.open = true; });
                        document.querySelectorAll("*").forEach(
                            (one) => { one.style.contentVisibility = "visible"; });
                        const filter = document.querySelector("#filter");
                        const shown = filter.checkVisibility();
                        filter.remove();
                        JSON.stringify([shown, document.body.innerText])""")
                    shown, text = json.loads(root["result"]["value"])
                    self.assertEqual(shown, script)
                    texts.append(text)
                self.assertEqual(texts[0], texts[1])
                self.assertGreater(len(texts[1]), 1000)


@unittest.skipUnless(AXE.exists(), "axe-core is not installed; ./harness/start test installs it")
class Accessible(InChromium):
    def test_axe_finds_no_violation(self):
        axe = AXE.read_text(encoding="utf-8")

        def check(*_):
            self.browser.run(OPEN_ALL)
            self.browser.run(axe)
            found = self.browser.driver.execute_async_script("""
                const done = arguments[arguments.length - 1];
                axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
                                             "best-practice"]})
                    .then((result) => done({passes: result.passes.length, violations:
                        result.violations.map((one) => [one.id, one.help,
                            one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200))])}));""")
            self.assertEqual(found["violations"], [])
            self.assertGreater(found["passes"], 20)
        # No colour depends on the width, and nothing but colours on the scheme.
        self.at_every_look(check, [*((width, "light") for width in WIDTHS), (768, "dark")])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
