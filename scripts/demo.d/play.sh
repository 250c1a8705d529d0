# The play of scripts/demo; the stage is set by stage.sh.

if [ "$firewall" = real ]; then
    # Two hosts on one wire: ours, and one with everybody else's addresses.
    unshare --net sleep 600 &
    elsewhere=$!
    listeners+=($elsewhere)
    until [ "$(readlink /proc/$elsewhere/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.01; done
    there() { nsenter --target $elsewhere --net "$@"; }
    ip link set lo up
    ip link add wire type veth peer name wire netns $elsewhere
    ip address add $server peer $attacker dev wire
    ip -6 address add $server6/64 dev wire nodad
    ip link set wire up
    there ip link set wire up
    there ip address add $attacker peer $server dev wire
    there ip address add $mistyping/32 dev wire
    there ip -6 address add $attacker6/64 dev wire nodad
    there ip -6 route add $server6 dev wire
    ip route add $mistyping dev wire
    ip -6 route add $attacker6 dev wire
    for address in $server $server6; do
        for port in 22 80; do
            perl "$root/scripts/demo.d/knock.pl" listen "$address" "$port" &
            listeners+=($!)
        done
    done
    knock() { there perl "$root/scripts/demo.d/knock.pl" from "$@"; }
    # proves passes|refused FROM TO PORT WORDS
    proves() {
        local fate
        fate=$(knock "$2" "$3" "$4")
        if [ "$fate" = "$1" ]; then good "a real packet: $5: $fate"; else bad "a real packet: $5: $fate, should be: $1"; fi
    }
fi

chapter "A web server, attacked (firewall: $([ "$firewall" = real ] && echo "the kernel's nftables, in a namespace of its own" || echo "dry run"))"
tell "its logs: $auth"
tell "           $access"
shown "fail2ban-client start"
if client start; then good "the server runs, with the shipped configuration and two jails"; else bad "the server does not start"; cat "$log"; exit 1; fi
pid=$(cat "$pidfile")
if [ "$firewall" = real ]; then
    proves passes $attacker $server 22 "$attacker to ssh, before"
    proves passes $attacker6 $server6 80 "$attacker6 to http, before"
fi

chapter "Someone mistypes a password twice; a friend who is on the ignore list, often"
ssh_failed alice $mistyping 701
ssh_failed alice $mistyping 701
ssh_accepted alice $mistyping 701
for _ in 1 2 3 4 5 6 7; do ssh_failed backup $ignored 702; done
expect 5 "[sshd] Found $mistyping" "found: alice mistyped from $mistyping"
expect 5 "[sshd] Ignore $ignored by ip" "ignored: $ignored, whatever it does"

chapter "An attacker guesses passwords over ssh, another one hammers the web server over IPv6"
for user in root admin test oracle postgres; do
    ssh_failed "invalid user $user" $attacker $((800 + ${#user}))
    web $attacker6 "/login?user=$user" 429
    sleep 0.1
done
expect 5 "[sshd] Found $attacker" "found: $attacker"
expect 5 "[sshd] Ban $attacker" "banned: $attacker by the jail sshd, after 5 failures"
expect 5 "[apache-excessive] Ban $attacker6" "banned: $attacker6 by the jail apache-excessive"
banned_at=$SECONDS
sleep 0.3

chapter "What the administrator sees"
shown "fail2ban-client status sshd"
status=$(client status sshd)
printf '%s\n' "$status"
if grep -qE 'Currently banned:\s+1$' <<<"$status" && grep -qE "Banned IP list:\s+$attacker\$" <<<"$status"; then good "status tells the one ban"; else bad "status should tell the ban of $attacker"; fi
shown "fail2ban-client get sshd banip --with-time"
times=$(client get sshd banip --with-time)
printf '%s\n' "$times"
if grep -qE "^$attacker .*\+ $bantime = " <<<"$times"; then good "and until when"; else bad "the ban should last $bantime s"; fi
if grep -qE "Ban ($mistyping|$ignored)" "$log"; then bad "the mistyping user or the friend was banned"; else good "neither the mistyping user nor the friend is banned"; fi

if [ "$firewall" = real ]; then
    shown "nft list table inet f2b-table"
    table=$(nft list table inet f2b-table)
    printf '%s\n' "$table"
    if grep -q "elements = { $attacker " <<<"$table" && grep -q "elements = { $attacker6 " <<<"$table"; then good "the kernel has both in its sets"; else bad "the kernel's sets should hold both attackers"; fi
    proves refused $attacker $server 22 "$attacker to ssh, banned"
    proves refused $attacker6 $server6 80 "$attacker6 to http, banned"
    proves passes $mistyping $server 22 "$mistyping to ssh"
else
    shown "cat dummy.log"
    cat "$stage/dummy.log"
    if grep -q "^+$attacker sshd" "$stage/dummy.log"; then good "the action ran (dry)"; else bad "the action should have run"; fi
fi
kilobytes=$(awk '/VmRSS/ { print $2 }' "/proc/$pid/status")
if [ "$kilobytes" -le 20480 ]; then good "the server holds $((kilobytes / 1024)) MB of memory"; else bad "the server holds $((kilobytes / 1024)) MB of memory, more than 20"; fi

chapter "After $bantime seconds"
wait=$((bantime + 5 - (SECONDS - banned_at)))
expect $wait "[sshd] Unban $attacker" "unbanned by time: $attacker"
expect 5 "[apache-excessive] Unban $attacker6" "unbanned by time: $attacker6"
sleep 0.3
if [ "$firewall" = real ]; then
    proves passes $attacker $server 22 "$attacker to ssh, after"
    if nft list set inet f2b-table addr-set-sshd | grep -q elements; then bad "the kernel's set should be empty"; else good "the kernel's set is empty"; fi
fi

chapter "The end"
shown "fail2ban-client stop"
if client stop; then good "stopped"; else bad "stop failed"; fi
for _ in $(seq 50); do [ -e "/proc/$pid" ] || break; sleep 0.1; done
if [ -e "/proc/$pid" ]; then bad "the server process is still there"; else good "the server process is gone"; fi
if [ -e "$socket" ] || [ -e "$pidfile" ]; then bad "socket or pid file was left behind"; else good "socket and pid file are gone"; fi
if [ "$firewall" = real ]; then
    if [ -z "$(nft list ruleset)" ]; then good "the firewall is as it was"; else bad "rules were left behind"; nft list ruleset; fi
fi
if grep -E ' (ERROR|CRITICAL) ' "$log"; then bad "the server's log has errors"; else good "no error in the server's log"; fi

printf '\n'
if [ "$firewall" != real ]; then
    printf '%sNot proved here:%s that the kernel drops what is banned. Network namespaces are refused to this user, so the\n' "$yellow" "$plain"
    printf 'firewall action was a dry run; run scripts/demo as root, or where user namespaces are allowed, for the whole of it.\n'
fi
if [ "$broken" -gt 0 ]; then
    printf '%s%d of %d were not as they should be.%s The server log:\n' "$bold$red" "$broken" $((proved + broken)) "$plain"
    tail -n 40 "$log"
    exit 1
fi
printf '%sAll %d were as they should be.%s\n' "$bold$green" "$proved" "$plain"
