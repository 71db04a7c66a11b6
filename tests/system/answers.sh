#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# answers.sh -- what a person is told on the way through the commands: help,
# what an organisation's device fills in by itself, what cannot be read yet, a
# sync that leaves nothing to do, and files that are of another commune.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
world=$TMPDIR/world
# shellcheck source=tests/system/lib/commune.sh
. "$here/lib/commune.sh"
# shellcheck source=tests/system/lib/refused.sh
. "$here/lib/refused.sh"
export LANG=en_US.UTF-8

commune_open
out=$world/out
err=$world/err

# told NAME CODE OUT ERR -- COMMAND...: its exit code and what stands on stdout
# and stderr: a pattern, or - for nothing.
told() {
	local name=$1 code=$2 on_out=$3 on_err=$4 rc why=
	shift 5
	"$@" >"$out" 2>"$err" </dev/null
	rc=$?
	[ "$rc" = "$code" ] || why="exit $rc, not $code;"
	stands "$on_out" "$out" || why="$why stdout;"
	stands "$on_err" "$err" || why="$why stderr;"
	result "$([ -z "$why" ]; echo $?)" "$name" "$why"
	[ -z "$why" ] || head -c 600 "$out" "$err"
}
# A sentence is wrapped where the line ends.
stands() {
	if [ "$1" = - ]; then
		[ ! -s "$2" ]
	else
		tr -s '\n ' ' ' <"$2" | grep -qE -- "$1"
	fi
}
generic='What was saved is safe|The data is safe'

# ---- help

told "help: general" 0 '--version print.*nguon help COMMAND' - -- \
	"$NGUON" --help
cp "$out" "$world/general"
told "help: as a word" 0 . - -- "$NGUON" help
cmp -s "$out" "$world/general"
result $? "help: the word says what --help says"
told "help: nothing asked for" 2 - 'nguon help COMMAND' -- "$NGUON"
cmp -s "$err" "$world/general"
result $? "help: without words it is the same, on stderr"
told "help: of a verb" 0 'person add --name NAME \[--birth' - -- \
	"$NGUON" help person add
told "help: of half a verb" 0 'nomination link' - -- "$NGUON" help nomination
told "help: of the daemon's cell" 0 '--help +print' - -- \
	"$NGUOND" cell --help --lang en
while IFS='|' read -r option words; do
	# shellcheck disable=SC2086
	told "needed: $words" 2 - "the option $option .*is missing" -- \
		"$NGUON" $words
done <<'TABLE'
--commune|init --hub https://127.0.0.1:1
--hub|init --commune X
--role|invite --cell ba-mo
--name|person add --birth-year 1990
--name|nomination add --birth-year 1990
--title|activity add --organisation hoi-phu-nu
--root|verify a
TABLE

# ---- a commune: the office, an organisation, then a secretary

hub_port=$(free_port)
for name in office union cell spare; do
	device "$name"
done
told "init: where the hub's folder goes" 0 'keys of the hub. Move it .*delete' \
	- -- as office init --commune "Xã Thử" \
	--hub "https://127.0.0.1:$hub_port" --hub-dir "$world/hub" \
	--recovery-out "$world/sheet"
begin() {
	local line secretary
	as office cell add ba-mo "Thôn Ba Mô" && hub_start || return 1
	# an older invitation than the lane: it does not bring the lane's key
	secretary=$(as office invite --role secretary --cell ba-mo --json |
		json_field line)
	line=$(as office invite --role organisation --cell ba-mo \
		--organisation doan-thanh-nien --json | json_field line)
	as office sync && as union join "$line" &&
		as union nomination add --name "Lò Văn Nam" \
			--birth-year 1999 && as union sync &&
		as cell join "$secretary" && as cell sync
}
if ! begin >"$world/log" 2>&1; then
	tail -n 20 "$world/log"
	result 1 "a small commune"
	exit 1
fi

told "init: a sheet that cannot be written, said once" 1 - \
	'could not be written to [^ ]*/sheet' -- as spare init --commune X \
	--hub https://127.0.0.1:1 --hub-dir "$world/none" \
	--recovery-out "$world/sheet"
! stands "$generic" "$err"
result $? "init: nothing is added to that sentence"
told "invite: no sheet, one sentence" 1 - 'sheet was not typed' -- \
	as office invite --role commune
! stands "$generic" "$err"
result $? "invite: nothing is added to that sentence"

# ---- an organisation's own device

told "activity add: an organisation's lane says which" 0 'is recorded' - -- \
	as union activity add --title "Lao động làm đường"
told "activity list: organisation and cell are those of the lane" 0 \
	'"cell":"ba-mo",.*"organisation":"doan-thanh-nien"' - -- \
	as union activity list --json
told "activity add: another organisation is refused" 6 - \
	'writes for no organisation' -- as union activity add --title "Họp" \
	--organisation hoi-phu-nu
told "activity add: elsewhere it is asked for" 2 - '--organisation CODE' -- \
	as office activity add --title "Họp"
told "report: an organisation has no figures" 6 - \
	'for the cell and the commune' -- as union report

# ---- a nomination whose key is not here yet

told "nomination list: what cannot be read, and what to do" 0 \
	'cannot read it.*Let the commune office sync' - -- \
	as cell nomination list
id=$(as cell nomination list --json | json_field id)
told "nomination link: not of what cannot be read" 6 - \
	'cannot be read here yet.*office sync' -- \
	as cell nomination link "${id:0:8}" --new
as office sync >/dev/null 2>&1
as office status --json >"$world/status"
[ "$(json_field unsent <"$world/status")" = 0 ] &&
	[ "$(json_field sent <"$world/status")" = 0 ]
result $? "sync: one leaves nothing to do, whatever came"
as cell sync >/dev/null 2>&1
told "nomination link: when both have synced" 0 'was added to the cell' - -- \
	as cell nomination link "${id:0:8}" --new

# ---- audit

as cell sync >/dev/null 2>&1
as office audit export "$world/file" >/dev/null
root=$(cat "$world/hub/commune")
told "verify: fine" 0 '^VALID' - -- "$NGUON" verify "$world/file" --root "$root"
other=$(tr 0123456789abcdef 123456789abcdef0 <<<"$root")
told "verify: of another commune, not judged" 1 \
	"^NOT JUDGED: .*another commune .*$root" - -- \
	"$NGUON" verify "$world/file" --root "$other"
told "verify: the same as JSON" 1 '"judged":false,"why":"root"' - -- \
	"$NGUON" verify "$world/file" --root "$other" --json
size=$(stat -c %s "$world/file")
printf '\xff\xff' | dd of="$world/file" bs=1 seek=$((size / 3)) conv=notrunc \
	2>/dev/null
told "verify: later faults follow from the first" 1 \
	'^NOT VALID.*follow from the first' - -- \
	"$NGUON" verify "$world/file" --root "$root"

hub_stop
exit "$failed"
