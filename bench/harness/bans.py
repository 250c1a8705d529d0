"""Bans by the thousand, and how long the programs take to start and to answer."""
import os
import statistics
import time

from . import inputs
from .host import OURS, ROOT, STOCK, THEIRS, Host, run
from .server import programs
from .table import Row, number

MANY = "[many]\nenabled = true\nfilter = many\nbackend = auto\nlogpath = {folder}/many.log\nbantime = 1d\nport = ssh\nbanaction = nftables\naction = nftables[port=ssh]\n"
FILTER = {"many": "[Definition]\nfailregex = ^ srv fail from <ADDR>$\n"}


def wait(last):
    while run("nft", "get", "element", "inet", "f2b-table", "addr-set-many", "{", last, "}").returncode != 0:
        time.sleep(0.001)


def bring(program, count):
    """Seconds of `banip` of all in one command per 20,000, and of a restart, each until the kernel has all."""
    addresses = inputs.addresses(count)
    with Host(program, MANY, FILTER) as host:
        host.write("many.log", "")
        host.start()
        begin = time.perf_counter()
        for at in range(0, count, 20_000):
            host.client("set", "many", "banip", *addresses[at:at + 20_000])
        wait(addresses[-1])
        banned = settled(host, count, begin)
        host.stop()
        begin = time.perf_counter()
        host.start()
        wait(max(addresses))
        restored = settled(host, count, begin)
        complete = host.banned("many") == set(addresses)
    return banned, restored, complete


def settled(host, count, begin):
    # Listing takes long itself and is not part of the time, unless some were missing.
    seconds = time.perf_counter() - begin
    while len(host.banned("many")) < count:
        seconds = time.perf_counter() - begin
        if seconds > 900:
            raise RuntimeError(f"{host.program.name}: {len(host.banned('many'))} of {count} are in the kernel after {seconds:.0f} s")
    return seconds


def bans(options):
    few = options.their_bans
    there = bring(THEIRS, few) if THEIRS.exists else None
    for count, most in options.restores:
        runs = [bring(OURS, count) for _ in range(options.runs)]
        beside = f"; there {few:,} in {number(there[1])} s" if there else ""
        yield Row("6", f"{count:,} bans restored by a restart, until all are in the kernel", "s", [run[1] for run in runs], None, ("most", most), all(run[2] for run in runs) or False,
                  "the kernel has exactly these" + beside)
        if count == 10_000:
            beside = f"; there {few:,} in {number(there[0])} s" if there else ""
            yield Row("6", f"`banip` of {count:,} in one command", "s", [run[0] for run in runs], None, ("most", 1), None, "until all are in the kernel" + beside)


def client(options):
    times = {}
    for program in programs():
        with Host(program, MANY, FILTER) as host:
            host.write("many.log", "")
            host.start()
            for word, count in (("ping", options.calls), ("--version", options.calls)):
                for _ in range(count if program is OURS else count // 5):
                    begin = time.perf_counter()
                    host.client(word)
                    times.setdefault((word, program.name), []).append(time.perf_counter() - begin)
    for word in ("ping", "--version"):
        yield Row("8", f"`fail2ban-client {word}`", "ms", times[word, "ours"], times.get((word, "fail2ban")), ("most", 5), None, "the whole process", scale=1000)


def start(options):
    """Every stock jail at once, on logs that are there and empty."""
    times = {}
    for program, etc in ((OURS, f"{ROOT}/dist/etc/fail2ban"), (OURS, STOCK), (THEIRS, STOCK)):
        if not os.path.isdir(f"{etc}/filter.d") or not program.exists:
            continue
        names = sorted(set(jail_names(f"{etc}/jail.conf")) - {"blocklist_de"})
        text = "[DEFAULT]\nbackend = auto\nbanaction = nftables\nbanaction_allports = nftables[type=allports]\n" + "".join(
            f"[{name}]\nenabled = true\nlogpath = {{folder}}/jail.log\nbackend = auto\n" for name in names)
        for _ in range(options.runs):
            with Host(program, text, etc=etc) as host:
                host.write("jail.log", "")
                times.setdefault((program.name, etc), []).append(host.start())
                running = host.client("status").stdout.split("Number of jail:")[1].split()[0]
                times.setdefault((program.name, etc, "jails"), []).append(running)
    ours = (OURS.name, f"{ROOT}/dist/etc/fail2ban")
    if (OURS.name, STOCK) in times:
        yield Row("8", "server with all of Debian's jails, start until ready", "ms", times[OURS.name, STOCK], times.get((THEIRS.name, STOCK)), ("most", 300),
                  times[OURS.name, STOCK, "jails"] == times.get((THEIRS.name, STOCK, "jails"), times[OURS.name, STOCK, "jails"]), f"{times[OURS.name, STOCK, 'jails'][0]} jails", scale=1000)
    yield Row("8", "server with all of our own jails, start until ready", "ms", times[ours], None, ("most", 300), None, f"{times[*ours, 'jails'][0]} jails", scale=1000)


def jail_names(path):
    with open(path) as file:
        for line in file:
            if line.startswith("[") and line[1:].split("]")[0] not in ("INCLUDES", "DEFAULT"):
                yield line[1:].split("]")[0]
