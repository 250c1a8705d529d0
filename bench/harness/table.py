"""Rows of the result, and how they are written."""
import os
import platform
import statistics
import subprocess


class Row:
    """What was measured. A target is (comparison, bound, of): of is "ratio" or "here"."""

    def __init__(self, key, what, unit, here, there=None, target=None, same=None, note="", scale=1.0, tail=None):
        self.key, self.what, self.unit = key, what, unit
        self.here = [value * scale for value in here]
        self.there = [value * scale for value in there or []]
        self.target, self.same, self.note, self.tail = target, same, note, tail

    @property
    def ratio(self):
        """How many times better, from the medians; rates are better when larger."""
        if not self.here or not self.there:
            return None
        mine, other = statistics.median(self.here), statistics.median(self.there)
        return (mine / other if self.unit.endswith("/s") else other / mine) if mine and other else None

    @property
    def verdict(self):
        if self.same is False:
            return "**not the same**"
        if self.target is None:
            return ""
        kind, bound = self.target
        value = self.ratio if kind == "ratio" else statistics.median(self.here)
        if value is None:
            return "not compared"
        good = value >= bound if kind in ("ratio", "least") else value <= bound
        return "pass" if good else "**short**"

    def cells(self):
        kind, bound = self.target or ("", 0)
        target = {"ratio": f"≥ {bound:g}×", "least": f"≥ {bound:g} {self.unit}", "most": f"≤ {bound:g} {self.unit}", "": ""}[kind]
        ratio = f"{self.ratio:.1f}×" if self.ratio is not None else ""
        return [self.key, self.what, shown(self.here, self.unit), shown(self.there, self.unit), ratio, target, self.verdict,
                {True: "same. ", False: "NOT THE SAME. ", None: ""}[self.same] + self.note]


def number(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def shown(values, unit):
    if not values:
        return ""
    spread = f" ({number(min(values))} … {number(max(values))})" if len(values) > 1 else ""
    return f"{number(statistics.median(values))} {unit}{spread}"


HEAD = ["row", "what", "here", "fail2ban", "ratio", "target", "", "found on both sides, and notes"]


def markdown(rows, curves, machine, command):
    lines = ["# Measured", "", f"`{command}`", "", *[f"- {line}" for line in machine], "",
             "Medians, with the least and the greatest of the runs in brackets; ours and theirs ran in turn. MB are 10⁶ bytes.", "",
             "| " + " | ".join(HEAD) + " |", "|" + " --- |" * len(HEAD)]
    lines += ["| " + " | ".join(row.cells()) + " |" for row in rows]
    for curve in curves:
        lines += ["", f"## {curve.title}", "", curve.meaning, "", "| " + " | ".join(curve.head) + " |", "|" + " --- |" * len(curve.head)]
        lines += ["| " + " | ".join(line) + " |" for line in curve.lines]
    return "\n".join(lines) + "\n"


def short(rows, machine):
    """The table without spreads and notes."""
    def median(values, unit):
        return f"{number(statistics.median(values))} {unit}" if values else ""

    lines = ["| measured | here | there | ratio |", "| --- | --- | --- | --- |"]
    lines += [f"| {row.what} | {median(row.here, row.unit)} | {median(row.there, row.unit)} | {row.cells()[4]} |" for row in rows]
    return "\n".join([*lines, "", f"{machine[0]}. {machine[2]}."])


def put_into(path, text, begin="<!-- measured by scripts/bench -->", end="<!-- end of it -->"):
    """Replaces what stands between two marks of a file."""
    with open(path) as file:
        before, _, rest = file.read().partition(begin)
    _, _, after = rest.partition(end)
    with open(path, "w") as file:
        file.write(f"{before}{begin}\n{text}\n{end}{after}")


class Curve:
    """How a cost grows."""

    def __init__(self, title, meaning, head):
        self.title, self.meaning, self.head, self.lines = title, meaning, head, []

    def add(self, *cells):
        self.lines.append([cell if isinstance(cell, str) else number(cell) if isinstance(cell, float) else f"{cell:,}" for cell in cells])
        print("   ", " | ".join(self.lines[-1]), flush=True)


def machine():
    def first(*words):
        try:
            return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout.splitlines()[0].strip()
        except (OSError, IndexError):
            return "not there"

    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    memory = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal")) / 1e6
    system = next((line.split("=")[1].strip().strip('"') for line in open("/etc/os-release") if line.startswith("PRETTY_NAME")), "?")
    return [f"{os.cpu_count()} × {cpu}, {memory:.0f} GB, {system}, Linux {platform.release().split('-')[0]}",
            f"load when it began: {os.getloadavg()[0]:.2f}",
            f"fail2ban: {first('/usr/bin/fail2ban-client', '--version')}; sshguard: {first('/usr/sbin/sshguard', '-v')}; nft: {first('nft', '--version')}"]
