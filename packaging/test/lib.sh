# A whole Debian in namespaces of its own, with systemd as its first process; sourced by the scripts here, which run as root.
#
# Nothing of the machine is changed: mounts, network, firewall, host name and processes are the namespace's, and all of it
# goes with the script. Packages come from Debian's server into a cache (FAIL2BAN_TEST_CACHE) with the network of the machine;
# they are installed inside, where there is no network but a cable to an attacker.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
repository=$PWD
cache=${FAIL2BAN_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/fail2ban-net-test}
mirror=${FAIL2BAN_TEST_MIRROR:-http://deb.debian.org/debian}
suite=${FAIL2BAN_TEST_SUITE:-bookworm}
work=$(mktemp -d /var/tmp/fail2ban-test.XXXXXX)
root=$work/root
init='' group='' listener='' probers=()
checks=0 wrong=0

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }
fail() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || fail "root is needed (for namespaces and a Debian root)"
for tool in debootstrap unshare nsenter ip python3; do command -v $tool >/dev/null || fail "$tool is needed"; done
deb=$(ls "$repository"/dist/fail2ban-net_*.deb 2>/dev/null | tail -1)
[ -n "$deb" ] || fail "there is no package: run scripts/build and scripts/package"

# check SENTENCE COMMAND...: the command must succeed.
check() {
    local sentence=$1
    shift
    checks=$((checks + 1))
    if "$@" >"$work/check.out" 2>&1; then say "good   $sentence"; else wrong=$((wrong + 1)); say "WRONG  $sentence"; sed 's/^/       /' "$work/check.out" | tail -20; fi
}
# check_not SENTENCE COMMAND...: the command must fail.
check_not() { check "$1" not "${@:2}"; }
not() { ! "$@"; }
# eventually SECONDS COMMAND...
eventually() {
    local until=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $until ] || { "$@"; return; }; sleep 0.2; done
}

