"""The server while lines flow: throughput, lines that cannot match, latency, overload, memory."""
import os
import statistics
import threading
import time

from . import inputs
from .host import OURS, THEIRS, Host
from .inputs import SENTINEL
from .kernel import Elements, Moments
from .table import Row, number

SSHD = "[sshd]\nenabled = true\nbackend = auto\nlogpath = {folder}/auth.log\nbanaction = nftables\nbanaction_allports = nftables[type=allports]\n" \
       "action = %(banaction)s[port=\"%(port)s\", protocol=\"%(protocol)s\", chain=\"%(chain)s\"]\nbantime = 1d\nfindtime = 10m\nmaxretry = 5\n"
PORTS = ["sshd", "pam-generic", "dropbear"]


def jails(names=("sshd",)):
    return "[DEFAULT]\nport = ssh\n" + "".join(SSHD.replace("[sshd]", f"[{name}]", 1) + ("port = ssh\n" if name == "pam-generic" else "") for name in names)


def programs():
    return [program for program in (OURS, THEIRS) if program.exists]


def until_banned(host, data, sets, timeout=900):
    """Appends to the followed log; seconds until the sentinel, whose failures stand at its end, is in all sets."""
    elements = Elements()
    begin = time.perf_counter()
    host.append("auth.log", data)
    end = elements.wait(SENTINEL, sets, timeout)
    elements.close()
    if end is None:
        raise RuntimeError(f"{host.program.name}: not banned within {timeout} s:\n{host.log()[-1500:]}")
    return end - begin


