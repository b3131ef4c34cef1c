#!/usr/bin/env python3
"""Looks at reports as people do: in Chromium, on a phone and on a screen, light, dark and printed.

report_process.py --binary TEST_SIM [--pages FOLDER] [--screenshots FOLDER]

The pages are written by the binary's hidden case [.report-pages], or lie in a folder. Skips (77) without Chromium."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
from browser import Browser, chromium  # noqa: E402

SKIPPED = 77
PHONE, SCREEN = 375, 1280

#: Everything that is wrong with the page as it is shown, as a list of sentences.
INSPECTION = """(width => {
  const wrong = [];
  const root = document.documentElement;
  if (root.scrollWidth > width) wrong.push(`the page is ${root.scrollWidth} wide in a window of ${width}`);
  const shown = element => element.getClientRects().length > 0;
  const colour = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const contrast = (a, b) => { const [low, high] = [light(a), light(b)].sort((x, y) => x - y); return (high + .05) / (low + .05); };
  const background = element => {
    for (let at = element; at; at = at.parentElement) {
      const c = colour(getComputedStyle(at).backgroundColor);
      if (c.length && (c.length < 4 || c[3] > 0)) return c;
    }
    return [255, 255, 255];
  };
  for (const text of document.querySelectorAll("h1, h2, h3, p, td, td strong, td small, th, dt, dd, summary, label, svg text")) {
    if (!shown(text) || !text.textContent.trim()) continue;
    const style = getComputedStyle(text);
    const ratio = contrast(colour(text.closest("svg") ? style.fill : style.color), background(text));
    if (ratio < 4.5) wrong.push(`"${text.textContent.slice(0, 30)}" has a contrast of ${ratio.toFixed(1)}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
  if (new Set(ids).size != ids.length) wrong.push("an id is there twice");
  for (const [i, svg] of [...document.querySelectorAll("svg")].entries()) {
    const title = svg.querySelector("title"), name = `chart ${i + 1} (${title && title.textContent})`;
    if (!title || !title.textContent || !svg.querySelector("desc")?.textContent) wrong.push(`${name} has no title or description`);
    for (const id of (svg.getAttribute("aria-labelledby") || "").split(" "))
      if (!document.getElementById(id)) wrong.push(`${name} is labelled by nothing`);
    if (!shown(svg)) continue;
    const [, , right, bottom] = svg.getAttribute("viewBox").split(" ").map(Number);
    const letters = parseFloat(getComputedStyle(svg).fontSize) * svg.clientWidth / right;
    if (letters < 9) wrong.push(`${name} has letters of ${letters.toFixed(1)} px`);
    if (!svg.querySelector("path, rect, circle")) wrong.push(`${name} shows nothing`);
    for (const path of svg.querySelectorAll("path"))
      if (!path.getTotalLength()) wrong.push(`${name} has an empty path`);
    const rows = {};
    for (const text of svg.querySelectorAll("text")) {
      if (!shown(text)) continue;
      const box = text.getBBox();
      if (box.x < -1.5 || box.x + box.width > right + 1.5 || box.y < -2 || box.y + box.height > bottom + 2)
        wrong.push(`${name}: "${text.textContent}" stands out at ${box.x.toFixed()}, ${box.y.toFixed()}, ${box.width.toFixed()} wide`);
      (rows[text.getAttribute("y")] ||= []).push(box);
    }
    for (const boxes of Object.values(rows)) {
      boxes.sort((a, b) => a.x - b.x);
      if (boxes.some((box, j) => j > 0 && boxes[j - 1].x + boxes[j - 1].width > box.x)) wrong.push(`${name} has labels over each other`);
    }
  }
  return wrong;
})"""


def complaints(browser):
    """What the browser itself has to say: errors, refused styles, anything asked for over the network."""
    for event in browser.events:
        method, said = event["method"], event.get("params", {})
        if method == "Runtime.exceptionThrown":
            yield f"a script failed: {said}"
        elif method == "Log.entryAdded" and said["entry"]["level"] in ("error", "warning"):
            yield f"the browser says {said['entry']['text']}"
        elif method == "Audits.issueAdded":
            yield f"the browser finds {said['issue']}"
        elif method == "Network.requestWillBeSent" and said["type"] != "Document":
            yield f"it asks for {said['request']['url'][:100]}"
        elif method == "Page.javascriptDialogOpening":
            yield f"a dialog opens: {said}"


def look(browser, page, screenshots):
    """Yields what is wrong with a page in each of its views."""
    for name, width, dark in (("phone", PHONE, False), ("phone-dark", PHONE, True), ("screen", SCREEN, False),
                              ("screen-dark", SCREEN, True)):
        browser.open(page.as_uri(), width, dark=dark)
        for wrong in [*browser.evaluate(f"{INSPECTION}({width})"), *complaints(browser)]:
            yield f"{page.name}, {name}: {wrong}"
        shot = browser.screenshot()
        if len(shot) < 10_000:
            yield f"{page.name}, {name}: there is nothing to see"
        if screenshots:
            (screenshots / f"{page.stem}-{name}.png").write_bytes(shot)
        # With all tables unfolded nothing may stand out either.
        browser.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
        for wrong in browser.evaluate(f"{INSPECTION}({width})"):
            yield f"{page.name}, {name}, unfolded: {wrong}"


def look_at_legend(browser, page):
    """A policy that is unchecked disappears from every chart, without any script of the page's own."""
    browser.open(page.as_uri(), SCREEN)
    visible = "[...document.querySelectorAll('svg .s0')].filter(e => e.getClientRects().length).length"
    if browser.evaluate("document.scripts.length") != 0:
        yield f"{page.name} has a script"
    before = browser.evaluate(visible)
    browser.evaluate("document.getElementById('show-0').click()")
    after = browser.evaluate(visible)
    if before == 0 or after != 0:
        yield f"{page.name}: of {before} marks of the first policy {after} are left when it is unchecked"


def look_at_print(browser, page):
    browser.open(page.as_uri(), SCREEN, media="print")
    if browser.evaluate(f"document.documentElement.scrollWidth > {SCREEN}"):
        yield f"{page.name} is too wide for paper"
    if browser.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)":
        yield f"{page.name} is not white on paper"
    if not browser.print_to_pdf().startswith(b"%PDF"):
        yield f"{page.name} can't be printed"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", type=Path)
    parser.add_argument("--pages", type=Path)
    parser.add_argument("--screenshots", type=Path)
    arguments = parser.parse_args()
    binary = chromium()
    if binary is None:
        print("skipped: there is no chromium (scripts/install-dependencies brings it)")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="orrery-report-") as scratch:
        pages = arguments.pages or Path(scratch)
        if arguments.pages is None:
            subprocess.run([arguments.binary, "[.report-pages]"], check=True, stdout=subprocess.DEVNULL,
                           env={**os.environ, "ORRERY_REPORT_FOLDER": scratch})
        if arguments.screenshots:
            arguments.screenshots.mkdir(parents=True, exist_ok=True)
        wrong = []
        with Browser(binary) as browser:
            for page in sorted(path.resolve() for path in pages.glob("*.html")):
                wrong += [*look(browser, page, arguments.screenshots), *look_at_legend(browser, page),
                          *look_at_print(browser, page)]
                print(f"looked at {page.name}, {page.stat().st_size:,} bytes")
    for sentence in wrong:
        print(f"WRONG {sentence}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
