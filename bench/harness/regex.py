"""fail2ban-regex beside the original's, sshguard's parser, and the journal."""
import os
import re
import subprocess
import time

from . import inputs
from .host import OURS, STOCK, THEIRS, configuration, run
from .table import Row

COUNTED = re.compile(r"^(Prefregex|Failregex|Ignoreregex|Lines):|^\| +\d+\) \[|^\|  \[")
# The time it took and how the head names the filter are each one's own.
OWN = re.compile(r"^(\| +\d+\) \[\d+\]|\|  \[\d+\]).*|(Lines: .*matched, \d+ missed).*", re.S)
PARSER = next((path for path in ("/usr/libexec/sshguard/sshg-parser", "/usr/lib/sshguard/sshg-parser") if os.path.exists(path)), None)

# Where both sides take half a second at most: one moment of a busy neighbour shall not decide.
MANY = 3


def test(program, etc, source, regex, *options):
    """Seconds and output of one run."""
    begin = time.perf_counter()
    found = run(program.regex, "-c", etc, *options, source, regex)
    return time.perf_counter() - begin, found.stdout


def counts(text):
    return [OWN.sub(lambda match: match[1] or match[2], line) for line in text.splitlines() if COUNTED.match(line)]


def compare(key, what, source, lines, filter_name, etc, runs, target):
    """Alternating runs on one log. Same: equal counts, and equal address and time of each failure."""
    here, there, same = [], [], None
    regex = f"{etc}/filter.d/{filter_name}.conf"
    for _ in range(runs):
        seconds, mine = test(OURS, etc, source, regex)
        here.append(lines / seconds)
        if THEIRS.exists:
            seconds, other = test(THEIRS, etc, source, regex)
            there.append(lines / seconds)
            same = counts(mine) == counts(other) and same is not False
    found = re.search(r"Lines: .*?(\d+) matched", mine)[1]
    if same:
        # The original writes the time of a date with a zone as a whole number.
        mine, other = (test(program, etc, source, regex, "-o", "<ip> <time>")[1].replace(".0\n", "\n") for program in (OURS, THEIRS))
        same = mine == other
    yield Row(key, what, "lines/s", here, there, target, same, f"{lines:,} lines, {int(found):,} found")


def sshd(options):
    yield from compare("1", "`fail2ban-regex`, sshd filter, mixed auth.log", inputs.log(options, "auth"), options.lines, "sshd",
                       configuration(), options.runs, ("ratio", 60))


def apache(options):
    etc = inputs.first_day(options)
    yield from compare("1", "`fail2ban-regex`, the 429 filter, Apache access log", inputs.log(options, "access"), options.lines, "apache-excessive",
                       etc, options.runs, ("ratio", 60))


def mail(options):
    yield from compare("1+", "`fail2ban-regex`, postfix filter, mail.log", inputs.log(options, "mail"), options.lines, "postfix",
                       configuration(), options.runs, None)


def journal(options):
    folder = inputs.journal(options)
    if folder is None:
        return
    lines = options.lines // 10
    here, there, same = [], [], None
    etc, source = configuration(), f"systemd-journal[journalpath={folder}]"
    for _ in range(options.runs):
        seconds, mine = test(OURS, etc, source, f"{etc}/filter.d/sshd.conf")
        here.append(lines / seconds)
        if THEIRS.exists:
            seconds, other = test(THEIRS, etc, source, f"{etc}/filter.d/sshd.conf")
            if "Lines: " in other:
                there.append(lines / seconds)
                same = [line for line in counts(mine) if "Lines" in line] == [line for line in counts(other) if "Lines" in line] and same is not False
    yield Row("1+", "`fail2ban-regex`, sshd filter, journal", "lines/s", here, there, None, same, f"{lines:,} entries, with the filter's journal match")


def sshguard(options):
    if PARSER is None:
        return
    source = inputs.log(options, "auth")
    etc = configuration()
    here, there = [], []
    for _ in range(MANY * options.runs):
        seconds, mine = test(OURS, etc, source, f"{etc}/filter.d/sshd.conf")
        here.append(options.lines / seconds)
        begin = time.perf_counter()
        with open(source) as lines:
            found = subprocess.run([PARSER], stdin=lines, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        there.append(options.lines / (time.perf_counter() - begin))
    yield Row("3", "the same auth.log beside sshguard's `sshg-parser`", "lines/s", here, there, ("ratio", 10), None,
              f"their column is sshguard; it finds {found.count(10):,} attacks (what counts as one differs)")
