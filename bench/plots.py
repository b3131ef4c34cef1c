#!/usr/bin/env python3
"""Draws what scripts/bench measured as SVG: plots.py bench-results.json FOLDER

ratios.svg   how many times as fast as each peer, measured in turn with it
targets.svg  how many times as good as its target each bench is
c2m.svg      placements a second over the two million instances
"""

import json
import math
import sys
from html import escape
from pathlib import Path

WIDTH, LABEL_WIDTH, ROW_HEIGHT = 820, 300, 26
#: The run of Nomad in 2020: 2,000,000 containers in 22 min 14 s.
HASHICORP_PER_S = 2_000_000 / (22 * 60 + 14)
#: What is fast or slow is said in words beside the bar too: nobody has to tell colours apart.
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2933 }
  .title { font-weight: 600; font-size: 15px } .note { fill: #52606d; font-size: 12px }
  .good { fill: #2f7f5f } .bad { fill: #b7562f } .line { stroke: #9aa5b1; stroke-width: 1 }
  .goal { stroke: #52606d; stroke-width: 1.5; stroke-dasharray: 5 4 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e4e7eb } .note { fill: #9aa5b1 } .good { fill: #57b894 } .bad { fill: #e08a62 } .line { stroke: #52606d }
    .goal { stroke: #cbd2d9 }
  }"""


def number(value):
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def document(title, description, height, parts, note):
    """An image by itself: no script, no font or picture from elsewhere, light and dark, with its text for screen readers."""
    body = "\n".join(parts)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height + 40}" role="img" aria-labelledby="t d">\n'
            f'<title id="t">{escape(title)}</title>\n<desc id="d">{escape(description)}</desc>\n<style>{STYLE}\n</style>\n'
            f'<text class="title" x="12" y="24">{escape(title)}</text>\n{body}\n'
            f'<text class="note" x="12" y="{height + 26}">{escape(note)}</text>\n</svg>\n')


def bars(title, rows, note):
    """Rows of (label, ratio, words): bars on a logarithmic scale that begin at 1, to the right where better."""
    if not rows:
        return None
    exponents = [math.log10(ratio) for _, ratio, _ in rows]
    least, most = min(0.0, *exponents), max(0.3, *exponents)
    room = WIDTH - LABEL_WIDTH - 190
    place = lambda exponent: LABEL_WIDTH + room * (exponent - least) / (most - least)
    one, height = place(0), 44 + ROW_HEIGHT * len(rows)
    parts = [f'<line class="goal" x1="{one:.1f}" y1="36" x2="{one:.1f}" y2="{height}"/>']
    for index, ((label, ratio, words), exponent) in enumerate(zip(rows, exponents)):
        y = 42 + ROW_HEIGHT * index
        left, right = sorted((one, place(exponent)))
        parts.append(f'<text x="{LABEL_WIDTH - 10}" y="{y + 15}" text-anchor="end">{escape(label)}</text>')
        parts.append(f'<rect class="{"good" if ratio >= 1 else "bad"}" x="{left:.1f}" y="{y + 2}" '
                     f'width="{max(right - left, 1.5):.1f}" height="{ROW_HEIGHT - 8}"/>')
        parts.append(f'<text x="{max(right, one) + 8:.1f}" y="{y + 15}">{escape(words)}</text>')
    description = "; ".join(f"{label}: {words}" for label, _, words in rows)
    return document(title, description, height, parts, note)


def ratios(results, note):
    rows = [(f"{result['bench']} / {result['peer']}", result["ratio"], f"{result['ratio']:g} × {number(result['peer_measured'])} {result['unit']}")
            for result in results if result.get("ratio") and result.get("peer")]
    return bars("Orrery beside its peers: how many times as fast (logarithmic)", sorted(rows, key=lambda row: -row[1]), note)


def targets(results, note):
    rows = []
    for result in results:
        if not result.get("target") or not result["measured"]:
            continue
        goal, value = result["target"], result["measured"]
        better = goal / value if result["unit"] in ("s", "ms") else value / goal
        rows.append((result["bench"], better, f"{number(value)} {result['unit']} of {number(goal)}"))
    return bars("Measured against target: how many times as good (logarithmic)", rows, note)


def over_time(result, note):
    """Columns of equal parts, first to last."""
    series, height, top = result["series"], 310, 70
    highest = max(*series, result.get("target") or 0) * 1.1
    left, right, bottom = 80, WIDTH - 20, height - 34
    level = lambda value: bottom - (bottom - top) * value / highest
    step = (right - left) / len(series)
    parts = [f'<line class="line" x1="{left}" y1="{bottom}" x2="{right}" y2="{bottom}"/>']
    for index, value in enumerate(series):
        x = left + step * index
        parts.append(f'<rect class="good" x="{x + 4:.1f}" y="{level(value):.1f}" width="{step - 8:.1f}" '
                     f'height="{bottom - level(value):.1f}"/>')
        parts.append(f'<text x="{x + step / 2:.1f}" y="{level(value) - 6:.1f}" text-anchor="middle">{number(value)}</text>')
        parts.append(f'<text class="note" x="{x + step / 2:.1f}" y="{bottom + 18}" text-anchor="middle">{index + 1}/{len(series)}</text>')
    goals = [(result.get("target"), "the target"), (HASHICORP_PER_S, "what Nomad's run of 2020 comes to, 22 min 14 s on real machines")]
    for value, _ in goals:
        if value:
            parts.append(f'<line class="goal" x1="{left}" y1="{level(value):.1f}" x2="{right}" y2="{level(value):.1f}"/>')
            parts.append(f'<text class="note" x="{left - 6}" y="{level(value) + 4:.1f}" text-anchor="end">{number(value)}/s</text>')
    legend = "; ".join(f"{number(value)}/s: {words}" for value, words in goals if value)
    parts.append(f'<text class="note" x="12" y="43">Dashed: {escape(legend)}</text>')
    title = "C2M: placements a second, by tenths of two million instances on 6,100 nodes"
    description = ", ".join(f"{number(value)}/s" for value in series) + f"; in {number(result.get('seconds', 0))} seconds"
    return document(title, description, height, parts, note)


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    saved, folder = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    machine = saved["machine"]
    note = f"{machine['cores']} cores of {machine['cpu']}, Linux {machine['kernel']}, commit {saved['commit']}"
    plots = {"ratios": ratios(saved["results"], note), "targets": targets(saved["results"], note)}
    for result in saved["results"]:
        if result["bench"] == "c2m" and result.get("series"):
            plots["c2m"] = over_time(result, note)
    for name, plot in plots.items():
        if plot:
            (folder / f"{name}.svg").write_text(plot)
            print(folder / f"{name}.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
