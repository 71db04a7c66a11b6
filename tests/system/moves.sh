#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# moves.sh -- people who stand twice, merged or told apart, and people who go
# to another cell: counted once in the report, by verify and by the verifier
# of tests/independent.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
world=$TMPDIR/world
# shellcheck source=tests/system/lib/commune.sh
. "$here/lib/commune.sh"
failed=0

# check STATUS NAME
check() {
	if [ "$1" = 0 ]; then
		echo "ok $2"
	else
		echo "not ok $2"
		failed=1
	fi
}
# ends CODE VERB...: the office's answer in English, in $world/said.
ends() {
	local want=$1 got
	shift
	as office "$@" --lang en >"$world/said" 2>&1
	got=$?
	[ "$got" = "$want" ] || { echo "exit $got" && cat "$world/said" && return 1; }
}
# says PATTERN: the last answer has it.
says() {
	grep -q -- "$1" "$world/said" || { cat "$world/said" && return 1; }
}
# figure FILE SCOPE NAME: of a CSV of figures.
figure() {
	awk -F, -v s="$2" -v n="$3" '$2 == s && $3 == n { print $4 + 0 }' "$1"
}

commune_open
device office
{
	as office init --commune "Xã Thử" --hub https://127.0.0.1:9 \
		--hub-dir "$world/hub" --recovery-out "$world/sheet" \
		--name "Cao Thị Văn Phòng" &&
		as office cell add ba-mo "Thôn Ba Mô" --members 11 &&
		as office cell add dong-luoc "Thôn Đồng Luốc" --members 7
	{
		echo ref,full_name,birth_year,phone,cell
		echo "P1,Trần Văn Đức,1999,0912345678,ba-mo"
		echo "P2,Đức Trần Văn,2000,,ba-mo"
		echo "P3,Lò Thị Mai,1998,,ba-mo"
		echo "P4,Lò Thị Mai,1998,,dong-luoc"
		echo "P5,Vi Văn Sơn,1997,,ba-mo"
		echo "P6,Hà Thị Lan,1996,,ba-mo"
		echo "P7,Hà Thị Lan,1996,,dong-luoc"
	} >"$world/people.csv"
	as office import people "$world/people.csv" --date 2022-01-10 --yes
	as office person step P1 nominated --date 2022-02-01 \
		--organisation doan-thanh-nien
	as office person step P5 nominated --date 2022-02-02 \
		--organisation hoi-phu-nu
} >"$world/log" 2>&1
check $? "two cells with people who stand twice"

ends 0 duplicates && says 'same name, same birth year' &&
	says 'same words of the name in another order'
check $? "duplicates with their reasons"
ends 0 duplicates --cell ba-mo && ! grep -q 'same name' "$world/said"
check $? "within a cell nobody of another"
ends 0 person distinct P3 P4 && ends 0 duplicates && ! grep -q 'Lò' "$world/said"
check $? "two people for good"
ends 0 person merge P2 P1 --why "ghi hai lần" --yes && ends 0 duplicates \
	--cell ba-mo && says 'Nobody stands twice'
check $? "merged in a cell"
ends 0 person merge P7 P6 --yes && ends 0 duplicates && says 'Nobody stands twice'
check $? "merged across cells"

ends 0 person move P5 --to dong-luoc --dry-run && says '4 → 3 people' &&
	says '1 → 2 people' && ends 0 person list --cell dong-luoc &&
	! grep -q 'Vi Văn Sơn' "$world/said"
check $? "a preview of a move writes nothing"
ends 0 person move P5 --to dong-luoc --date 2022-06-01 --yes &&
	says 'Moved Vi Văn Sơn' && ends 0 person list --cell dong-luoc &&
	says 'Vi Văn Sơn.*nominated\|Vi Văn Sơn'
check $? "a move"
ends 0 person list --cell ba-mo && ! grep -q 'Vi Văn Sơn' "$world/said" &&
	ends 0 person list --cell ba-mo --all && says 'moved away' && says 'merged'
check $? "who left is listed with --all alone, and marked"
ends 1 person move P5 --to dong-luoc --yes && says 'in that cell already'
check $? "moving to where somebody is"

# everywhere WHAT FILE: the figures of a CSV file.
everywhere() {
	local want got bad=0
	for want in "commune people 5" "ba-mo people 3" "dong-luoc people 2" \
		"commune nominated 2" "dong-luoc nominated 1" "commune listed 5"; do
		read -r scope name number <<<"$want"
		got=$(figure "$2" "$scope" "$name")
		[ "$got" = "$number" ] || { echo "$want: $got" && bad=1; }
	done
	check "$bad" "everybody counts once: $1"
}
as office report --period all --csv "$world/report.csv" >"$world/log" 2>&1
everywhere "report" "$world/report.csv"

# all is still on the device alone: the figures with what has no leaf
root=$(as office audit export "$world/audit" --json | json_field fingerprint)
for scope in commune ba-mo dong-luoc; do
	option=(--scope "$scope")
	[ "$scope" = commune ] && option=()
	"$NGUON" verify "$world/audit" --root "$root" --period all "${option[@]}" \
		--lang en >"$world/verified" 2>&1 || cat "$world/verified"
	[ "$(awk '/^People listed/ { print $NF }' "$world/verified" | tail -n 1)" = \
		"$(figure "$world/report.csv" "$scope" people)" ]
	check $? "verify counts them so too: $scope"
done
python3 -B "$here/../independent/verify.py" "$world/audit" --root "$root" \
	--figures --period all >"$world/other" 2>"$world/log"
sed '1,/with what has no leaf/d' "$world/other" >"$world/other.csv"
everywhere "a second verifier" "$world/other.csv"
exit "$failed"