# fetch PACKAGE...: the packages and what they need, into the cache and the root's archive; nothing is installed.
fetch() {
    mkdir -p "$cache/archives-$suite/partial" "$cache/lists-$suite/partial"
    local stamp="$cache/fetched-$suite-$(printf '%s ' "$@" | md5sum | cut -c1-12)"
    if [ ! -e "$stamp" ]; then
        local options=(-o Dir="$root" -o Dir::State::status="$root/var/lib/dpkg/status" -o Dir::Cache::archives="$cache/archives-$suite"
            -o Dir::State::lists="$cache/lists-$suite" -o Dir::Etc::trustedparts=/etc/apt/trusted.gpg.d -o APT::Architecture="$(dpkg --print-architecture)" -o Acquire::Languages=none -o APT::Sandbox::User=root)
        ls "$cache/lists-$suite"/*Packages* >/dev/null 2>&1 || apt-get "${options[@]}" -q update >/dev/null
        apt-get "${options[@]}" -q -y --no-install-recommends --download-only install "$@" >/dev/null
        touch "$stamp"
    fi
    cp -n "$cache/archives-$suite"/*.deb "$root/var/cache/apt/archives/"
    mkdir -p "$root/var/lib/apt/lists"
    cp -rn "$cache/lists-$suite"/. "$root/var/lib/apt/lists/"
}

# make_root PACKAGE...: a fresh minimal Debian with these packages, none of whose services was started.
make_root() {
    mkdir -p "$cache"
    if [ ! -e "$cache/$suite.tar" ]; then
        say "debootstrap $suite (once; kept in $cache)"
        debootstrap --variant=minbase "$suite" "$work/base" "$mirror" >"$work/debootstrap.log" 2>&1 || { tail -5 "$work/debootstrap.log"; fail "debootstrap failed"; }
        tar -C "$work/base" -cf "$cache/$suite.tar.new" . && mv "$cache/$suite.tar.new" "$cache/$suite.tar"
        rm -rf "$work/base"
    fi
    mkdir "$root"
    tar -C "$root" -xf "$cache/$suite.tar"
    echo "deb $mirror $suite main" >"$root/etc/apt/sources.list"
    [ $# -gt 0 ] || return 0
    fetch "$@"
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod +x "$root/usr/sbin/policy-rc.d"
    isolated apt-get -q -y --no-install-recommends install "$@" >"$work/install.log" 2>&1 || { tail -20 "$work/install.log"; fail "installing $* failed"; }
    rm "$root/usr/sbin/policy-rc.d"
}

# isolated COMMAND...: in the root, without systemd, network or the processes of the machine.
isolated() {
    unshare -m -p -n -i -u --fork --kill-child=SIGKILL bash -c '
        root=$1; shift
        mount --make-rprivate /
        mount -t proc proc "$root/proc"
        mount -t tmpfs -o mode=755 tmpfs "$root/dev"
        for d in null zero full random urandom tty; do touch "$root/dev/$d"; mount --bind /dev/$d "$root/dev/$d"; done
        ln -s /proc/self/fd "$root/dev/fd"
        mkdir "$root/dev/pts"; mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"; ln -s pts/ptmx "$root/dev/ptmx"
        ip link set lo up
        exec env -i LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb chroot "$root" "$@"' sh "$root" "$@" </dev/null
}

# boot: starts systemd in the root.
boot() {
    group=/sys/fs/cgroup/unified
    [ -d $group ] || group=/sys/fs/cgroup
    group=$group/fail2ban-test-$$
    mkdir "$group"
    # (unshare complains when its child is killed, which is how this ends.)
    bash -c 'echo $$ >"$1/cgroup.procs"; exec 2>/dev/null unshare -m -p -n -i -u -C --fork --kill-child=SIGKILL bash -c "$3" sh "$2"' sh "$group" "$root" '
        root=$1
        mount --make-rprivate /
        mount --bind "$root" "$root"
        mount -t proc proc "$root/proc"
        mount -t sysfs sysfs "$root/sys"
        mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
        mount -t tmpfs -o mode=755 tmpfs "$root/dev"
        for d in null zero full random urandom tty; do touch "$root/dev/$d"; mount --bind /dev/$d "$root/dev/$d"; done
        mkdir "$root/dev/pts" "$root/dev/shm"
        mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
        ln -s pts/ptmx "$root/dev/ptmx"; ln -s /proc/self/fd "$root/dev/fd"
        mount -t tmpfs tmpfs "$root/dev/shm"
        mount -t tmpfs -o mode=755 tmpfs "$root/run"
        mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
        hostname debian
        ip link set lo up
        cd "$root"; mkdir -p .outside; pivot_root . .outside
        exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot . sh -c "umount -l /.outside; exec /sbin/init systemd.unit=multi-user.target" </dev/null >/dev/null 2>&1' &
    local outer=$!
    local until=$((SECONDS + 120))
    # The first process inside is the child of unshare, which is what the shell became.
    until init=$(cat "/proc/$outer/task/$outer/children" 2>/dev/null | tr -d ' ') && [ -n "$init" ] && inside systemctl is-system-running 2>/dev/null | grep -Eq 'running|degraded'; do
        [ $SECONDS -lt $until ] || fail "systemd does not start in a namespace here"
        sleep 0.3
    done
}

# inside COMMAND...: in the system that was booted.
inside() {
    nsenter -t "$init" -m -p -n -i -u -C -r -w env -i LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb "$@" </dev/null
}
# in_shell TEXT: a script, inside.
in_shell() { inside sh -c "$1"; }
apt() { inside apt-get -q -y --no-install-recommends -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 "$@"; }

# cable: a link from the system inside (10.99.0.1) to an attacker who has the addresses 10.99.0.66 and 10.99.0.77.
cable() {
    unshare -n sleep infinity &
    attacker=$!
    probers+=("$attacker")
    sleep 0.3
    nsenter -t "$attacker" -n sh -c "ip link add outer type veth peer name cable; ip link set cable netns $init"
    nsenter -t "$init" -n sh -c "ip addr add 10.99.0.1/24 dev cable; ip link set cable up"
    nsenter -t "$attacker" -n sh -c 'ip addr add 10.99.0.66/24 dev outer; ip addr add 10.99.0.77/24 dev outer; ip link set outer up'
    nsenter -t "$init" -n python3 -c '
import socket, sys
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("10.99.0.1", 22)); s.listen(64)
while True: s.accept()[0].close()' &
    probers+=($!)
}

# probe NAME ADDRESS: connects from that address to port 22 every 20 ms until probed NAME; what was let in is counted.
probe() {
    nsenter -t "$attacker" -n python3 -c '
import os, signal, socket, sys, time
accepted = tried = 0
going = True
def end(*_):
    global going
    going = False
signal.signal(signal.SIGTERM, end)
open(sys.argv[2] + ".going", "w").close()
while going:
    s = socket.socket(); s.settimeout(0.3); s.bind((sys.argv[1], 0)); tried += 1
    try:
        s.connect(("10.99.0.1", 22)); accepted += 1
    except OSError:
        pass
    s.close()
    time.sleep(0.02)
open(sys.argv[2], "w").write(f"{accepted} {tried}\n")' "$2" "$work/probe.$1" &
    eval "probe_$1=$!"
    probers+=($!)
    eventually 30 test -e "$work/probe.$1.going"
}
# probed NAME: ends it; accepted and tried are set.
probed() {
    local pid
    eval "pid=\$probe_$1"
    kill -TERM "$pid"
    wait "$pid" || true
    read -r accepted tried <"$work/probe.$1"
}

# finish: the count; ends with 1 where something was wrong.
finish() {
    say ""
    if [ "$wrong" = 0 ]; then say "All $checks were as they should be."; else say "$wrong of $checks were not as they should be."; exit 1; fi
}

clean() {
    local status=$?
    for pid in "${probers[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
    # The end of the first process ends all inside.
    if [ -n "$init" ]; then kill -KILL "$init" 2>/dev/null || true; fi
    wait 2>/dev/null || true
    if [ -n "$group" ]; then
        for _ in 1 2 3 4 5 6 7 8 9 10; do find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null || true; [ -d "$group" ] || break; sleep 0.3; done
    fi
    if [ -z "${FAIL2BAN_TEST_KEEP-}" ]; then rm -rf "$work"; else say "kept: $work"; fi
    exit $status
}
trap clean EXIT
trap 'exit 130' INT TERM