def throughput(options):
    lines = options.server_lines
    times, facts = {}, {}
    # PAM's lines concern two of the jails; dropbear's filter finds nothing in them but has to look.
    names = ["sshd", "pam-generic"]
    for _ in range(options.runs):
        data = inputs.fresh("auth", lines, attackers=lines // 50) + inputs.failures(SENTINEL)
        for program in programs():
            with Host(program, jails(PORTS)) as host:
                host.write("auth.log", "")
                host.start()
                times.setdefault(program.name, []).append(lines / until_banned(host, data, [f"addr-set-{name}" for name in names]))
                time.sleep(1)
                facts.setdefault(program.name, []).append([(host.failed(name), frozenset(host.banned(name))) for name in PORTS])
    mine = facts["ours"][-1]
    same = facts["ours"] == facts["fail2ban"] if "fail2ban" in facts else None
    yield Row("2", "server, three jails on one auth.log, until all is counted and in the kernel", "lines/s", times["ours"], times.get("fail2ban"), ("ratio", 60), same,
              f"{lines:,} lines; " + "; ".join(f"{name}: {failed:,} failures, {len(banned):,} bans" for name, (failed, banned) in zip(PORTS, mine)))


def irrelevant(options):
    lines = options.noise_lines
    result, busy = {}, []
    # Faster than a disk takes it: the log is written to memory.
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    for _ in range(options.runs):
        for program in programs():
            data = inputs.fresh("noise", lines if program is OURS else lines // 50, attackers=0)
            if program is OURS:
                data *= options.noise_times
            data += inputs.failures(SENTINEL)
            with Host(program, jails(), within=memory) as host:
                host.write("auth.log", "")
                host.start("taskset", "-c", "0")
                before = host.cpu()
                result.setdefault(program.name, []).append(len(data) / 1e6 / until_banned(host, data, ["addr-set-sshd"]))
                if program is OURS:
                    busy.append(len(data) / 1e6 / (host.cpu() - before))
    yield Row("4", "server on one core, 99.9 % irrelevant lines", "MB/s", result["ours"], result.get("fail2ban"), ("least", 500), None,
              f"sshd jail, {number(lines * options.noise_times)} lines here, {number(lines // 50)} there; until a ban at the end is in the kernel; "
              f"{number(statistics.median(busy))} MB per second of processor time")


def latency(options):
    for program, seconds in ((OURS, options.latency_seconds), (THEIRS, min(10, options.latency_seconds))):
        if not program.exists:
            continue
        with Host(program, jails()) as host:
            host.write("auth.log", "")
            host.start()
            taken = flow(host, seconds, options.flow)
            if program is OURS:
                mine = taken
            else:
                theirs = taken
    theirs = theirs if THEIRS.exists else []
    p99 = lambda values: sorted(values)[int(len(values) * 0.99)] if values else float("nan")  # noqa: E731
    note = f"{len(mine)} bans while {options.flow:,} lines/s flow"
    if THEIRS.exists:
        note += f"; there {len(theirs)}, 99 %: {number(p99(theirs) * 1000) if theirs else '-'} ms (it falls behind)"
    yield Row("5", "deciding line written → address in the kernel set, median", "ms", [statistics.median(mine)], [statistics.median(theirs)] if theirs else None, ("most", 20), None, note, scale=1000)
    yield Row("5", "the same, 99 %", "ms", [p99(mine)], [p99(theirs)] if theirs else None, ("most", 50), None, f"longest {number(max(mine) * 1000)} ms", scale=1000)


def flow(host, seconds, rate):
    """Writes at a steady rate; every 100 ms the fifth failure of one address. Seconds from that write to the kernel, of each."""
    probes = inputs.addresses(int(seconds * 10), seed=3)
    noise = inputs.fresh("noise", rate).splitlines(keepends=True)
    moments = Moments(probes)
    written = {}
    begin = time.perf_counter()
    with open(host.path("auth.log"), "ab", buffering=0) as log:
        for tick in range(int(seconds * 100)):
            while time.perf_counter() < begin + tick / 100:
                time.sleep(0.0005)
            at = tick * (rate // 100) % len(noise)
            log.write(b"".join(noise[at:at + rate // 100]))
            step, probe = tick % 10, probes[tick // 10]
            if step < 8 and step % 2 == 0:
                log.write(password(probe))
            elif step == 9:
                written[probe] = time.perf_counter()
                log.write(password(probe))
    seen = moments.finish(30)
    return [seen[probe] - written[probe] for probe in probes if probe in seen]


def password(address):
    return inputs.failures(address, 1).splitlines(keepends=True)[1]


def overload(options):
    data = inputs.fresh("auth", 200_000, attackers=4000)
    chunk = data[:data.rfind(b"\n", 0, 2_000_000) + 1]
    with Host(OURS, jails()) as host:
        host.write("auth.log", "")
        host.start()
        stop = threading.Event()
        total = 0

        def write():
            nonlocal total
            begin = time.perf_counter()
            with open(host.path("auth.log"), "ab", buffering=0) as log:
                while not stop.is_set():
                    while total > (time.perf_counter() - begin) * 200e6:
                        time.sleep(0.0005)
                    total += log.write(chunk)

        writer = threading.Thread(target=write)
        pings, behind = [], ""
        begin = time.perf_counter()
        writer.start()
        while time.perf_counter() - begin < options.overload_seconds:
            pings.append(host.ask("ping")[0])
            time.sleep(0.02)
        behind = host.client("get", "sshd", "sources").stdout
        stop.set()
        writer.join()
        written = time.perf_counter() - begin
        host.append("auth.log", inputs.failures(SENTINEL))
        end = time.perf_counter() + 300
        while SENTINEL not in host.banned("sshd") and time.perf_counter() < end:
            time.sleep(0.05)
        caught_up = time.perf_counter() - begin - written
        rss = host.memory("VmHWM")
    lag = next((line.strip() for line in behind.splitlines() if "behind" in line.lower()), "no lag told").replace("|", "").strip()
    yield Row("+", "200 MB/s are written to one log: answer to `ping`, 99 %", "ms", [sorted(pings)[int(len(pings) * 0.99)]], None, ("most", 20), None,
              f"{len(pings)} pings, median {number(statistics.median(pings) * 1000)} ms, longest {number(max(pings) * 1000)} ms; {total / written / 1e6:.0f} MB/s for {written:.0f} s; "
              f"`get sshd sources` then: {lag}; caught up {number(caught_up)} s later; peak {number(rss)} MiB", scale=1000)


def memory(options):
    lines = options.server_lines
    data = inputs.fresh("auth", lines, attackers=18 * lines // 100) + inputs.failures(SENTINEL)
    sizes, bans = {}, {}
    for program in programs():
        with Host(program, jails()) as host:
            host.write("auth.log", "")
            host.start()
            until_banned(host, data, ["addr-set-sshd"])
            time.sleep(15)  # what a burst has left is given back in a quiet moment
            sizes[program.name], bans[program.name] = host.memory(), host.banned("sshd")
    same = bans["ours"] == bans["fail2ban"] if "fail2ban" in bans else None
    yield Row("7", "resident memory: sshd jail after the log", "MiB", [sizes["ours"]], [sizes["fail2ban"]] if "fail2ban" in sizes else None, ("most", 20), same,
              f"{lines:,} lines, {len(bans['ours']):,} bans")
    yield from crowd(options)


def crowd(options):
    """Many attackers, each below maxretry."""
    sizes = {}
    for program, count in ((OURS, options.attackers), (THEIRS, options.attackers // 50)):
        if not program.exists:
            continue
        data = b"".join(map(password, inputs.addresses(count))) + inputs.failures(SENTINEL)
        with Host(program, jails().replace("findtime = 10m", "findtime = 1d")) as host:
            host.write("auth.log", "")
            host.start()
            seconds = until_banned(host, data, ["addr-set-sshd"])
            time.sleep(15)
            sizes[program.name] = (host.memory(), host.memory("VmHWM"), seconds)
    mine = sizes["ours"]
    note = f"{options.attackers:,} attackers, peak {number(mine[1])} MiB, {number(mine[2])} s"
    if "fail2ban" in sizes:
        note += f"; there {options.attackers // 50:,} attackers: {number(sizes['fail2ban'][0])} MiB, {number(sizes['fail2ban'][2])} s"
    yield Row("7", "resident memory: distinct attackers below `maxretry`", "MiB", [mine[0]], None, ("most", 250), None, note)
