#!/bin/sh
# Follows Paystate's change feed: every transition at least once, in order, whatever is restarted.
#
#     consumer.sh /var/lib/paystate/paystate.db orders.kept
#
# The second file keeps the last transition that was dealt with; delete it to begin again with the first one. It asks for what is
# new once a second: one step in an index. (`PRAGMA data_version` tells one connection that stays whether there is anything new;
# consumer.py listens to it, and keeps books.)
set -u
if [ $# -ne 2 ]; then
    echo 'usage: consumer.sh DATABASE FILE-THAT-KEEPS-THE-PLACE' >&2
    exit 1
fi
database=$1 place=$2 complaint=

# Your work: $1 is a transition as JSON. It must last when this returns, and may come again after a crash.
deal_with() {
    printf '%s\n' "$1"
}

# Survives a power cut: the file holds either the old or the new transition, whole.
keep() {
    printf '%s %s\n' "$1" "$2" >"$place.new" && sync "$place.new" && mv "$place.new" "$place" && sync "$(dirname "$place")"
}

# The time of the last transition that was dealt with, then what is new: seq, time and JSON, a line each.
ask() {
    sqlite3 -init /dev/null -readonly -batch -list -separator ' ' -cmd '.timeout 5000' "$database" "
        BEGIN;
        SELECT coalesce((SELECT recorded_at FROM transitions WHERE seq = $seq), '-');
        SELECT seq, recorded_at, json_object(
                   'seq', seq, 'recorded_at', recorded_at, 'account', account, 'reference', reference,
                   'payment_id', payment_id, 'entity', entity, 'entity_id', entity_id, 'from_state', from_state,
                   'to_state', to_state, 'to_status', to_status, 'kind', kind, 'amount_minor', amount_minor,
                   'moved_minor', moved_minor, 'currency', currency, 'test', test, 'source', source,
                   'evidence_id', evidence_id)
        FROM transitions WHERE seq > $seq ORDER BY seq LIMIT 500;
        COMMIT" 2>&1
}

seq=0 recorded_at=-
if [ -e "$place" ]; then
    read -r seq recorded_at <"$place" && [ "$seq" -gt 0 ] || exit 1
fi
while :; do
    if ! answer=$(ask); then
        # Not there yet, busy, or may not be read: it is tried again, and told once.
        [ "$answer" = "$complaint" ] || printf '%s: %s; trying again\n' "$database" "$answer" >&2
        complaint=$answer
        sleep 1
        continue
    fi
    before=$seq
    while read -r number at transition; do
        if [ -z "$at" ]; then
            [ "$number" = "$recorded_at" ] && continue
            echo "transition $seq of $recorded_at was dealt with, but the database has another history: was a backup restored?" \
                "Compare what was done since then by hand, then delete $place." >&2
            exit 1
        fi
        if [ "$number" -ne $((seq + 1)) ]; then
            echo "the feed has a gap after $seq" >&2
            exit 1
        fi
        deal_with "$transition" || exit
        seq=$number recorded_at=$at
    done <<ANSWER
$answer
ANSWER
    if [ "$seq" -eq "$before" ]; then
        sleep 1
    else
        keep "$seq" "$recorded_at" || exit
    fi
done
