"""Chromium without a window, driven over the pipe of its debugging protocol: no port, no library. One page at a time."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time

PATIENCE_S = 60


def chromium():
    """Its path, or None where it isn't installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Browser:
    def __init__(self, binary):
        self._profile = tempfile.TemporaryDirectory(prefix="orrery-browser-", ignore_cleanup_errors=True)
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()

        def use_pipes():
            # The protocol's pipes are descriptors 3 and 4. First out of the way: one of the two may be a 3 or 4 itself.
            spare_in, spare_out = os.dup(to_browser), os.dup(from_browser)
            high_in, high_out = 100, 101
            os.dup2(spare_in, high_in)
            os.dup2(spare_out, high_out)
            os.dup2(high_in, 3)
            os.dup2(high_out, 4)

        self._process = subprocess.Popen(
            [binary, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage",
             "--no-first-run", "--remote-debugging-pipe", f"--user-data-dir={self._profile.name}", "about:blank"],
            close_fds=False, preexec_fn=use_pipes, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self._pending = b""
        self._number = 0
        self.events = []
        target = self._call("Target.createTarget", {"url": "about:blank"})["targetId"]
        self._session = None
        self._session = self._call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Audits"):
            self.call(f"{domain}.enable")

    def close(self):
        try:
            self._session = None
            self._call("Browser.close")
            self._process.wait(PATIENCE_S)
        except (OSError, TimeoutError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        os.close(self._write)
        os.close(self._read)
        self._profile.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def call(self, method, **parameters):
        return self._call(method, parameters)

    def open(self, url, width, height=900, dark=False, media=""):
        """Shows the page in a window of this size. `events` then holds what the browser said meanwhile."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", media=media,
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.events = []
        self.call("Page.navigate", url=url)
        self._wait_for("Page.loadEventFired")

    def evaluate(self, expression):
        """What a piece of JavaScript says about the page; the page's own policy doesn't apply to us."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise AssertionError(f"{answer['exceptionDetails']} in {expression}")
        return answer["result"].get("value")

    def screenshot(self, whole_page=True):
        return base64.b64decode(self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole_page)["data"])

    def print_to_pdf(self):
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"])

    def _call(self, method, parameters=None):
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters or {}}
        if getattr(self, "_session", None):
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE_S
        while True:
            answer = self._next(deadline)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return answer["result"]

    def _wait_for(self, event):
        deadline = time.monotonic() + PATIENCE_S
        while not any(seen["method"] == event for seen in self.events):
            self._next(deadline)

    def _next(self, deadline):
        while b"\0" not in self._pending:
            if time.monotonic() > deadline:
                raise TimeoutError("the browser doesn't answer")
            piece = os.read(self._read, 1 << 20)
            if not piece:
                raise OSError("the browser has gone")
            self._pending += piece
        message, self._pending = self._pending.split(b"\0", 1)
        decoded = json.loads(message)
        if "method" in decoded:
            self.events.append(decoded)
        return decoded
