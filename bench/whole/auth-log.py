#!/usr/bin/env python3
"""Writes an auth.log as a busy host has it: auth-log.py LINES [SEED]. The same arguments give the same log.

Six lines of ten are of sshd and concern log-ins; the others are of sshd and of other programs, and no failure.
"""
import random
import sys
from datetime import datetime, timedelta

USERS = ["root", "admin", "test", "oracle", "ubuntu", "git", "postgres", "user1", "pi", "deploy"]
KEY = "SHA256:Zk3vU0cDb1OeN3tqjX4Fq0m8Qk2b7m0p9XwYh5uJ1sA"


def attempts(pick, host, pid):
    """The lines of one session of somebody who tries."""
    address = f"{pick.choice([45, 61, 103, 185, 193, 218])}.{pick.randrange(256)}.{pick.randrange(256)}.{pick.randrange(1, 255)}"
    port = pick.randrange(1024, 65536)
    user = pick.choice(USERS)
    end = f"{address} port {port}"
    sshd = f"{host} sshd[{pid}]: "
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


def noise(pick, host, pid):
    kind = pick.randrange(6)
    if kind == 0:
        return f"{host} CRON[{pid}]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)"
    if kind == 1:
        return f"{host} CRON[{pid}]: pam_unix(cron:session): session closed for user root"
    if kind == 2:
        return f"{host} sudo:   deploy : TTY=pts/{pick.randrange(9)} ; PWD=/srv/app ; USER=root ; COMMAND=/usr/bin/systemctl reload app{pid}"
    if kind == 3:
        return f"{host} systemd-logind[612]: New session {pid} of user deploy."
    if kind == 4:
        return f"{host} sshd[{pid}]: pam_unix(sshd:session): session closed for user deploy"
    return f"{host} su[{pid}]: (to postgres) deploy on pts/{pick.randrange(9)}"


def main():
    lines = int(sys.argv[1])
    pick = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    host = "srv01"
    pid = 1000
    now = datetime(2026, 1, 5)
    pending = []
    out = []
    for _ in range(lines):
        now += timedelta(seconds=pick.expovariate(1.0))
        date = now.strftime("%b ") + f"{now.day:2} " + now.strftime("%H:%M:%S ")
        if pick.random() < 0.6:
            # A few sessions run beside each other.
            while len(pending) < 4:
                pid = pid + 1 if pid < 99999 else 1000
                pending.append(list(attempts(pick, host, pid)))
            session = pick.choice(pending)
            text = session.pop(0)
            if not session:
                pending.remove(session)
        else:
            pid = pid + 1 if pid < 99999 else 1000
            text = noise(pick, host, pid)
        out.append(date + text + "\n")
    sys.stdout.write("".join(out))


main()
