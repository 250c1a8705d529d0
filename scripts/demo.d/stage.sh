# The stage of scripts/demo: the directory, the configuration, the names of the actors, and how they speak.

firewall=$FAIL2BAN_DEMO_FIREWALL
if [ -t 1 ] && [ -z "${NO_COLOR-}" ]; then
    bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' yellow=$'\e[33m' blue=$'\e[36m' plain=$'\e[0m'
else
    bold='' red='' green='' yellow='' blue='' plain=''
fi

chapter() { printf '\n%s== %s%s\n' "$bold$blue" "$*" "$plain"; }
tell() { printf '   %s\n' "$*"; }
good() { printf ' %s+%s %s\n' "$green" "$plain" "$*"; proved=$((proved + 1)); }
bad() { printf ' %s- %s%s\n' "$red" "$*" "$plain"; broken=$((broken + 1)); }
shown() { printf '%s$ %s%s\n' "$bold" "$*" "$plain"; }
proved=0 broken=0

stage=$(mktemp -d "${TMPDIR:-/tmp}/fail2ban-demo.XXXXXX")
etc=$stage/etc log=$stage/fail2ban.log socket=$stage/fail2ban.sock pidfile=$stage/fail2ban.pid
auth=$stage/auth.log access=$stage/access.log
bin=$root/dist/bin
client() { "$bin/fail2ban-client" -c "$etc" -s "$socket" -p "$pidfile" "$@"; }

listeners=()
leave() {
    if [ -s "$pidfile" ]; then client stop >/dev/null 2>&1 || true; fi
    for pid in "${listeners[@]}"; do kill "$pid" 2>/dev/null || true; done
    rm -rf "$stage"
}
trap leave EXIT

server=203.0.113.10 server6=2001:db8:5::10
attacker=198.51.100.23 attacker6=2001:db8:bad::7 mistyping=198.51.100.80 ignored=192.0.2.77
bantime=10

cp -r "$root/dist/etc/fail2ban" "$etc"
: >"$auth"
: >"$access"
mkdir -p "$etc/jail.d"
cat >"$etc/jail.local" <<CONF
[DEFAULT]
bantime = ${bantime}s
ignoreip = $ignored
$([ "$firewall" = real ] || echo "banaction = dummy[target=$stage/dummy.log]")

[sshd]
enabled = true
backend = auto
logpath = $auth
CONF
cat >"$etc/jail.d/00-local.conf" <<CONF
[apache-excessive]
enabled = true
port = http,https
logpath = $access
CONF
cat >"$etc/filter.d/apache-excessive.conf" <<'CONF'
[INCLUDES]
before = apache-common.conf
[Definition]
excess_code = 429
failregex = ^<HOST> -.*"(GET|POST|HEAD).*HTTP.*" %(excess_code)s
ignoreregex =
datepattern = ^[^\[]*\[({DATE})
              {^LN-BEG}
CONF
cat >"$etc/fail2ban.local" <<CONF
[DEFAULT]
logtarget = $log
dbfile = $stage/fail2ban.sqlite3
CONF

# A line as OpenSSH and Apache write it, now.
ssh_failed() { printf '%s web1 sshd[%d]: Failed password for %s from %s port %d ssh2\n' "$(LC_ALL=C date '+%b %e %H:%M:%S')" "$3" "$1" "$2" $((40000 + RANDOM % 20000)) >>"$auth"; }
ssh_accepted() { printf '%s web1 sshd[%d]: Accepted password for %s from %s port %d ssh2\n' "$(LC_ALL=C date '+%b %e %H:%M:%S')" "$3" "$1" "$2" 40022 >>"$auth"; }
web() { printf '%s - - [%s] "GET %s HTTP/1.1" %d 162 "-" "curl/8.5.0"\n' "$1" "$(LC_ALL=C date '+%d/%b/%Y:%H:%M:%S %z')" "$2" "$3" >>"$access"; }

# wait_for SECONDS TEXT: until the server's log has a line with this text.
wait_for() {
    local end=$((SECONDS + $1))
    shift
    until grep -qF -- "$*" "$log" 2>/dev/null; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.05
    done
}

# expect SECONDS TEXT WORDS: the same, told to the audience.
expect() {
    local seconds=$1 text=$2 words=$3
    if wait_for "$seconds" "$text"; then good "$words"; else bad "not within $seconds s: $words"; fi
}
