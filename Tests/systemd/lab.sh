#!/usr/bin/env bash
# What an operator does with the Debian package, on a machine that systemd has booted, as root; to be thrown away after. In the
# working directory lie this file, callbacks.py and two packages of different versions. The machine is as small as Debian gets:
# without procps, and made to be without ca-certificates. A line for each check; the first that fails ends it, with the journal.
set -uo pipefail
cd "$(dirname "$0")"
export COLUMNS=1000  # Otherwise what is looked for may be broken over lines.

config=/etc/paystate/paystate.yaml
database=/var/lib/paystate/paystate.db
mapfile -t packages < <(
    for file in *.deb; do echo "$(dpkg-deb --field "$file" Version) $file"; done | sort -V | cut -d ' ' -f 2
)
output=$(mktemp)
good=$output.yaml

heading() { printf '\n%s\n' "$*"; }

# check WHAT COMMAND…    runs it, and stops everything if it fails.
check() {
    local what=$1
    shift
    if "$@" >"$output" 2>&1; then
        printf '  ok      %s\n' "$what"
    else
        failed "$what"
    fi
}

failed() {
    printf '  FAILED  %s\n\n' "$1"
    cat "$output"
    printf '\n'
    systemctl status --no-pager --lines=0 paystate.service paystate.socket
    journalctl --no-pager --lines=60 --output=short-precise
    exit 1
}

# fails COMMAND…
fails() { ! "$@"; }

# says TEXT COMMAND…    the command prints TEXT, whatever its status.
says() {
    local said
    said=$("${@:2}" 2>&1)
    echo "$said"
    [[ $said == *"$1"* ]]
}

# within SECONDS COMMAND…    it succeeds before long.
within() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < deadline)) || return 1
        sleep 0.2
    done
}

property() { systemctl show --property="$1" --value paystate.service; }
process() { property MainPID; }
restarts_are() { [[ $(property NRestarts) -ge $1 ]] && systemctl is-active --quiet paystate.service; }
journal_since() { journalctl --no-pager --output=cat --unit=paystate.service --since="$1"; }

# The database as another user of its group sees it.
query() { runuser -u reader -- sqlite3 -readonly "file:$database?mode=ro" "$1"; }
recorded() { [[ $(query "SELECT count(*) FROM payments WHERE payment_id LIKE '$1-%' AND state = 'succeeded'") == "$2" ]]; }
are_recorded() { post "$@" && recorded "$3" "$4"; }
post() { python3 callbacks.py "$@"; }

# during NAME COMMAND…    200 callbacks, one after the other, while the command runs: each is answered 200, and recorded.
during() {
    local name=$1 client
    shift
    post eu-shop sesame "$name" 200 0.05 >"$output.client" 2>&1 &
    client=$!
    sleep 0.5
    "$@" || { kill "$client"; return 1; }
    kill -0 "$client" || { echo "the callbacks were through before it was"; return 1; }
    wait "$client" || { cat "$output.client"; return 1; }
    recorded "$name" 200
}

restart_thrice() {
    for _ in 1 2 3; do
        systemctl restart paystate.service || return 1
        sleep 0.7
    done
}

# Without ca-certificates, which there is no network to get.
dpkg_install() { dpkg -i --force-depends "$1"; }

# answered CLIENT    the callbacks that a client began to send have all been answered 200.
answered() { wait "$1" || { cat "$output.client"; return 1; }; }

