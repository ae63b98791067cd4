"""The plot: two panels over the number of connections, as SVG without scripts that can be read on light and on dark."""

import math
from xml.sax.saxutils import escape

from figures import mean

COLOURS = ["#2f81f7", "#d29922", "#da3633", "#2da44e", "#a371f7", "#db61a2", "#1b9aaa", "#8b949e"]
WIDTH, PANEL, HEIGHT, LEFT, TOP = 900, 330, 260, 70, 40
STYLE = ("text{font:12px sans-serif;fill:#24292f}.grid{stroke:#8b949e;stroke-opacity:.35}"
         "@media(prefers-color-scheme:dark){text{fill:#e6edf3}}")


def step(highest):
    """The distance of grid lines: 1, 2 or 5 times a power of ten, at most six of them."""
    power = 10 ** math.floor(math.log10(highest / 6)) if highest > 0 else 1
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor * 6 >= highest)


def panel(x, title, series, counts, figure):
    lines = [f'<text x="{x}" y="{TOP - 18}">{escape(title)}</text>']
    distance = step(max((point[figure] for points in series.values() for point in points.values()), default=0) or 1)
    top = distance * 6
    across = {count: x + 20 + index * (PANEL - 40) / max(1, len(counts) - 1) for index, count in enumerate(counts)}

    def height(value):
        return TOP + HEIGHT * (1 - value / top)

    for mark in range(7):
        y = height(mark * distance)
        lines.append(f'<line class="grid" x1="{x}" x2="{x + PANEL}" y1="{y:.1f}" y2="{y:.1f}"/>')
        lines.append(f'<text x="{x - 6}" y="{y + 4:.1f}" text-anchor="end">{mark * distance:,g}</text>')
    for count in counts:
        lines.append(f'<text x="{across[count]:.1f}" y="{TOP + HEIGHT + 18}" text-anchor="middle">{count}</text>')
    lines.append(f'<text x="{x + PANEL / 2}" y="{TOP + HEIGHT + 36}" text-anchor="middle">connections</text>')
    for colour, points in zip(COLOURS, series.values()):
        path = " ".join(f"{across[count]:.1f},{height(points[count][figure]):.1f}" for count in counts if count in points)
        lines.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        lines += [f'<circle cx="{across[count]:.1f}" cy="{height(point[figure]):.1f}" r="3" fill="{colour}"/>'
                  for count, point in points.items()]
    return lines


def svg(results):
    drawn = {row: runs for row, runs in results.items() if row.gateway != "tokenless"}  # One number of connections is no line.
    series = {}
    for row, runs in drawn.items():
        f = mean(runs)
        series.setdefault(row.series, {})[row.connections] = {**f, "cpu": f["user"] + f["system"]}
    counts = sorted({row.connections for row in drawn})
    bottom = TOP + HEIGHT + 60
    height = bottom + 20 * math.ceil(len(series) / 2)
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
             'aria-label="Acknowledgements a second and CPU time a callback, by connections">', f"<style>{STYLE}</style>"]
    lines += panel(LEFT, "acknowledgements a second", series, counts, "rate")
    lines += panel(LEFT + PANEL + 110, "CPU microseconds a callback, user and system", series, counts, "cpu")
    for index, (colour, name) in enumerate(zip(COLOURS, series)):
        x, y = LEFT + (index % 2) * (PANEL + 110), bottom + 20 * (index // 2)
        lines.append(f'<line x1="{x}" x2="{x + 24}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="3"/>')
        lines.append(f'<text x="{x + 32}" y="{y + 4}">{escape(name)}</text>')
    return "\n".join(lines + ["</svg>", ""])
