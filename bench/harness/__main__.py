"""Runs the rows and writes the table; see scripts/bench."""
import argparse
import os
import shutil
import sys
import tempfile
import time
import traceback

from . import bans, curves, host, regex, server, table

ROWS = {"regex": regex.sshd, "apache": regex.apache, "mail": regex.mail, "journal": regex.journal, "sshguard": regex.sshguard,
        "server": server.throughput, "irrelevant": server.irrelevant, "latency": server.latency, "overload": server.overload,
        "memory": server.memory, "bans": bans.bans, "client": bans.client, "start": bans.start}


def options():
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measures the program beside fail2ban and sshguard, as far as those are installed.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"which; default all: {', '.join(ROWS)}, curves, and single curves: {', '.join('curve-' + name for name in curves.ALL)}")
    parser.add_argument("--runs", type=int, default=3, help="of each program, in turn")
    parser.add_argument("--lines", type=int, default=200_000, help="of the logs for fail2ban-regex")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see whether it works")
    parser.add_argument("--large", action="store_true", help="10⁷ attackers and 10⁶ bans in the curves too")
    parser.add_argument("--to", default=f"{host.ROOT}/bench/results/table.md", help="the file for the table")
    parser.add_argument("--readme", action="store_true", help="put a short form of the table into README.md too")
    chosen = parser.parse_args()
    quick = chosen.quick
    if quick:
        chosen.runs, chosen.lines = 1, min(chosen.lines, 20_000)
    chosen.server_lines = 10_000 if quick else 100_000
    chosen.noise_lines, chosen.noise_times = (50_000, 4) if quick else (500_000, 20)
    chosen.latency_seconds, chosen.flow = (3 if quick else 20), 10_000
    chosen.overload_seconds = 2 if quick else 8
    chosen.attackers = 20_000 if quick else 1_000_000
    chosen.restores = [(1_000, 0.5)] if quick else [(10_000, 0.5), (100_000, 3)]
    chosen.their_bans = 50 if quick else 300
    chosen.calls = 20 if quick else 100
    chosen.curve_lines = 10_000 if quick else 100_000
    chosen.crowds = [10 ** n for n in range(3, 5 if quick else 8 if chosen.large else 7)]
    chosen.crowds_of_bans = [10 ** n for n in range(3, 5 if quick else 7 if chosen.large else 6)]
    chosen.sizes = [10] if quick else [10, 100, 1000]
    known = {*ROWS, "curves", *("curve-" + name for name in curves.ALL)}
    for name in chosen.rows:
        if name not in known:
            parser.error(f"there is no row {name}")
    return chosen


def main():
    chosen = options()
    described = table.machine()
    begin = time.time()
    chosen.work = tempfile.mkdtemp(prefix="f2b-bench-inputs.")
    rows, drawn, failed = [], [], []
    try:
        for name, measure in ROWS.items():
            if chosen.rows and name not in chosen.rows:
                continue
            print(f"== {name}", flush=True)
            try:
                for row in measure(chosen):
                    rows.append(row)
                    print("  ", " | ".join(row.cells()), flush=True)
            except Exception:  # one row that cannot be measured must not cost the others
                failed.append(name)
                traceback.print_exc()
        for name, measure in curves.ALL.items():
            if chosen.rows and "curves" not in chosen.rows and "curve-" + name not in chosen.rows:
                continue
            print(f"== curve of {name}", flush=True)
            try:
                drawn.append(measure(chosen))
            except Exception:
                failed.append(name)
                traceback.print_exc()
    finally:
        shutil.rmtree(chosen.work, ignore_errors=True)
    described.append(f"{time.time() - begin:.0f} s in all; load at the end: {os.getloadavg()[0]:.2f}")
    if failed:
        described.append("**could not be measured:** " + ", ".join(failed))
    os.makedirs(os.path.dirname(os.path.abspath(chosen.to)), exist_ok=True)
    words = [word for at, word in enumerate(sys.argv[1:]) if word != "--to" and sys.argv[at] != "--to"]
    with open(chosen.to, "w") as file:
        file.write(table.markdown(rows, drawn, described, " ".join(["scripts/bench", *words])))
    if chosen.readme:
        table.put_into(f"{host.ROOT}/README.md", table.short(rows, described))
    short = [f"{row.key} {row.what}" for row in rows if "short" in row.verdict]
    wrong = [f"{row.key} {row.what}" for row in rows if row.same is False]
    print(f"\n{chosen.to}\n{len(rows)} rows, {len(short)} short of their target" + "".join(f"\n  {line}" for line in short))
    print("".join(f"NOT THE SAME: {line}\n" for line in wrong), end="")
    return 1 if wrong or failed else 0


sys.exit(main())
