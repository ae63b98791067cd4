"""What is measured: the rows, and their figures as a table in Markdown."""

import dataclasses
import statistics

GATEWAYS = {"ecommpay": "ecommpay", "tokenless": "ecommpay without card tokens", "basic": "eComCharge, Basic", "rsa": "eComCharge, RSA"}
ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
BUSY = 64  # connections that keep the writer busy


@dataclasses.dataclass(frozen=True)
class Row:
    engine: str
    gateway: str
    held: int  # callbacks in the file before
    connections: int

    @property
    def series(self):
        """The line of the plot that it belongs to."""
        held = f", {millions(self.held)}" if self.held else ""
        return f"{ENGINES[self.engine]}, {GATEWAYS[self.gateway]}{held}"

    def __str__(self):
        return f"{self.series}, {self.connections} connection{'s' * (self.connections > 1)}"


def millions(count):
    return f"{count // 1_000_000} million" if count and count % 1_000_000 == 0 else f"{count:,}"


def rows(files, connections, postgresql):
    """All of them. Only ecommpay meets files that hold something.

    For each file, also the empty one, there is one more row, of callbacks without card tokens, which write one large index less.
    """
    found = [Row("sqlite", "ecommpay", held, count) for held in files for count in connections]
    found += [Row("sqlite", "tokenless", held, BUSY) for held in files if BUSY in connections]
    found += [Row("sqlite", gateway, 0, count) for gateway in ("basic", "rsa") for count in connections]
    if postgresql:
        found += [Row("postgresql", gateway, 0, count) for gateway in GATEWAYS if gateway != "tokenless" for count in connections]
    return found


@dataclasses.dataclass
class Usage:
    """What the processes of a receiver, and of PostgreSQL, have used so far."""

    user: float = 0.0  # seconds
    system: float = 0.0
    written: int = 0  # bytes

    def __sub__(self, other):
        return Usage(self.user - other.user, self.system - other.system, self.written - other.written)


def figures(sent, usage, peak):
    """The figures of one run. `sent` is what the load generator tells, waits in microseconds; `peak` is in bytes."""
    count = max(1, sent["acknowledged"])
    return {"rate": sent["acknowledged"] / sent["seconds"], "p50": sent["p50"] / 1000, "p99": sent["p99"] / 1000,
            "p999": sent["p999"] / 1000, "user": usage.user * 1e6 / count, "system": usage.system * 1e6 / count,
            "written": usage.written / count, "peak": peak / (1 << 20)}


def mean(runs):
    """Each figure's mean over the runs of a row."""
    return {name: statistics.fmean(run[name] for run in runs) for name in runs[0]}


def table(results):
    """Markdown: a row each, in the order of `rows`."""
    lines = ["| engine, gateway, callbacks in the file | connections | acks/s | p50 ms | p99 ms | p99.9 ms | CPU µs: user | system "
             "| bytes written | peak MiB |",
             "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"]
    for row, runs in results.items():
        f = mean(runs)
        lines.append(f"| {row.series} | {row.connections} | {f['rate']:,.0f} | {f['p50']:.2f} | {f['p99']:.2f} | {f['p999']:.2f} "
                     f"| {f['user']:.0f} | {f['system']:.0f} | {f['written']:,.0f} | {f['peak']:.1f} |")
    return "\n".join(lines)


def beside(alone):
    """Markdown: the ledger without HTTP, and the disk, as `Benchmarks callbacks --json` tells them."""
    done, disk, single = alone["rounds"], alone["disk_us"], alone["single"]["latency_us"]
    rate = statistics.median(turn["ledger_alone"]["rate"] for turn in done)
    ratio = statistics.median(turn["ratio"] for turn in done)
    return "\n".join([
        "| beside it | |", "|---|--:|",
        f"| the ledger alone, {alone['connections']} callers: commits/s of a callback each | {rate:,.0f} |",
        f"| the daemon in the same run, as a share of that | {ratio:.2f} |",
        f"| the disk's fdatasync of one page, p50 ms | {disk['p50'] / 1000:.2f} |",
        f"| the same, p99 ms | {disk['p99'] / 1000:.2f} |",
        f"| one callback at a time, p50 ms | {single['p50'] / 1000:.2f} |",
        f"| above the disk, p50 ms | {(single['p50'] - disk['p50']) / 1000:.2f} |",
    ])
