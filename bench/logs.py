#!/usr/bin/env python3
"""Writes logs as busy hosts have them; the same arguments give the same log.

  bench/logs.py KIND LINES [SEED] [--end EPOCH] [--within SECONDS] [--attackers COUNT] [--users COUNT]

auth    /var/log/auth.log: six lines of ten are of sshd and concern log-ins, the others are of sshd and other programs
access  Apache's combined format: five requests of a hundred are answered with 429
mail    /var/log/mail.log of postfix: one line of five is a refused log-in or a refused recipient
noise   auth.log of a host that is left alone: one line of a thousand is a failed log-in

The last line has the time --end (default: 2026-01-06 00:00, local time), the first one is --within seconds older (default: one
second a line). --attackers bounds how many addresses try (default: nearly each session has its own).
--users makes so many names that are tried, in place of the ten that are mostly tried.
"""
import argparse
import random
import string
import sys
from datetime import datetime

USERS = ["root", "admin", "test", "oracle", "ubuntu", "git", "postgres", "user1", "pi", "deploy"]
PATHS = ["/", "/index.html", "/login", "/api/v1/items", "/static/site.css", "/static/app.js", "/images/logo.png", "/search?q=shoes"]
AGENTS = ["Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
          "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
          "curl/7.88.1"]
KEY = "SHA256:Zk3vU0cDb1OeN3tqjX4Fq0m8Qk2b7m0p9XwYh5uJ1sA"
HOST = "srv01"


class Attackers:
    def __init__(self, pick, count):
        self.pick = pick
        self.known = [self.fresh() for _ in range(count)] if count else None

    def fresh(self):
        pick = self.pick
        return f"{pick.choice([45, 61, 103, 185, 193, 218])}.{pick.randrange(256)}.{pick.randrange(256)}.{pick.randrange(1, 255)}"

    def next(self):
        return self.pick.choice(self.known) if self.known else self.fresh()


def attempts(pick, attackers, pid):
    """The lines of one session of somebody who tries."""
    address = attackers.next()
    port = pick.randrange(1024, 65536)
    user = pick.choice(USERS)
    end = f"{address} port {port}"
    sshd = f"{HOST} sshd[{pid}]: "
    kind = pick.random()
    if kind < 0.40:
        yield sshd + f"Invalid user {user} from {end}"
        yield sshd + "pam_unix(sshd:auth): check pass; user unknown"
        yield sshd + f"pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={address} "
        yield sshd + f"Failed password for invalid user {user} from {end} ssh2"
        yield sshd + f"Connection closed by invalid user {user} {end} [preauth]"
    elif kind < 0.80:
        yield sshd + f"pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={address}  user={user}"
        for _ in range(pick.randrange(1, 4)):
            yield sshd + f"Failed password for {user} from {end} ssh2"
        yield sshd + f"Disconnected from authenticating user {user} {end} [preauth]"
    elif kind < 0.90:
        yield sshd + f"Accepted publickey for {user} from {end} ssh2: ED25519 {KEY}"
        yield sshd + f"pam_unix(sshd:session): session opened for user {user}(uid=1000) by (uid=0)"
        yield sshd + f"Received disconnect from {end}:11: disconnected by user"
    else:
        yield sshd + f"Connection from {end} on 10.0.0.1 port 22"
        yield sshd + f"Connection closed by {end} [preauth]"


def quiet(pick, pid):
    kind = pick.randrange(6)
    if kind == 0:
        return f"{HOST} CRON[{pid}]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)"
    if kind == 1:
        return f"{HOST} CRON[{pid}]: pam_unix(cron:session): session closed for user root"
    if kind == 2:
        return f"{HOST} sudo:   deploy : TTY=pts/{pick.randrange(9)} ; PWD=/srv/app ; USER=root ; COMMAND=/usr/bin/systemctl reload app{pid}"
    if kind == 3:
        return f"{HOST} systemd-logind[612]: New session {pid} of user deploy."
    if kind == 4:
        return f"{HOST} sshd[{pid}]: pam_unix(sshd:session): session closed for user deploy"
    return f"{HOST} su[{pid}]: (to postgres) deploy on pts/{pick.randrange(9)}"


