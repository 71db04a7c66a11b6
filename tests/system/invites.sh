#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# invites.sh -- an invitation before the office has sent it, a code that was
# used, two devices that claim with one code, a device that has joined and
# works before it has synced; and what the office's list says of it all.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
world=$TMPDIR/world
# shellcheck source=tests/system/lib/commune.sh
. "$here/lib/commune.sh"
failed=0
export LANG=en

# result STATUS NAME
result() {
	if [ "$1" = 0 ]; then
		echo "ok $2"
	else
		echo "not ok $2"
		cat "$TMPDIR/said"
		failed=1
	fi
}
# says NAME EXIT PATTERN COMMAND...: ends so, and says that
says() {
	local name=$1 want=$2 pattern=$3 rc
	shift 3
	"$@" </dev/null >"$TMPDIR/said" 2>&1
	rc=$?
	echo "exit $rc" >>"$TMPDIR/said"
	[ $rc = "$want" ] && tr '\n' ' ' <"$TMPDIR/said" | grep -qE "$pattern"
	result $? "$name"
}
# invite ROLE: one for ba-mo; its line and its id
invite() {
	as office invite --role "$1" --cell ba-mo --json >"$TMPDIR/made" 2>&1
	line=$(json_field line <"$TMPDIR/made")
	id=$(json_field id <"$TMPDIR/made")
	short=${id:0:12}
	[ -n "$line" ] || cat "$TMPDIR/made"
}
# fetched NAME LINE: the invitation is there; the passphrase is too short to
# go on with
fetched() {
	device "$1"
	echo x >"$world/$1/passphrase"
	as "$1" join "$2" >"$TMPDIR/said" 2>&1 </dev/null
	device "$1"
}

commune_open
device office
hub_port=$(free_port)
as office init --commune 'Xã Thử' --hub "https://127.0.0.1:$hub_port" \
	--hub-dir "$world/hub" --recovery-out "$world/sheet" --yes \
	>"$TMPDIR/said" 2>&1
as office cell add ba-mo 'Thôn Ba Mô' >>"$TMPDIR/said" 2>&1
hub_start || exit 1

# ---- not there yet, then there, then used

invite secretary
device first
says "before the office has sent it, that is said" 5 \
	'does not have this invitation.*nguon sync' as first join "$line"
says "the list says that it is not sent" 0 "$short.*ba-mo.*not sent yet" \
	as office invite list
as office sync >"$TMPDIR/said" 2>&1
says "when it is sent, the same command goes on" 0 'received this device' \
	as first join "$line"
device second
says "a code that was used is told apart" 6 'used this code already' \
	as second join "$line"
as office sync >"$TMPDIR/said" 2>&1
says "the list has only open ones" 0 'No invitation is open' \
	as office invite list
says "with --all the used one" 0 \
	"\"id\":\"$id\",\"role\":\"secretary\",\"cells\":\\[\"ba-mo\"\\],\"organisation\":\"\",\"state\":\"claimed\",\"sent\":true,\"expires_ms\":[0-9]+" \
	as office invite list --all --json

# ---- two devices with one code

invite deputy
as office sync >"$TMPDIR/said" 2>&1
fetched late "$line"
device early
says "the first claim is received" 0 'received this device' \
	as early join "$line"
says "the other is told that it came later" 6 \
	'does not take this machine in.*do not remove it' as late join "$line"
says "and again, when asked again" 6 'does not take this machine in' \
	as late join "$line"

# ---- work before the first sync

invite deputy
as office sync >"$TMPDIR/said" 2>&1
says "the list says until when" 0 \
	"$short.*deputy.*ba-mo +20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]" \
	as office invite list --lang en
fetched alone "$line"
hub_stop
says "without a network it joins all the same" 5 'claim is not sent yet' \
	as alone join "$line"
printf 'ref,cell,full_name\n1,ba-mo,Lê A\n2,go-dinh,Lê B\n' \
	>"$world/people.csv"
says "it knows its cell by its code, with no network" 0 'ritten: 1\.|1 rows written' \
	as alone import people "$world/people.csv" --cell ba-mo --yes
hub_start || exit 1
says "later all is sent" 0 . as alone sync
received alone
result $? "and received"

# ---- cancelled

invite deputy
as office invite cancel "$short" >"$TMPDIR/said" 2>&1
as office sync >"$TMPDIR/said" 2>&1
device never
says "a cancelled one is not handed out" 5 'or cancelled it' \
	as never join "$line"
says "the list says cancelled" 0 "$short.*cancelled" \
	as office invite list --all
exit $failed
