# SPDX-License-Identifier: Apache-2.0 OR MIT
"""A Chromium without a window, for tests of pages.

    browser = Browser(folder)
    browser.show(page, width=320, scheme="dark")

Exit code 77 (skipped, for CTest) when Chromium or what drives it is not installed.
"""

import base64
import os
import shutil
import sys

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")

try:
    from selenium import webdriver
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.chrome.service import Service
except ImportError:
    print("python3-selenium is not installed; ./harness/start test installs it")
    sys.exit(77)
if not CHROMIUM or not DRIVER:
    print("chromium or chromium-driver is not installed; ./harness/start test installs them")
    sys.exit(77)


class Browser:
    """A Chromium without a window, at the size and in the scheme that is asked for."""

    def __init__(self, place):
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                         "--disable-dev-shm-usage", f"--user-data-dir={place}/profile"):
            options.add_argument(argument)
        # Chromium and its driver leave their files in `place`, which goes with the tests.
        environment = {**os.environ, "TMPDIR": str(place), "HOME": str(place)}
        try:
            self.driver = webdriver.Chrome(service=Service(DRIVER, env=environment),
                                           options=options)
        except WebDriverException as refused:
            sys.exit(f"{DRIVER} cannot start {CHROMIUM}, or is not reached at localhost: "
                     f"{refused.msg}")
        self.do("Emulation.setFocusEmulationEnabled", enabled=True)

    def do(self, command, **arguments):
        return self.driver.execute_cdp_cmd(command, arguments)

    def run(self, script, *arguments):
        """The value of a script; the policy of the page does not hold for it."""
        return self.driver.execute_script(script, *arguments)

    def show(self, page, width=1440, height=900, scheme="light", media="", script=True):
        self.do("Emulation.setScriptExecutionDisabled", value=not script)
        self.do("Emulation.setDeviceMetricsOverride", width=width, height=height,
                deviceScaleFactor=1, mobile=False)
        self.do("Emulation.setEmulatedMedia", media=media,
                features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.driver.get("about:blank")  # else a page of the same name would not be loaded again
        self.driver.get_log("performance")
        self.driver.get_log("browser")
        self.driver.get(page.as_uri())

    def press(self, key):
        self.driver.switch_to.active_element.send_keys(key)

    def picture(self, file, width):
        height = min(self.do("Page.getLayoutMetrics")["cssContentSize"]["height"], 12000)
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        shot = self.do("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        file.write_bytes(base64.b64decode(shot["data"]))