def auth(pick, attackers, share):
    pid = 1000
    pending = []
    while True:
        if pick.random() < share:
            # A few sessions run beside each other.
            while len(pending) < 4:
                pid = pid + 1 if pid < 99999 else 1000
                pending.append(list(attempts(pick, attackers, pid)))
            session = pick.choice(pending)
            yield session.pop(0)
            if not session:
                pending.remove(session)
        else:
            pid = pid + 1 if pid < 99999 else 1000
            yield quiet(pick, pid)


def mail(pick, attackers):
    while True:
        pid = pick.randrange(1000, 99999)
        address = attackers.next()
        queue = f"{pick.randrange(16 ** 10):010X}"
        kind = pick.random()
        if kind < 0.10:
            yield f"{HOST} postfix/smtpd[{pid}]: warning: unknown[{address}]: SASL LOGIN authentication failed: UGFzc3dvcmQ6"
        elif kind < 0.20:
            yield (f"{HOST} postfix/smtpd[{pid}]: NOQUEUE: reject: RCPT from unknown[{address}]: 554 5.7.1 <user@example.org>: Relay access denied; "
                   f"from=<x@example.net> to=<user@example.org> proto=ESMTP helo=<mail.example.net>")
        elif kind < 0.40:
            yield f"{HOST} postfix/smtpd[{pid}]: connect from unknown[{address}]"
        elif kind < 0.60:
            yield f"{HOST} postfix/qmgr[812]: {queue}: from=<news@example.com>, size={pick.randrange(900, 90000)}, nrcpt=1 (queue active)"
        elif kind < 0.80:
            yield (f"{HOST} postfix/smtp[{pid}]: {queue}: to=<someone@example.org>, relay=mx.example.org[192.0.2.25]:25, delay=1.2, "
                   f"delays=0.1/0/0.6/0.5, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4ABC)")
        else:
            yield f"{HOST} dovecot: imap-login: Login: user=<someone>, method=PLAIN, rip=198.51.100.{pick.randrange(256)}, lip=192.0.2.1, mpid={pid}, TLS"


def access(pick, attackers):
    while True:
        code = 429 if pick.random() < 0.05 else pick.choice([200, 200, 200, 200, 200, 304, 301, 404])
        verb = pick.choice(["GET", "GET", "GET", "POST", "HEAD"])
        yield (f"{attackers.next()} - - [", f'] "{verb} {pick.choice(PATHS)} HTTP/1.1" {code} {pick.randrange(150, 60000)} "-" "{pick.choice(AGENTS)}"')


def syslog_date(when):
    return f"{when:%b} {when.day:2} {when:%H:%M:%S} "


def lines(kind, count, seed=1, end=None, within=None, attackers=0):
    """The lines of a log, each with its line end."""
    pick = random.Random(seed)
    end = datetime(2026, 1, 6).timestamp() if end is None else end
    step = 1.0 if within is None else within / max(1, count)
    crowd = Attackers(pick, attackers)
    texts = {"auth": lambda: auth(pick, crowd, 0.6), "noise": lambda: auth(pick, crowd, 0.0015), "mail": lambda: mail(pick, crowd),
             "access": lambda: access(pick, crowd)}[kind]()
    second, date = None, ""
    for number in range(count):
        now = int(end - (count - 1 - number) * step)
        if now != second:
            second, when = now, datetime.fromtimestamp(now).astimezone()
            date = f"{when:%d/%b/%Y:%H:%M:%S %z}" if kind == "access" else syslog_date(when)
        text = next(texts)
        yield text[0] + date + text[1] + "\n" if kind == "access" else date + text + "\n"


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("kind", choices=["auth", "access", "mail", "noise"])
    parser.add_argument("lines", type=int)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--end", type=float)
    parser.add_argument("--within", type=float)
    parser.add_argument("--attackers", type=int, default=0)
    parser.add_argument("--users", type=int)
    wanted = parser.parse_args()
    if wanted.users:
        pick = random.Random(wanted.seed)
        USERS[:] = ["".join(pick.choices(string.ascii_lowercase, k=pick.randrange(3, 11))) for _ in range(wanted.users)]
    for line in lines(wanted.kind, wanted.lines, wanted.seed, wanted.end, wanted.within, wanted.attackers):
        sys.stdout.write(line)


if __name__ == "__main__":
    main()
