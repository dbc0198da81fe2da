# SPDX-License-Identifier: Apache-2.0
"""bench.svg: each comparison's ratio to its limit as a bar, with the spread of its rounds."""
import html

COLOURS = {"engine": "#2a6f97", "log": "#468faf", "check": "#89c2d9", "log+check": "#014f86", "trace": "#9a8c98",
           "raw": "#b7b7a4"}
LEFT, WIDTH, BAR, GAP, TOP = 190, 640, 14, 10, 64


def _rows(report):
    for name, item in report["parts"].get("overhead", {}).items():
        for kind, k in item["kinds"].items():
            if kind != item["base"]:
                yield name, kind, k
    for nr, item in report["parts"].get("scaling", {}).items():
        same = item["ratio"]
        yield nr + " cards", "engine", {"ratio": same, "ratio_of_rounds": {"min": same, "max": same, "median": same}}


def write(report, path):
    body, y, last = [], TOP, None
    for name, kind, k in _rows(report):
        if last not in (None, name):
            y += GAP
        if last != name:
            body.append('<text x="8" y="%d" class="n">%s</text>' % (y + BAR - 3, html.escape(name)))
        last = name
        length = min(k["ratio"], 1.2) / 1.2 * WIDTH
        low, high = (min(k["ratio_of_rounds"][e], 1.2) / 1.2 * WIDTH + LEFT for e in ("min", "max"))
        body.append('<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>' % (
            LEFT, y, length, BAR - 2, COLOURS.get(kind, "#777")))
        body.append('<path d="M%.1f %d H%.1f" stroke="#333"/>' % (low, y + BAR // 2 - 1, high))
        body.append('<text x="%d" y="%d" class="k">%s</text>' % (LEFT - 62, y + BAR - 3, html.escape(kind)))
        body.append('<text x="%d" y="%d" class="v">%.3f</text>' % (LEFT + WIDTH + 8, y + BAR - 3, k["ratio"]))
        y += BAR
    limit = LEFT + WIDTH / 1.2
    title = "Simulated cycles per second, relative to the limit (1.0: nothing beside the model)"
    foot = "%s, commit %s, %s, load %.1f" % (report["date"], report["commit"] or "?", report["machine"]["processor"],
                                             report["machine"]["disturbance"]["load_average_before"])
    with open(path, "w", encoding="utf-8") as f:
        f.write('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="11">\n'
                '<style>.n{font-weight:bold}.k,.v{fill:#444}</style>\n<rect width="100%%" height="100%%" fill="#fff"/>\n'
                '<text x="8" y="20" font-size="15">%s</text>\n<text x="8" y="40" class="k">%s</text>\n%s\n'
                '<path d="M%.1f %d V%d" stroke="#c00" stroke-dasharray="4 3"/>\n</svg>\n' % (
                    LEFT + WIDTH + 70, y + 20, title, html.escape(foot), "\n".join(body), limit, TOP - 6, y + 4))
