#!/usr/bin/env bash
# Runs a command beside a private PostgreSQL cluster, and removes the cluster when the command has ended, however it ended:
#
#     cluster.sh COMMAND…
#
# COMMAND finds the server by PAYSTATE_POSTGRESQL, a URL without a database's name. The server listens on a Unix socket in a
# folder of its own and nowhere else, trusts whoever may enter that folder, and is as durable as an installed one (fsync is on):
# what is tested on it is tested on a server that keeps its promises. POSTGRESQL_BIN names the folder of another version's binaries.
set -euo pipefail

oldest=14
install_hint='apt-get install --no-install-recommends postgresql'

if [[ $# -eq 0 ]]; then
    echo "usage: ${0##*/} COMMAND…" >&2
    exit 64
fi

# The newest version that is installed; one in PATH only where Debian's folders have none.
find_binaries() {
    local folder version
    while read -r folder; do
        [[ -x $folder/initdb && -x $folder/postgres ]] || continue
        version=$("$folder/postgres" --version | sed -E 's/[^0-9]*([0-9]+).*/\1/')
        if ((version >= oldest)); then
            echo "$folder"
            return
        fi
    done < <(
        if [[ -n ${POSTGRESQL_BIN:-} ]]; then
            echo "$POSTGRESQL_BIN"
        else
            printf '%s\n' /usr/lib/postgresql/*/bin | sort -t / -k 5,5rn
            dirname "$(command -v postgres || echo /nowhere/postgres)"
        fi
    )
    return 1
}

if ! binaries=$(find_binaries); then
    echo "no PostgreSQL server of version $oldest or newer is installed: $install_hint" >&2
    exit 69
fi

# PostgreSQL refuses to run as root. `setpriv` replaces itself by the server, so that the server's process is the one we know.
as=()
if [[ $(id -u) = 0 ]]; then
    if ! id postgres >/dev/null 2>&1; then
        echo "there is no user postgres, whom root's servers run as: $install_hint" >&2
        exit 69
    fi
    as=(setpriv --reuid=postgres --regid=postgres --init-groups --)
fi

folder=$(mktemp -d /tmp/paystate-pg.XXXXXX)  # short: the path of a Unix socket has room for 107 bytes
server='' command=''

finish() {
    local code=$?
    trap - EXIT
    trap '' HUP INT TERM
    if [[ -n $command ]] && kill -0 "$command" 2>/dev/null; then
        kill -TERM -- "-$command" 2>/dev/null || true  # its whole process group
        wait "$command" 2>/dev/null || true
    fi
    if [[ -n $server ]] && kill -0 "$server" 2>/dev/null; then
        kill -INT "$server" 2>/dev/null || true  # "fast shutdown": sessions are ended, data is written
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$folder"
    exit "$code"
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

if [[ ${#as[@]} -gt 0 ]]; then chown postgres: "$folder"; fi
cd "$folder" # the postgres user may not enter the folder that we were called in

# Sorted as people sort, where initdb can: text that is compared by anything but its bytes then shows itself in the tests.
locale=(--encoding=UTF8 --locale=C.UTF-8)
if "$binaries/initdb" --help | grep -q -- --icu-locale; then locale+=(--locale-provider=icu --icu-locale=en-US); fi
if ! ${as[@]+"${as[@]}"} "$binaries/initdb" --pgdata="$folder/data" --username=postgres --auth=trust "${locale[@]}" \
    >"$folder/initdb" 2>&1; then
    cat "$folder/initdb" >&2
    exit 69
fi
cat >>"$folder/data/postgresql.conf" <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$folder'
port = 5432
max_connections = 200
shared_buffers = 32MB
fsync = on
full_page_writes = on
synchronous_commit = on
SETTINGS

set -m # process groups of their own: a Ctrl-C reaches this script, which then ends them in order
${as[@]+"${as[@]}"} "$binaries/postgres" -D "$folder/data" >"$folder/log" 2>&1 </dev/null &
server=$!
set +m
for ((attempt = 0; ; attempt++)); do
    if "$binaries/pg_isready" --quiet --host="$folder" --port=5432 --username=postgres; then break; fi
    if ((attempt >= 300)) || ! kill -0 "$server" 2>/dev/null; then
        echo 'the PostgreSQL server did not start:' >&2
        tail -20 "$folder/log" >&2
        exit 69
    fi
    sleep 0.1
done

export PAYSTATE_POSTGRESQL="postgresql://postgres@/?host=$folder&port=5432"
cd "$OLDPWD"
set -m
"$@" <&0 &
command=$!
set +m
code=0
wait "$command" || code=$?
command=''
exit "$code"
