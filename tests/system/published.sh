#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# published.sh -- reports and rankings that the commune publishes: numbered,
# never changed, counted again by verify and by a second verifier.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
world=$TMPDIR/world
# shellcheck source=tests/system/lib/commune.sh
. "$here/lib/commune.sh"
failed=0
export LANG=en TZ=UTC

# says NAME EXIT PATTERN COMMAND...: ends so, and says that
says() {
	local name=$1 want=$2 pattern=$3 rc
	shift 3
	"$@" </dev/null >"$TMPDIR/said" 2>&1
	rc=$?
	if [ $rc = "$want" ] && tr -s '\n ' ' ' <"$TMPDIR/said" |
		grep -qE -- "$pattern"; then
		echo "ok $name"
	else
		echo "not ok $name (exit $rc)"
		cat "$TMPDIR/said"
		failed=1
	fi
}
begin() {
	local line
	device office
	device lan
	as office init --commune 'Xã Thử' --hub "https://127.0.0.1:$hub_port" \
		--hub-dir "$world/hub" --recovery-out "$world/sheet" --yes &&
		as office cell add ba-mo 'Thôn Ba Mô' &&
		as office cell add an-lac 'Thôn An Lạc' &&
		as office quota set 2022 ba-mo 2 && hub_start &&
		as office sync &&
		line=$(as office invite --role secretary --cell ba-mo --json |
			json_field line) && as office sync &&
		as lan join "$line" && as lan sync && as office sync &&
		as lan person add --name 'Hà Văn Phúc' --birth-year 2000 \
			--date 2021-05-01 --residence di-lam-xa &&
		as lan person step 'Hà Văn Phúc' nominated --date 2022-02-01 \
			--organisation doan-thanh-nien && sync_all
}
sync_all() {
	local i
	for i in 1 2; do
		as lan sync && as office sync || return 1
	done
}
verified() {
	rm -f "$world/audit"
	as office audit export "$world/audit" >/dev/null &&
		as office verify "$world/audit" --root "$root" "$@"
}

commune_open
hub_port=$(free_port)
if ! begin >"$TMPDIR/log" 2>&1; then
	tail -n 20 "$TMPDIR/log"
	echo "not ok a small commune"
	exit 1
fi

says "nothing is published yet" 0 'Nothing has been' as office report frozen
says "a report is published" 0 'Published: Report 1 of 2022' \
	as office report freeze --period 2022 --title 'Quý I'
says "a period must be one" 2 'no such period' \
	as office report freeze --period 2022Q9
says "a secretary publishes nothing" 6 'only a device of the commune' \
	as lan report freeze --period 2022
says "--strict waits for nguon sync" 1 'nothing was published' \
	as office report freeze --period 2022 --strict
sync_all >/dev/null 2>&1
as lan person step 'Hà Văn Phúc' introduced --date 2022-06-01 >/dev/null 2>&1
sync_all >/dev/null 2>&1
says "late data makes a new number" 0 'Published: Report 2 of 2022' \
	as office report freeze --period 2022 --strict
says "what waits is told" 0 'not received: [1-9]' \
	as office report freeze --period all
says "the ranking has its rule beside it" 0 \
	'version 1.*1 Thôn Ba Mô 2 0 0.0 1 .*- Thôn An Lạc' \
	as office report ranking --year 2022
says "and the people behind it" 0 'Thôn Ba Mô · Nominated Hà Văn Phúc' \
	as office report ranking --year 2022 --people
says "a ranking is published" 0 'Published: Ranking 1 of 2022' \
	as office report ranking --year 2022 --freeze
says "a secretary ranks nobody" 6 'does not read every cell' \
	as lan report ranking --year 2022
sync_all >/dev/null 2>&1
says "the old number stays" 0 'Quý I.*commune Nominated 1 whole commune by Youth Union 1 ' \
	as lan report frozen 1
if grep -q 'Introduced' "$TMPDIR/said"; then
	echo "not ok later data is not in it"
	failed=1
else
	echo "ok later data is not in it"
fi
says "the new one has it" 0 'commune Introduced to the class 1 ' as lan report frozen 2
says "they are listed" 0 '1 2022 .* Quý I 2 2022 ' as lan report frozen
says "so are rankings" 0 '1 2022 ' as lan report frozen --rankings
says "as JSON too" 0 '"figure": ?"introduced"' \
	as lan report frozen 2 --json
says "no such number" 2 'no number 9' as lan report frozen 9
says "the funnel has shares" 0 'FROM STEP TO STEP.*Introduced to the class 1 100.0' \
	as office report --period 2022
says "the rule in force" 0 'in force: 1' as lan report rules
says "a rule that nobody has" 2 'no rule version 7' \
	as office report rules --set 7

root=$(as office audit export "$world/audit" --json | json_field fingerprint)
says "verify counts all of them again" 0 \
	'COUNTED AGAIN.*Report 1 .*: equal.*Report 2 .*: equal.*Ranking 1 .*equal' \
	verified
says "and says so as JSON" 0 '"outcome": ?"equal"' verified --json
if command -v python3 >/dev/null; then
	says "a second verifier agrees" 0 '^verifies' python3 -B \
		"$here/../independent/verify.py" "$world/audit" --root "$root"
fi
exit $failed
