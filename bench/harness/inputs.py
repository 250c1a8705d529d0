"""The inputs, made once and kept in the work folder while the benchmark runs."""
import os
import random
import shutil
import subprocess
import sys
import time
from datetime import datetime

from .host import ROOT, configuration

sys.path.insert(0, f"{ROOT}/bench")
import logs  # noqa: E402

# The filter of an administrator's own that many hosts have: too many requests.
EXCESSIVE = """[INCLUDES]
before = apache-common.conf
[Definition]
excess_code = 429
failregex = ^<HOST> -.*"(GET|POST|HEAD).*HTTP.*" %(excess_code)s
ignoreregex =
datepattern = ^[^\\[]*\\[({DATE})
              {^LN-BEG}
"""
REMOTE = next((path for path in ("/lib/systemd/systemd-journal-remote", "/usr/lib/systemd/systemd-journal-remote") if os.path.exists(path)), None)
SENTINEL = "203.0.113.99"


def log(options, kind, lines=None):
    """The path of a log of one kind."""
    lines = lines or options.lines
    path = f"{options.work}/{kind}-{lines}.log"
    if not os.path.exists(path):
        with open(path, "w") as file:
            file.writelines(logs.lines(kind, lines))
    return path


def first_day(options):
    """The configuration with that filter."""
    path = f"{options.work}/etc"
    if not os.path.exists(path):
        shutil.copytree(configuration(), path)
        with open(f"{path}/filter.d/apache-excessive.conf", "w") as file:
            file.write(EXCESSIVE)
    return path


def fresh(kind, lines, within=240, seed=1, attackers=0):
    """A log whose last line is of now, as bytes."""
    return "".join(logs.lines(kind, lines, seed, time.time(), within, attackers)).encode()


def now():
    """The date of a line of now, as syslog writes it."""
    return logs.syslog_date(datetime.now())


def failures(address, count=5, pid=77):
    """Failed log-ins of one address, now: sshd's line and PAM's."""
    date = now()
    return "".join(f"{date}{logs.HOST} sshd[{pid}]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={address}  user=root\n"
                   f"{date}{logs.HOST} sshd[{pid}]: Failed password for root from {address} port {40000 + n} ssh2\n" for n in range(count)).encode()


def journal(options):
    """A folder with a journal that holds a mixed auth.log; None where the tool to write it is missing."""
    if REMOTE is None:
        return None
    folder = f"{options.work}/journal"
    if os.path.exists(folder):
        return folder
    os.mkdir(folder)
    now = int(time.time() * 1e6)
    entries = []
    count = options.lines // 10
    for number, line in enumerate(logs.lines("auth", count)):
        _, _, rest = line[16:].partition(" ")
        program, _, text = rest.rstrip("\n").partition(": ")
        name, _, pid = program.rstrip("]").partition("[")
        unit = "ssh.service" if name == "sshd" else f"{name}.service"
        stamp = now - (count - number) * 1000
        entries.append(f"__REALTIME_TIMESTAMP={stamp}\n__MONOTONIC_TIMESTAMP={number * 1000 + 1}\n_BOOT_ID={1:032x}\n_MACHINE_ID={2:032x}\n_HOSTNAME={logs.HOST}\n"
                       f"SYSLOG_IDENTIFIER={name}\nSYSLOG_PID={pid or 1}\n_PID={pid or 1}\n_COMM={name}\n_SYSTEMD_UNIT={unit}\nMESSAGE={text}\n\n")
    subprocess.run([REMOTE, "-o", f"{folder}/bench.journal", "-"], input="".join(entries).encode(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return folder


def addresses(count, seed=1):
    """Distinct addresses in no order: attackers do not come in one."""
    pick = random.Random(seed)
    return [f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in pick.sample(range(1 << 24), count)]
