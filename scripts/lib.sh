# Shared by the scripts here; sourced, not run.
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
root=$PWD
# A fresh machine may have no ICU; the SDK does not need it either.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

say() { printf '%s\n' "$*"; }
fail() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# need PACKAGE TEST-COMMAND...: make sure that something of the system is there; install it where that is possible.
need() {
    local package=$1
    shift
    "$@" >/dev/null 2>&1 && return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "installing $package"
        if [ -z "${apt_updated-}" ]; then apt-get -q update >/dev/null || return 1; apt_updated=1; fi
        DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "$package" >/dev/null || return 1
        "$@" >/dev/null 2>&1
    else
        return 1
    fi
}

# Packages that are installed from here on start no service, whoever ends the script: until end_policy.
policy=/usr/sbin/policy-rc.d
keep_services_down() {
    [ ! -e $policy ] || return 0
    trap end_policy EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod +x $policy
    made_policy=1
}
end_policy() {
    if [ -n "${made_policy-}" ]; then rm -f $policy; made_policy=; fi
}

have_library() { ldconfig -p 2>/dev/null | grep -q "$1" || /sbin/ldconfig -p 2>/dev/null | grep -q "$1"; }

need_sdk() {
    command -v dotnet >/dev/null || fail "the .NET 10 SDK is needed ('dotnet' is not on the PATH)"
    dotnet --list-sdks | grep -q '^10\.' || fail "the .NET 10 SDK is needed; found: $(dotnet --list-sdks | tr '\n' ' ')"
}

# Restores exactly what the lock files name. They also hold the SDK's own packs, whose versions go with its patch level:
# with another 10.0 SDK those lines are renewed, the pinned packages stay as Directory.Packages.props has them.
restore() {
    dotnet restore "$@" --locked-mode -v quiet >/dev/null 2>&1 || dotnet restore "$@" --force-evaluate -v quiet
}