heading "A small machine"
dpkg --purge --force-depends ca-certificates >/dev/null 2>&1
rm -f /etc/ssl/certs/*
check "there is no procps" fails test -e /bin/kill
check "there is no ca-certificates" fails test -e /etc/ssl/certs/ca-certificates.crt

heading "Installing"
check "without ca-certificates it is not configured" \
    says "depends on ca-certificates; however" sh -c "dpkg -i ${packages[0]}; dpkg --purge --force-all paystate >/dev/null 2>&1"
check "dpkg -i ${packages[0]}" dpkg_install "${packages[0]}"
check "user and group are there" id paystate
check "nothing runs yet, and nothing is enabled" fails systemctl --quiet is-enabled paystate.service paystate.socket
check "the configuration is for the group, the secrets are for root" \
    says "640 root:paystate 700 root:root" sh -c "echo \$(stat -c '%a %U:%G' $config /etc/paystate/secrets)"
check "as it is installed it does not start" fails systemctl start paystate.socket paystate.service
check "… says why, with the line" says "accounts: is empty: add an account" journal_since today
sleep 2
check "… and is not started again" test "$(property NRestarts) $(property ExecMainStatus)" = "0 78"
check "sudo paystate check-config says the same" says "accounts: is empty: add an account" paystate check-config

heading "Configuring: one file, one secret"
sed -i '/^#  eu-shop:/,/^#    ambiguous/s/^#//' "$config"
printf 'sesame\n' >/etc/paystate/secrets/eu-shop
check "systemctl enable --now paystate.socket paystate" systemctl enable --now paystate.socket paystate.service
check "active" systemctl is-active paystate.service paystate.socket
check "sudo paystate check-config finds the secret, and says the path" \
    says "account   eu-shop (ecommpay): the gateway posts callbacks to /callbacks/eu-shop" paystate check-config
check "… which another user may not" says "may not be read by this user: run this with sudo" \
    runuser -u nobody -g paystate -- paystate check-config
cp --preserve "$config" "$good"
sed -i 's|^database: .*|database: /var/lib/nowhere/paystate.db|' "$config"
check "… and misses a folder for the database" says "there is no folder /var/lib/nowhere" paystate check-config
check "… which is an error" fails paystate check-config
cp "$good" "$config"
start=$(property ExecMainStartTimestampMonotonic)
ready=$(property ActiveEnterTimestampMonotonic)
check "ready after $(((ready - start) / 1000)) ms" test $((ready - start)) -le 1000000
sleep 3
resident=$(awk '/^VmRSS/ { print $2 }' "/proc/$(process)/status")
check "idle with $((resident / 1024)) MiB" test "$resident" -le 36864
check "exposed at most 1.2" systemd-analyze security --threshold=12 --no-pager paystate.service
check "its state in words: $(property StatusText)" test -n "$(property StatusText)"

heading "Receiving"
adduser --quiet --disabled-password --gecos "" reader
adduser --quiet --disabled-password --gecos "" stranger
adduser --quiet reader paystate
check "20 signed callbacks are answered 200 and recorded" are_recorded eu-shop sesame first 20
check "a wrong signature is not" says "forged-1: 403" post eu-shop "another secret" forged 1
check "paystate payments, as a member of the group" says first-20 runuser -u reader -- paystate payments
check "paystate show, too" says "first-7 at eu-shop" runuser -u reader -- paystate show first-7
check "the admin socket answers members of the group" \
    runuser -u reader -- curl -fsS --unix-socket /run/paystate/admin.sock http://paystate/readyz
check "… and nobody else" fails runuser -u stranger -- curl -fsS --unix-socket /run/paystate/admin.sock http://paystate/readyz

heading "Credentials"
credentials=/run/credentials/paystate.service
check "a secret is the daemon's alone" fails runuser -u reader -- cat "$credentials/secret_eu-shop" /etc/paystate/secrets/eu-shop
systemd-creds setup >/dev/null 2>&1
mkdir -p /etc/credstore.encrypted /etc/systemd/system/paystate.service.d
check "systemd-creds encrypts one" \
    sh -c 'printf "open sesame\n" | systemd-creds encrypt --with-key=host --name=enc-shop - /etc/credstore.encrypted/enc-shop'
cp /usr/share/doc/paystate/examples/credentials.conf.example /etc/systemd/system/paystate.service.d/credentials.conf
sed -i 's|^#\(LoadCredentialEncrypted=\).*|\1enc-shop:/etc/credstore.encrypted/enc-shop|' \
    /etc/systemd/system/paystate.service.d/credentials.conf
printf '  enc-shop: {gateway: ecommpay, project_id: 240, secrets: [{credential: enc-shop}]}\n' >>"$config"
check "with the drop-in example, it restarts" sh -c 'systemctl daemon-reload && systemctl restart paystate.service'
check "and its account receives" are_recorded enc-shop "open sesame" encrypted 1
check "sudo paystate check-config finds both, and warns that they are one project" \
    says "accounts.enc-shop: is the same at the gateway as \`eu-shop\` in line" paystate check-config
cp --preserve "$config" "$good"

heading "Restarting"
check "200 in a row during three restarts: none refused, none lost" during restart restart_thrice
before=$(property NRestarts)
kill -KILL "$(process)"
check "kill -9: it is started again" within 20 restarts_are $((before + 1))
check "… and receives" are_recorded eu-shop sesame killed 1
before=$(property NRestarts)
kill -STOP "$(process)"
post eu-shop sesame frozen 1 0 90 >"$output.client" 2>&1 &
client=$!
check "kill -STOP: the watchdog starts it again" within 75 restarts_are $((before + 1))
check "… and the callback that came meanwhile is answered" answered "$client"
check "… and recorded" recorded frozen 1

# broken NAME SECONDS    a callback waits while the daemon cannot start: it is tried again, and the socket stays.
broken() {
    check "it does not start" fails systemctl restart paystate.service
    post eu-shop sesame "$1" 1 0 120 >"$output.client" 2>&1 &
    client=$!
    sleep "$2"
    check "paystate.socket is as it was" systemctl is-active paystate.socket
}

# mended NAME    a plain restart answers what waited.
mended() {
    check "mended, a plain restart" systemctl restart paystate.service
    check "… answers the callback that waited" answered "$client"
    check "… which is recorded" recorded "$1" 1
}

heading "A wrong configuration, while a callback waits"
printf '  third: {gateway: paypal}\n' >>"$config"
before=$(date '+%F %T')
broken wrong 12
tries=$(journal_since "$before" | grep -c '`paypal` is not a gateway')
check "it was tried again with pauses ($((tries / 2)) times)" test "$tries" -ge 4 -a "$tries" -le 10
cp "$good" "$config"
mended wrong

heading "No folder of secrets, while a callback waits"
mv /etc/paystate/secrets /etc/paystate/away
before=$(date '+%F %T')
broken secrets 8
check "it says which secret it lacks, and where" says "put it into /etc/paystate/secrets/eu-shop" journal_since "$before"
check "sudo paystate check-config does, too" says "/etc/paystate/secrets/eu-shop does not exist" paystate check-config
check "sudo paystate doctor does, too" says "/etc/paystate/secrets is missing" paystate doctor
mv /etc/paystate/away /etc/paystate/secrets
mended secrets

heading "A crash loop, while a callback waits"
mkdir -p /run/systemd/system/paystate.service.d
printf '[Service]\nExecStartPre=\nExecStart=\nExecStart=/bin/sh -c "exit 1"\nRestartSec=50ms\n' \
    >/run/systemd/system/paystate.service.d/crash.conf
systemctl daemon-reload
broken crash 1
restarted() { (($(property NRestarts) >= $1)); }
check "it is started again 30 times" within 90 restarted 30
check "paystate.socket is as it was" systemctl is-active paystate.socket
rm /run/systemd/system/paystate.service.d/crash.conf
systemctl daemon-reload
mended crash

heading "A socket that was stopped"
systemctl stop paystate.socket
check "sudo paystate doctor says so" says "paystate.socket is inactive (dead): connections" paystate doctor
check "a plain restart brings it back" systemctl restart paystate.service
check "… and receives" are_recorded eu-shop sesame socket 1

heading "Answering 503"
printf '.timeout 3000\nBEGIN IMMEDIATE;\n.shell sleep 14\nROLLBACK;\n' | runuser -u paystate -- sqlite3 "$database" &
post eu-shop sesame locked 1 0 30 >"$output.client" 2>&1 &
says_why() {
    says "Callbacks are answered 503: another program holds the database locked" \
        systemctl status --no-pager --lines=0 paystate.service
}
check "systemctl status says so, and why" within 12 says_why
check "… and no longer when that is over" within 30 fails says_why
wait
check "it receives again" are_recorded eu-shop sesame unlocked 1

heading "Asking without trusted certificates"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=gateway \
    -addext "subjectAltName=IP:127.0.0.1" -keyout "$output.key" -out "$output.crt" >/dev/null 2>&1
cat >"$output.gateway" <<END
{database: $output.db, listen: "127.0.0.1:8443", tls: {certificate: $output.crt, private_key: $output.key},
 accounts: {none: {gateway: ecommpay, project_id: 1, secrets: [{value: x}]}}}
END
paystate serve --config "$output.gateway" >/dev/null 2>&1 &
server=$!
cp --preserve "$config" "$good"
printf '  tls-shop: {gateway: ecommpay, project_id: 7, secrets: [{credential: secret_eu-shop}], api_url: "https://127.0.0.1:8443"}\n' \
    >>"$config"
missing="no trusted certificates are installed"
asks() { paystate poll tls-shop "$1"; }
for place in "empty" "missing"; do
    if [[ $place = missing ]]; then mv /etc/ssl/certs "$output.certs"; fi
    before=$(date '+%F %T')
    systemctl restart paystate.service
    paystate watch tls-shop "CERT-$place" >/dev/null
    check "/etc/ssl/certs is $place: paystate poll says so" says "$missing" asks "CERT-$place"
    check "… the log, too" says "$missing" journal_since "$before"
    check "… and sudo paystate doctor" says "trusted certificates" sh -c 'paystate doctor | grep ^FAILURE'
done
mkdir /etc/ssl/certs
cp "$output.crt" /etc/ssl/certs/ca-certificates.crt
check "installed, and restarted" systemctl restart paystate.service
paystate watch tls-shop CERT-there >/dev/null
check "it gets through" says "(HTTP 404)" asks CERT-there
kill "$server"; wait "$server"
cp "$good" "$config"
systemctl reload paystate.service

heading "Reloading"
before=$(process)
printf '  second: {gateway: ecommpay, project_id: 240, secrets: [{value: sesame two}]}\n' >>"$config"
check "systemctl reload" systemctl reload paystate.service
check "the new account receives" within 5 are_recorded second "sesame two" second 1
check "it is the same process" test "$(process)" = "$before"
cp --preserve "$config" "$config.better"
printf '  third: {gateway: paypal}\n' >>"$config"
check "a wrong file: the reload fails" fails systemctl reload paystate.service
check "… says why" says '`paypal` is not a gateway' journal_since "-10s"
kill -HUP "$before"
check "… also when the daemon itself has to find out" within 5 says "reload" property StatusText
check "… which systemctl status shows: $(property StatusText)" says "failed" systemctl status --no-pager paystate.service
check "the old configuration holds" are_recorded second "sesame two" third 1
check "it is the same process" test "$(process)" = "$before"
mv "$config.better" "$config"
check "mended, it reloads" systemctl reload paystate.service
check "… which systemctl status shows" within 5 fails says "failed" property StatusText

heading "Reading as another user"
total=$(query "SELECT count(*) FROM payments")
reads() { [[ $(query "SELECT count(*) FROM payments") == "$total" ]]; }
check "while it runs" reads
check "… but nobody outside the group" fails runuser -u stranger -- sqlite3 -readonly "file:$database?mode=ro" "SELECT 1 FROM payments"
check "… and not for writing" fails runuser -u reader -- sqlite3 "$database" "CREATE TABLE t (a)"
systemctl stop paystate.socket paystate.service
check "while it is stopped" reads
systemctl start paystate.socket paystate.service
check "a callback goes to the log that a kill leaves" post eu-shop sesame log 1
total=$((total + 1))
kill -KILL "$(process)"
systemctl stop paystate.socket paystate.service
check "after it was killed" reads
check "it starts again" systemctl start paystate.socket paystate.service

heading "Backing up"
check "systemctl start paystate-backup" systemctl start paystate-backup.service
backup=$(ls /var/backups/paystate/*.db)
check "the copy is whole" test "$(sqlite3 -readonly "$backup" "PRAGMA integrity_check")" = ok
check "… and holds everything" test "$(sqlite3 -readonly "$backup" "SELECT count(*) FROM payments")" = "$total"
check "… for the group to read" says "640 paystate:paystate" stat -c '%a %U:%G' "$backup"
check "the timer" systemctl enable --now paystate-backup.timer
check "… is going to run" says paystate-backup.service systemctl list-timers --no-pager paystate-backup.timer

heading "Examining"
sick() { runuser -u reader -- paystate doctor | grep -E '^(FAILURE|warning)'; }
only_out_of_reach() { sick; [[ $(sick | cut -c 1-26) == "FAILURE  status endpoints " ]]; }
check "the doctor finds nothing but that no gateway is in reach: there is no network" only_out_of_reach
check "all can be derived again" runuser -u reader -- paystate rebuild --check

heading "Upgrading"
before=$(process)
check "dpkg -i ${packages[1]}, and 200 in a row meanwhile" during upgrade dpkg_install "${packages[1]}"
check "it is another process" test "$(process)" != "$before"
check "the configuration is still mine" grep -q enc-shop "$config"
check "everything is still there" test "$(query "SELECT count(*) FROM payments")" = $((total + 200))

heading "Removing"
check "dpkg -r paystate" dpkg -r paystate
check "nothing runs, nothing listens" fails post eu-shop sesame gone 1
check "the configuration stays" test -f "$config"
check "dpkg -i again" dpkg_install "${packages[1]}"
check "… starts with all that was" sh -c 'systemctl restart paystate.socket paystate.service'
check "… and receives" are_recorded eu-shop sesame again 1
check "purge says what it leaves" \
    says "Paystate leaves what only you can throw away: /var/lib/paystate /var/backups/paystate" dpkg -P paystate
check "nothing runs" fails systemctl is-active paystate.service paystate.socket paystate-backup.timer
check "nothing is enabled" test -z "$(find /etc/systemd/system -name 'paystate*' ! -name '*.d' ! -path '*.d/*')"
check "the configuration is gone" test ! -e "$config"
check "the data is not" test "$(query "SELECT count(*) FROM payments")" = $((total + 201))
check "… nor the backups" test -f "$backup"

printf '\nAll is well.\n'
