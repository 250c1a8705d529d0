"""The server of a campaign: its files, what it must know, and whether kernel, database and answers are one."""
import collections
import glob
import json
import os
import shutil
import sqlite3
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.path.join(ROOT, 'dist', 'bin')
JAILS = ('long', 'brief', 'thrice')
SENTINEL = '198.51.100.250'  # named by forged lines only
MEMORY = 64 << 20, 1 << 10  # bytes: for the server, for each ban


class Broken(Exception):
    """An invariant that does not hold."""


class Host:
    """The server, its files, and what it must know."""

    def __init__(self, folder, patience):
        self.patience = patience  # seconds that all may take to settle
        self.folder, self.offset, self.process, self.next = folder, 0, None, 0
        self.expected = {jail: set() for jail in JAILS}  # failed in a log or banned by hand, and not unbanned
        self.unbanned = collections.Counter()
        self.faketime = next(iter(glob.glob('/usr/lib/*/faketime/libfaketime.so.1')), None)
        for name, size in (('db', '16m'), ('log', '48m')):
            os.mkdir(self.path(name))
            subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={size}', 'none', self.path(name)], check=True)
        etc = self.path('etc')
        shutil.copytree(os.path.join(ROOT, 'dist', 'etc', 'fail2ban'), etc)
        self.write('etc/fail2ban.local', f'''[DEFAULT]
logtarget = {self.path('log/fail2ban.log')}
socket = {self.path('sock')}
pidfile = {self.path('pid')}
dbfile = {self.path('db/fail2ban.sqlite3')}
''')
        self.write('etc/filter.d/chaos.conf', '[Definition]\nfailregex = ^ srv fail from <ADDR>$\ndatepattern = ^{EPOCH}\n')
        jails = {'long': 'maxretry = 1\nbantime = 10d', 'brief': 'maxretry = 1\nbantime = 3', 'thrice': 'maxretry = 3\nbantime = 10d\nfindtime = 2d'}
        self.write('etc/jail.local', f'[DEFAULT]\nfilter = chaos\nusedns = no\nbackend = auto\naction = nftables[port=ssh]\nlogpath = {folder}/log/%(__name__)s.log\n'
                   + ''.join(f'[{name}]\nenabled = true\n{text}\n' for name, text in jails.items()))
        for jail in JAILS:
            self.write(f'log/{jail}.log', f'{self.now()} srv begins\n')
        self.write('clock', '+0')

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), 'w', encoding='utf-8') as file:
            file.write(text)

    def now(self):
        """The time that the server sees."""
        return int(time.time()) + self.offset

    def addresses(self, count):
        self.next += count
        return [f'10.{n >> 16}.{(n >> 8) & 255}.{n & 255}' for n in range(self.next - count, self.next)]

    # -- The server -----------------------------------------------------------

    def start(self):
        for name in ('sock', 'pid'):
            if os.path.exists(self.path(name)):
                os.unlink(self.path(name))
        environment = dict(os.environ, LC_ALL='C.UTF-8')
        if self.faketime:
            environment.update(LD_PRELOAD=self.faketime, FAKETIME_TIMESTAMP_FILE=self.path('clock'), FAKETIME_NO_CACHE='1', FAKETIME_DONT_FAKE_MONOTONIC='1')
        with open(self.path('out'), 'ab') as out:
            self.process = subprocess.Popen([os.path.join(BIN, 'fail2ban-server'), '-c', self.path('etc'), '-xf', 'start'], env=environment, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
        self.wait(lambda: self.client('ping', check=False).returncode == 0, 'the start')
        self.wait(lambda: all(jail in self.client('status', check=False).stdout for jail in JAILS), 'the jails')

    def kill(self):
        self.process.kill()
        self.process.wait()

    def client(self, *words, check=True):
        try:
            answer = subprocess.run([os.path.join(BIN, 'fail2ban-client'), '-c', self.path('etc'), *words], capture_output=True, text=True, timeout=self.patience, check=False)
        except subprocess.TimeoutExpired as late:
            raise Broken(f'no answer to {" ".join(words)[:80]} within {self.patience} s') from late
        if check and answer.returncode:
            raise Broken(f'{" ".join(words)[:80]}: {answer.stdout[-300:]} {answer.stderr[-300:]}')
        return answer

    def wait(self, holds, what):
        until = time.monotonic() + self.patience
        while not holds():
            if self.process.poll() is not None:
                raise Broken(f'the server ended with {self.process.returncode} ({what})')
            if time.monotonic() > until:
                raise Broken(f'not within {self.patience} s: {what}')
            time.sleep(0.05)

    # -- What it must hold ----------------------------------------------------

    def answer(self, jail):
        return set(self.client('get', jail, 'banip').stdout.split())

    def kernel(self, jail):
        listed = subprocess.run(['nft', '-j', 'list', 'set', 'inet', 'f2b-table', f'addr-set-{jail}'], capture_output=True, text=True, check=False)
        if listed.returncode:
            return set()
        elements = [e for item in json.loads(listed.stdout)['nftables'] if 'set' in item for e in item['set'].get('elem', [])]
        return {e['elem']['val'] if isinstance(e, dict) else e for e in elements}

    def stored(self, jail):
        with sqlite3.connect(f'file:{self.path("db/fail2ban.sqlite3")}?mode=ro', uri=True, timeout=5) as database:
            return {ip for ip, in database.execute('SELECT ip FROM bips WHERE jail = ? AND timeofban + bantime >= ?', (jail, self.now()))}

    def logged(self):
        """Addresses of the jail `long` whose last sentence in the log is Ban, in what is left of the log."""
        last = {}
        for name in sorted(glob.glob(self.path('log/fail2ban.log*')), reverse=True):
            with open(name, encoding='utf-8', errors='replace') as file:
                lines = file.readlines()
            for line, following in zip(lines, [*lines[1:], '']):
                words = line.split()
                # A full disk cut it, perhaps within the address; the line behind it tells.
                if not line.endswith('\n') or 'lines of the log were lost here' in following:
                    continue
                if words[-3:-1] == ['[long]', 'Ban'] or words[-4:-1] == ['[long]', 'Restore', 'Ban']:
                    last[words[-1]] = True
                elif words[-3:-1] == ['[long]', 'Unban']:
                    last[words[-1]] = False
        return {address for address, banned in last.items() if banned}

    def difference(self):
        for jail in JAILS:
            try:
                answer, kernel, stored = self.answer(jail), self.kernel(jail), self.stored(jail)
            except sqlite3.Error as error:
                return f'{jail}: the database cannot be read: {error}'
            missing = self.expected[jail] - answer if jail != 'brief' else set()
            # The row of a ban that has ended stays for a while; with the clock set back, its time is not over any more.
            revived = stored - answer if jail != 'brief' else set()
            for what, lacking, extra in (('the kernel', answer - kernel, kernel - answer), ('the database', answer - stored, revived), ('the server', missing, set())):
                if lacking or extra:
                    return f'{jail}: {what} lacks {len(lacking)} ({sorted(lacking)[:3]}) and has {len(extra)} too many ({sorted(extra)[:3]}) beside {len(answer)} bans'
        return ''

    def check(self):
        told = ['']

        def settled():
            told[0] = self.difference()
            return not told[0]
        try:
            self.wait(settled, 'one mind of kernel, database and client')
        except Broken as broken:
            raise Broken(f'{broken}: {told[0]}') from broken
        # Kept copies of damaged files would fill this small disk, and what cannot be stored a death may take with it.
        for copy in glob.glob(self.path('db/fail2ban.sqlite3.2*')):
            os.unlink(copy)
        answer = self.answer('long')
        lost = {a for a in self.logged() if not self.unbanned[a]} - answer
        if lost:
            raise Broken(f'the log said Ban of {len(lost)} that are not banned: {sorted(lost)[:3]}')
        if any(SENTINEL in self.answer(jail) for jail in JAILS):
            raise Broken(f'a forged line had {SENTINEL} banned')
        if self.client('ping').stdout.strip() != 'Server replied: pong':
            raise Broken('no pong')
        if os.path.exists(self.path('executed')):
            raise Broken('a client had something executed')
        bans = sum(len(self.answer(jail)) for jail in JAILS)
        # What a burst took is to be given back within the same time.
        self.wait(lambda: self.memory() <= MEMORY[0] + MEMORY[1] * bans, f'{MEMORY[0] >> 20} MiB of memory with {bans} bans')
        return bans, self.memory()

    def memory(self):
        with open(f'/proc/{self.process.pid}/status', encoding='ascii', errors='replace') as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith('VmRSS'))
