"""How costs grow. Processor time of the server, so that what else the machine does falls out."""
import os
import statistics
import time

from . import inputs
from .bans import FILTER, MANY
from .host import OURS, Host
from .inputs import SENTINEL
from .kernel import Elements
from .server import SSHD, jails, until_banned
from .table import Curve

SIMPLE = "[many]\nenabled = true\nfilter = many\nbackend = auto\nlogpath = {folder}/auth.log\nbantime = 1d\nfindtime = 1d\nport = ssh\naction = nftables[port=ssh]\n"
END = f"{{date}}srv fail from {SENTINEL}\n"


def sentinel():
    return END.replace("{date}", inputs.now()).encode() * 5


def cost(host, data, sets):
    """Seconds of processor time and of wall time for what is appended."""
    before = host.cpu()
    wall = until_banned(host, data, sets)
    return host.cpu() - before, wall


def jails_on_one_file(options):
    curve = Curve("Jails on one file", "All read the same auth.log with the sshd filter. It is read once; matching is each jail's own: linear.",
                  ["jails", "µs of processor a line", "µs a line and jail"])
    lines = options.curve_lines
    for count in (1, 10, 100):
        names = [f"ssh{n}" for n in range(count)]
        text = "[DEFAULT]\nport = ssh\nfilter = sshd\n" + "".join(SSHD.replace("[sshd]", f"[{name}]", 1) for name in names)
        with Host(OURS, text) as host:
            host.write("auth.log", "")
            host.start()
            size = lines if count < 100 else lines // 10
            data = inputs.fresh("auth", size, attackers=0) + inputs.failures(SENTINEL)
            seconds, _ = cost(host, data, [f"addr-set-{name}" for name in names])
            curve.add(count, seconds / size * 1e6, seconds / size / count * 1e6)
    return curve


def patterns(options):
    curve = Curve("Failregexes of one jail", "Lines that none of them matches. One search for all their texts: nearly flat.", ["failregexes", "ns of processor a line"])
    data = inputs.fresh("noise", options.curve_lines)
    for count in (1, 10, 100, 1000):
        regexes = "\n    ".join([r"^ srv fail from <ADDR>$"] + [rf"^ \S+ service{n}\[\d+\]: refused <ADDR> with code {n}$" for n in range(1, count)])
        with Host(OURS, SIMPLE, {"many": f"[Definition]\nfailregex = {regexes}\n"}) as host:
            host.write("auth.log", "")
            host.start()
            seconds, _ = cost(host, data * 10 + sentinel(), ["addr-set-many"])
            curve.add(count, seconds / options.curve_lines / 10 * 1e9)
    return curve


def known_addresses(options):
    curve = Curve("Addresses that have failed", "One failure each, none is banned. Memory is the table of addresses and times, bounded by findtime: linear. Cost of a line: flat.",
                  ["addresses", "µs of processor a failure", "resident MiB", "bytes an address"])
    base = None
    for count in options.crowds:
        with Host(OURS, SIMPLE, FILTER) as host:
            host.write("auth.log", "")
            host.start()
            date = inputs.now()
            data = b"".join(f"{date}srv fail from {address}\n".encode() for address in inputs.addresses(count)) + sentinel()
            seconds, _ = cost(host, data, ["addr-set-many"])
            time.sleep(1)
            memory = host.memory()
            base = base or memory
            curve.add(count, seconds / count * 1e6, memory, (memory - base) * 1048576 / count if memory > base else "")
    return curve


def live_bans(options):
    curve = Curve("Bans in force", "One further ban, from the request over the socket to the kernel's message. Memory is the table of bans: linear. A ban: flat.",
                  ["bans", "median ms", "99 % ms", "resident MiB"])
    for count in options.crowds_of_bans:
        with Host(OURS, MANY, FILTER) as host:
            host.write("many.log", "")
            host.start()
            addresses = inputs.addresses(count)
            for at in range(0, count, 20_000):
                host.client("set", "many", "banip", *addresses[at:at + 20_000])
            time.sleep(1)
            taken = []
            for number in range(100):
                elements = Elements()
                begin = time.perf_counter()
                host.ask("set", "many", "banip", f"192.0.2.{number}")
                moment = elements.wait(f"192.0.2.{number}", ["addr-set-many"], 30)
                elements.close()
                taken.append((moment - begin) * 1000)
            taken.sort()
            curve.add(count, statistics.median(taken), taken[98], host.memory())
    return curve


def files(options):
    curve = Curve("Files of one jail", "The same number of lines, spread over the files. A line: flat; a file costs memory for its path, position and watch: linear.",
                  ["files", "µs of processor a line", "resident MiB", "start until ready, ms", "processor ms in 5 idle s"])
    lines = options.curve_lines
    for count in (10, 100, 1000, 5000):
        with Host(OURS, SIMPLE.replace("{folder}/auth.log", "{folder}/logs/*.log\n    {folder}/auth.log"), FILTER) as host:
            os.mkdir(host.path("logs"))
            host.write("auth.log", "")
            for number in range(count):
                host.write(f"logs/{number}.log", "")
            ready = host.start()
            time.sleep(0.5)
            each = max(1, lines // count)
            before = host.cpu()
            text = inputs.fresh("noise", each)
            for number in range(count):
                host.append(f"logs/{number}.log", text)
            until_banned(host, sentinel(), ["addr-set-many"])
            time.sleep(1)
            used = host.cpu() - before
            time.sleep(15)  # positions are stored some seconds later
            idle = host.cpu()
            time.sleep(5)
            idle = host.cpu() - idle
            curve.add(count, used / (each * count) * 1e6, host.memory(), ready * 1000, idle * 1000)
    return curve


def size_at_start(options):
    curve = Curve("Size of a log at the start", "Until a line that is appended after the start leads to a ban. What is older than findtime is skipped by halving: "
                  "logarithmic; what is within it is read: linear.", ["MB", "age", "seconds", "resident MiB"])
    part = inputs.fresh("auth", 100_000, within=60, attackers=0)
    for megabytes in options.sizes:
        for old in (True, False):
            with Host(OURS, jails().replace("findtime = 10m", "findtime = 1h" if not old else "findtime = 10m")) as host:
                text = "".join(inputs.logs.lines("auth", 100_000, 1, time.time() - 86400, 60)).encode() if old else part
                with open(host.path("auth.log"), "wb") as log:
                    for _ in range(max(1, int(megabytes * 1e6 / len(text)))):
                        log.write(text)
                begin = time.perf_counter()
                elements = Elements()
                host.start()
                host.append("auth.log", inputs.failures(SENTINEL))
                moment = elements.wait(SENTINEL, ["addr-set-sshd"], 600)
                elements.close()
                curve.add(megabytes, "older than findtime" if old else "within findtime", moment - begin if moment else float("nan"), host.memory())
    return curve


ALL = {"jails": jails_on_one_file, "patterns": patterns, "addresses": known_addresses, "bans": live_bans, "files": files, "sizes": size_at_start}
