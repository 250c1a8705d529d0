"""What can happen to a server: each event takes the host and the dice that decide how it happens."""
import glob
import os
import random
import resource
import signal
import socket
import struct
import subprocess
import time

from host import JAILS, SENTINEL


def attack(host, dice):
    jail, count = dice.choice(JAILS), dice.choice((1, 3, 20, 300))
    addresses = host.addresses(count)
    with open(host.path(f'log/{jail}.log'), 'a', encoding='utf-8') as log:
        for _ in range(3 if jail == 'thrice' else 1):
            log.writelines(f'{host.now()} srv fail from {address}\n' for address in addresses)
    host.expected[jail].update(addresses)


def ban_by_hand(host, dice):
    addresses = host.addresses(dice.choice((1, 50)))
    host.client('set', 'long', 'banip', *addresses)
    host.expected['long'].update(addresses)


def unban_by_hand(host, dice):
    known = sorted(host.expected['long'])
    for address in dice.sample(known, min(len(known), 5)):
        host.client('set', 'long', 'unbanip', address, check=False)
        host.expected['long'].discard(address)
        host.unbanned[address] += 1


def kill(host, dice):
    time.sleep(dice.random() * 0.2)
    host.kill()
    host.start()


def stop_and_start(host, dice):
    host.client('stop')
    host.process.wait(host.patience)
    host.start()


def freeze(host, dice):
    host.process.send_signal(signal.SIGSTOP)
    attack(host, dice)
    time.sleep(1)
    host.process.send_signal(signal.SIGCONT)


def reload(host, dice):
    host.client('reload', *dice.choice(([], ['--restart'], ['long'], ['--unban', 'brief'])))


def database_full(host, dice):
    fill(host, dice, 'db')


def log_full(host, dice):
    fill(host, dice, 'log')


def fill(host, dice, disk):
    filler = host.path(f'{disk}/filler')
    try:
        with open(filler, 'wb') as file:
            while True:
                file.write(bytes(1 << 16))
                file.flush()
    except OSError:
        pass
    if disk == 'db':
        attack(host, dice)
    ban_by_hand(host, dice)
    time.sleep(0.5)
    os.unlink(filler)


def few_descriptors(host, dice):
    used = len(os.listdir(f'/proc/{host.process.pid}/fd'))
    soft, hard = resource.prlimit(host.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(host.process.pid, resource.RLIMIT_NOFILE, (used + dice.choice((0, 2, 8)), hard))
    crowd = connections(host, 40)
    attack(host, dice)
    time.sleep(1)
    for one in crowd:
        one.close()
    resource.prlimit(host.process.pid, resource.RLIMIT_NOFILE, (soft, hard))


def set_clock(host, dice):
    step = dice.choice((-7200, -90, 90, 3600, 7200))
    if host.faketime and abs(host.offset + step) <= 86400:
        host.offset += step
        host.write('clock.new', f'{host.offset:+d}')
        os.rename(host.path('clock.new'), host.path('clock'))
        time.sleep(1.1)


def flush(host, dice):
    subprocess.run(['nft', *dice.choice((['flush', 'ruleset'], ['delete', 'table', 'inet', 'f2b-table'], ['flush', 'table', 'inet', 'f2b-table']))], capture_output=True, check=False)
    # One more ban is what brings the others back.
    ban_by_hand(host, random.Random(dice.random()))


def rotate(host, dice):
    jail = dice.choice(JAILS)
    log = host.path(f'log/{jail}.log')
    attack(host, dice)
    if os.path.exists(log + '.1'):
        os.unlink(log + '.1')
    os.rename(log, log + '.1')
    time.sleep(dice.choice((0, 0.3)))
    with open(log, 'w', encoding='utf-8') as file:
        file.write(f'{host.now()} srv begins again\n')


def flush_logs(host, dice):
    log = host.path('log/fail2ban.log')
    if os.path.exists(log):
        os.rename(log, f'{log}.1')
    host.client('flushlogs')


def damage(host, dice):
    file = host.path('db/fail2ban.sqlite3')
    if dice.random() < 0.3:
        for name in glob.glob(file + '*'):
            if not name[len(file):].startswith('.'):
                os.unlink(name)
        return
    if os.path.exists(file):
        with open(file, 'r+b') as database:
            size = os.path.getsize(file)
            for _ in range(dice.choice((1, 20))):
                database.seek(int(dice.random() * max(size - 512, 1)))
                database.write(dice.randbytes(512))


def hostile_lines(host, dice):
    now = host.now()
    forged = [
        f'{now} srv fail from {SENTINEL} or not'.encode(), f'{now} srv fail from \x00{SENTINEL}'.encode(), f'{now} srv  fail from {SENTINEL}'.encode(),
        f'{now} user=" srv fail from {SENTINEL}"'.encode(), b'\xff\xfe srv fail from ' + SENTINEL.encode(),
        f'{now} srv fail from {SENTINEL}/33'.encode(), f'[long] Ban {SENTINEL}'.encode(), f'{now} srv fail from $(touch {host.path("executed")})'.encode(),
        f'{now} srv fail from `touch {host.path("executed")}`'.encode(), str(now).encode() + b' ' + b'srv fail from ' * 20000, dice.randbytes(dice.choice((10, 5000))).replace(b'\n', b'x'),
    ]
    with open(host.path(f'log/{dice.choice(JAILS)}.log'), 'ab') as log:
        for line in dice.sample(forged, 5):
            log.write(line + b'\n')
        if dice.random() < 0.1:
            log.write(b'x' * (9 << 20) + b'\n')


def connections(host, count):
    made = []
    for _ in range(count):
        one = socket.socket(socket.AF_UNIX)
        one.settimeout(0.2)
        try:
            one.connect(host.path('sock'))
            made.append(one)
        except OSError:
            one.close()
    return made


def hostile_clients(host, dice):
    end = b'<F2B_END_COMMAND>'
    frames = [
        b'cposix\nsystem\n(S\'touch ' + host.path('executed').encode() + b'\'\ntR.' + end, dice.randbytes(2000) + end, dice.randbytes(50), end * 100, b'\x80\x04' + end,
        b'\x80\x02](X' + struct.pack('<I', 1 << 31) + b'x' + end, b'(' * 50000 + end, b'\x80\x02' + b']' * 30000 + b'.' + end, b'x' * 200000,
    ]
    crowd = connections(host, dice.choice((5, 200)))
    for one in crowd:
        try:
            one.sendall(dice.choice(frames))
        except OSError:
            pass
    time.sleep(0.2)
    for one in crowd:
        one.close()


EVENTS = {attack: 6, ban_by_hand: 3, unban_by_hand: 2, kill: 3, stop_and_start: 1, freeze: 1, reload: 2, database_full: 1, log_full: 1, few_descriptors: 1, set_clock: 2,
          flush: 2, rotate: 3, flush_logs: 1, damage: 1, hostile_lines: 2, hostile_clients: 2}
# What a death right behind them may take with it: nothing is promised before it has settled.
ALONE = {damage, database_full, log_full}
