#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# review.sh -- the yearly review on a terminal of its own: keys, stopping
# half-way, signals and a power cut, each of which keeps what was answered and
# gives the terminal back; the list, counts and a table of the review; history,
# corrections, notice and the page of a person.
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
# says PATTERN VERB...: the office's answer in English has it.
says() {
	local pattern=$1
	shift
	as office "$@" --lang en >"$world/said" 2>&1
	grep -q -- "$pattern" "$world/said" || { cat "$world/said" && return 1; }
}
# ends CODE VERB...
ends() {
	local want=$1 got
	shift
	as office "$@" --lang en >"$world/said" 2>&1
	got=$?
	[ "$got" = "$want" ] || { echo "exit $got" && cat "$world/said" && return 1; }
}
# keys CODE OPTION...: the review on a terminal; it ends with that code.
keys() {
	local want=$1 got
	shift
	HOME=$world/office "$TOOLS/pty_run" "$@" -- "$NGUON" review --lang en \
		--store "$world/office/store" --passphrase-fd 9 \
		9<"$world/office/passphrase" >"$world/screen" 2>"$world/after"
	got=$?
	[ "$got" = "$want" ] || { echo "exit $got" && cat "$world/after" && return 1; }
}
restored() { grep -q '^terminal restored$' "$world/after"; }

export NGUON_TEST_TIME_MS=1796083200000	# 1 December 2026
commune_open
device office
{
	as office init --commune "Xã Thử" --hub https://127.0.0.1:9 \
		--hub-dir "$world/hub" --recovery-out "$world/sheet" \
		--name "Cao Thị Văn Phòng" &&
		as office cell add ba-mo "Thôn Ba Mô" --members 11
	{
		echo ref,full_name,birth_year,residence,workplace,cell
		for i in 01 02 03 04 05 06 07 08 09 10; do
			echo "P$i,Lò Văn Người $i,1990,di-lam-xa,Công ty $i,ba-mo"
		done
	} >"$world/people.csv"
	as office import people "$world/people.csv" --date 2020-01-01 --yes
} >"$world/log" 2>&1
check $? "ten people to review"

keys 0 --then 0/10 1 --then 1/10 '\r' --then 2/10 2 --then 'Where' 'Bình Dương\r' \
	--then 3/10 3 --then 4/10 q
check $? "one key each, then stopping"
restored
check $? "the terminal is given back after q"
says "at home 1 · away 2 · gone 1 · open 6" review status
check $? "counts by outcome"
says "away · Bình Dương" review list --outcome away
check $? "where they work is on the list"

keys 0 --then 4/10 1 --then 5/10 '\x03'
check $? "it goes on where it stopped, and ^C stops it"
restored
check $? "the terminal is given back after ^C"
keys 130 --then 5/10 2 --then Where abc --then abc_ '!INT'
check $? "SIGINT ends it"
restored
check $? "the terminal is given back after SIGINT"
keys 143 --then 5/10 '!TERM' && restored
check $? "SIGTERM ends it, and the terminal is given back"
keys 137 --then 5/10 1 --then 6/10 '!KILL'
says "open 4" review status
check $? "what was answered before a power cut is there"
NO_COLOR=1 keys 0 --then 6/10 q
grep -q $'\e\[1m' "$world/screen"
[ $? = 1 ]
check $? "NO_COLOR: no colour"
keys 0 --size 60x8 --then 6/10 q
check $? "a small terminal"
keys 0 --then 6/10 b --then 'This year: at home' s --then 6/10 1 --then 7/10 1 \
	--then 8/10 1 --then 9/10 1
check $? "back, skip, and it ends by itself after the last"
grep -q 'Everybody is reviewed' "$world/screen"
check $? "and says so"
ends 2 review
check $? "without a terminal it says what to use"

