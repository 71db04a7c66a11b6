#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# unlock.sh -- the passphrase once for a while: unlock, verbs in a row, lock,
# the time that runs out; and tables out as CSV and XLSX and in again.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
world=$TMPDIR/world
# shellcheck source=tests/system/lib/commune.sh
. "$here/lib/commune.sh"

export XDG_RUNTIME_DIR=$TMPDIR/run
mkdir -m 700 "$XDG_RUNTIME_DIR"
commune_open
device office
failed=0

# result NAME CODE WANTED [PATTERN]: what was said is in $world/said
result() {
	if [ "$2" = "$3" ] && grep -q -e "${4:-}" "$world/said"; then
		echo "ok $1"
	else
		echo "not ok $1 ($2, not $3)"
		head -n 10 "$world/said"
		failed=1
	fi
}

# run VERB...: as the owner would type it, with no passphrase to give
run() {
	HOME=$world/office setsid -w "$NGUON" "$@" --lang en --yes \
		--store "$world/office/store" </dev/null >"$world/said" 2>&1
}

as office init --commune "Xã Thử" --hub https://127.0.0.1:1 \
	--hub-dir "$world/hub" --recovery-out "$world/sheet" >/dev/null 2>&1
run person list
result "locked: a verb asks, and there is nobody to ask" $? 4
run status
result "status says that it is locked" $? 0 'Unlocked until *no'

as office unlock --for 15m --lang en >"$world/said" 2>&1
result "unlock" $? 0 'Unlocked until 20'
run person list
result "unlocked: verbs do not ask" $? 0
run cell add ba-mo "Thôn Ba Mô"
result "unlocked: verbs write" $? 0
run status
result "status says until when" $? 0 'Unlocked until *20'
run status --json
result "status says so in JSON" $? 0 '"unlocked": *true'
socket=$(find "$XDG_RUNTIME_DIR/nguon" -type s)
[ "$(stat -c '%a %F' "$socket")" = '600 socket' ] &&
	[ "$(stat -c %a "$XDG_RUNTIME_DIR/nguon")" = 700 ]
result "the socket is its owner's" $? 0
"$NGUON" person list --store "$world/office/store" --passphrase-fd 9 \
	9<<<'not the passphrase' >"$world/said" 2>&1
result "a passphrase that is given counts more" $? 4
run lock
result "lock" $? 0 'Locked'
run person list
result "locked again" $? 4
run lock
result "locked twice" $? 0 'already'
as office unlock --for 1s >"$world/said" 2>&1
sleep 1.2
run person list
result "the time runs out" $? 4
for time in 0 0m 25h 15x "" -1m 99999999999999999999h; do
	as office unlock --for "$time" >"$world/said" 2>&1
	result "no such time: '$time'" $? 2
done
as office unlock >"$world/said" 2>&1
result "15 minutes when nothing is said" $? 0

# ---- tables

cat >"$world/people.csv" <<'CSV'
STT;Họ và tên;Năm sinh;Giới tính;Thôn;SĐT;Di động;Đoàn thể;Nơi ở;Mã
1;Lò Thị Đức;1990;nữ;Ba Mô;+84911;0;Đoàn thanh niên;Đi làm xa;P1
2;Lò Văn Kín;1991;nam;ba-mo;0912;0;;tai-dia-phuong;P2
3;;1991;nam;ba-mo;0912;0;;;P3
CSV
run import people "$world/people.csv" --dry-run
result "dry run" $? 1 'would be written: 2'
grep -q 'without a use: STT' "$world/said" &&
	grep -q 'Di động (it means the same as SĐT)' "$world/said" &&
	grep -q 'Họ và tên' "$world/said"
result "the preview names columns without a use, by the file's names" $? 0
run person list --json
result "a dry run writes nothing" $? 0 '^\[\]$'
run import people "$world/people.csv"
result "import by what people call the columns" $? 7 'Rows written: 2'

for file in people.csv people.xlsx PEOPLE2.XLSX; do
	run person list --out "$world/out-$file"
	result "person list --out $file" $? 0 'Rows written: 2'
	[ "$(stat -c %a "$world/out-$file")" = 600 ]
	result "$file is its owner's" $? 0
	run import people "$world/out-$file" --json
	result "$file: imported again nothing changes" $? 0 \
		'"rows": *2,.*"written": *0'
done
grep -q "'+84911" "$world/out-people.csv"
result "no formula in the CSV" $? 0
HOME=$world/office "$NGUON" person list --out "$world/vi.csv" \
	--store "$world/office/store" --lang vi >"$world/said" 2>&1
run import people "$world/vi.csv" --json
result "a table in Vietnamese too" $? 0 '"rows": *2,.*"written": *0'
run person list --out "$world/x.pdf"
result "no such kind of file" $? 2 'x.pdf'
run activity add --title 'Trồng cây' --organisation hoi-phu-nu --cell ba-mo
run activity list --out "$world/activities.xlsx"
result "activity list --out" $? 0 'Rows written: 1'
run import activities "$world/activities.xlsx" --json
result "activities: imported again nothing changes" $? 0 '"written": *0'
run quota set 2026 ba-mo 2
run quota list --out "$world/quotas.xlsx"
result "quota list --out" $? 0 'Rows written: 1'
run import quotas "$world/quotas.xlsx" --json
result "quotas: imported again nothing changes" $? 0 '"written": *0'
run report --period 2026 --out "$world/report.xlsx"
result "report --out" $? 0
grep -aq 'xl/charts/chart2.xml' "$world/report.xlsx"
result "the report has its charts" $? 0
run report --period 2026 --out "$world/report.csv"
head -c 3 "$world/report.csv" | cmp -s - <(printf '\xef\xbb\xbf') &&
	grep -q '^2026,commune,quota,2' "$world/report.csv"
result "the report as CSV" $? 0
printf 'PK\3\4 and then nothing' >"$world/bad.xlsx"
run import people "$world/bad.xlsx"
result "a damaged workbook" $? 3 'no XLSX workbook'
run lock
exit $failed