# ---- one by one, and a table
says "review of 2026: away" review set P01 away --where "Đà Nẵng"
check $? "review set"
ends 2 review set P01 nowhere
check $? "an outcome that is none"
ends 2 review set P01 home --year 2031
check $? "a year that has not come"
cat >"$world/review.csv" <<'CSV'
Mã,Kết quả,Công ty
P02,ở nhà,
P03,đi làm xa,Samsung
P99,ở nhà,
P04,bay,
CSV
as office import review "$world/review.csv" --lang en --yes \
	>"$world/said" 2>&1
[ $? = 7 ]
check $? "a table of the review, partly written"
says "away · Samsung" review list
check $? "what the table said"
ends 1 import review "$world/review.csv" --yes
check $? "once more, it writes nothing"
says '"home":' review status --json
check $? "counts as JSON"

# ---- the next year carries the list
NGUON_TEST_TIME_MS=1800000000000 says "open 9" review status
check $? "who was gone is not asked about again"
NGUON_TEST_TIME_MS=1800000000000 keys 0 --then 0/9 s --then 'Người' s \
	--then 'Samsung' '\r' --then 1/9 q
check $? "Enter keeps last year's"

# ---- corrections, history, the page
as office person step P05 nominated --organisation doan-thanh-nien \
	--date 2026-05-01 >"$world/said" 2>&1 &&
	says "is corrected" person step P05 nominated --correct \
		--date 2026-05-02 --why "nhầm ngày"
check $? "a step is corrected"
ends 6 person step P05 nominated --correct --date 2026-05-02 --why x
check $? "a correction that corrects nothing"
ends 2 person step P05 nominated --correct --date 2026-05-03
check $? "a correction without a reason"
says "is voided" person step P05 nominated --void --why "nhầm người"
check $? "a step is voided"
ends 1 person step P05 nominated --void --why "nhầm người"
check $? "what is voided cannot be voided again"
says "Fields changed: 1" person edit P05 --phone 0912345 --why "số mới" &&
	says "Fields changed: 1" person edit P05 --phone 0913345
check $? "a field is changed with a reason"
says "~~0912345~~ (replaced)" person history P05 &&
	grep -q "~~2026-05-01~~ (voided) · back-dated" "$world/said" &&
	grep -q "Reason: số mới" "$world/said"
check $? "the history has every value"
says '"standing":"replaced"' person history P05 --json
check $? "the history as JSON"
HOME=$world/office "$TOOLS/pty_run" -- "$NGUON" person history P05 \
	--store "$world/office/store" --passphrase-fd 9 \
	9<"$world/office/passphrase" >"$world/screen" 2>/dev/null
grep -q $'\e\[9m0912345' "$world/screen"
check $? "on a terminal what was replaced is struck through"
says "told on 2026-11-30" person notice P05 --date 2026-11-30
check $? "the notice is recorded"
ends 2 person notice P05 --date 2026-12-30
check $? "a notice in the future"
says "nguon scores" person print P05 &&
	grep -q "The person was told on 2026-11-30" "$world/said" &&
	grep -q "signature, name, date" "$world/said" &&
	grep -q "commune office: Cao Thị Văn Phòng" "$world/said"
check $? "the page of a person"
ends 0 person print P05 --out "$world/page" &&
	[ "$(stat -c %a "$world/page")" = 600 ] &&
	! as office person print P05 --out "$world/page" >/dev/null 2>&1
check $? "the page in a new file, for its owner alone"
as office person print P05 --lang vi |
	python3 -c 'import sys
sys.exit(any(len(l.rstrip("\n")) > 80 for l in sys.stdin))'
check $? "the page is 80 columns wide"
as office person step P06 nominated --organisation doan-thanh-nien \
	--date 2026-05-01 >/dev/null 2>&1
for step in introduced class_completed; do
	as office person step P06 "$step" --date 2026-06-01 >/dev/null 2>&1
done
ends 0 person step P06 trial_started --date 2026-11-25 --helper P07 \
	--helper P08 && says "Lò Văn Người 07, Lò Văn Người 08" person show P06
check $? "a trial names its helpers"
says "Helpers" person print P07
check $? "and the helper's page says so"
exit $failed
