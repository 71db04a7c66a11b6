#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# story.sh -- the Hương Sơn story with real processes (demo.sh), and then what
# it left behind, asked again from outside: the figures of every device, what
# was settled and what is void on each, the altered copies; and nobody's name
# or phone in any file of any store, of the hub, in a log or an audit file.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
scenario=$here/../scenario/huong-son
world=$TMPDIR/world
# shellcheck source=tests/system/lib/commune.sh
. "$here/lib/commune.sh"
failed=0

# result STATUS NAME
result() {
	if [ "$1" = 0 ]; then
		echo "ok $2"
	else
		echo "not ok $2"
		failed=1
	fi
}
# expect NAME COMMAND...: the command ends with 0
expect() {
	local name=$1
	shift
	"$@"
	result $? "$name"
}

# ---- the story

LANG=en DEMO_DIR=$world bash "$here/demo.sh" >"$TMPDIR/told" 2>&1
result $? "the story is told to its end"
tail -n 3 "$TMPDIR/told"
if ! grep -q '^== Done' "$TMPDIR/told"; then
	tail -n 60 "$TMPDIR/told"
	exit 1
fi
chapters=$(grep -c '^== [1-6]\. ' "$TMPDIR/told")
expect "it has six chapters" [ "$chapters" = 6 ]

# ---- figures

# count PATTERN: rows of figures.csv
count() {
	tail -n +2 "$scenario/figures.csv" | grep -cE "$1"
}
expect "figures.csv has rows" [ "$(count .)" -gt 100 ]
expect "commune: every row of figures.csv comes out" grep -qx \
	"At the commune: $(count .) figures equal, 0 differ (figures.csv)\\." \
	"$TMPDIR/told"
for cell in ba-mo-1:ba-mo ba-mo-2:ba-mo go-dinh:go-dinh ao-sen:ao-sen; do
	rows=$(count "^[^,]*,${cell##*:},")
	expect "${cell%%:*}: its cell's figures come out there" grep -qx \
		"On device ${cell%%:*}: $rows equal, 0 differ\\." \
		"$TMPDIR/told"
done
# a report of nothing would equal nothing
report=$(as office report --period 2022 --csv -)
expect "commune: 1323 people are counted" grep -q ',1323$' <<<"$report"

# ---- merged, settled, void: on every device

all="office ba-mo-1 ba-mo-2 go-dinh ao-sen doan commissioner"
for name in $all; do
	as "$name" conflicts >"$TMPDIR/conflicts" 2>&1
	result $? "$name: nothing is left to settle"
done
# shown NAME FIELD: of the person whom both devices edited
shown() {
	as "$1" person show P00007 --json | json_field "$2"
}
for name in office ba-mo-1 ba-mo-2 commissioner; do
	value=$(shown "$name" workplace)
	expect "$name: shows what was chosen" \
		[ "$value" = "Hợp tác xã Ba Mô" ]
	value="$(shown "$name" phone) $(shown "$name" education)"
	expect "$name: shows both of the fields that were edited apart" \
		[ "$value" = "0900000001 Trung cấp" ]
done
for name in go-dinh ao-sen doan; do
	! as "$name" person show P00007 >"$TMPDIR/shown" 2>&1 && ! grep -q 0900000001 "$TMPDIR/shown"
	result $? "$name: does not show a person of another's scope"
done
for name in office ba-mo-1 ba-mo-2 doan; do
	void=$(as "$name" conflicts void --json)
	grep -q '"step":"admitted","why":"role"' <<<"$void"
	result $? "$name: lists the admission that is void"
done

# ---- the audit file and its altered copies

root=$(cat "$world/hub/commune")
verify() {
	(cd "$world/auditor" && env -i PATH=/usr/bin:/bin LANG=en \
		"$NGUON" verify "$world/$1.audit" --root "$root" --json)
}
# The log, seq and reason of a failure, in one object.
found='"failures":\[.*"code":"[a-z]*","log":"[0-9a-f]{32}","seq":[1-9]'
history=$(verify history)
expect "verify: the history is valid" [ $? -eq 0 ]
expect "verify: says so" grep -q '"valid":true' <<<"$history"
for how in flip drop swap; do
	altered=$(verify "$how")
	expect "verify: the copy with $how is not valid" [ $? -eq 1 ]
	grep -q '"valid":false' <<<"$altered" && grep -qE "$found" \
		<<<"$altered"
	result $? "verify: the copy with $how: log, seq and reason are named"
done

# ---- nobody's name or phone

find_names() {
	"$TOOLS/find_names" --people "$scenario" --word 0900000001 \
		--word "Đoàn giới thiệu P00014" --word "Lưu Thị Khoá Sổ" \
		--word "Hợp tác xã Ba Mô" --word "Công ty may" \
		--word "Phó bí thư Ba Mô" "$@"
}
# What people typed and what they were answered is left out.
find_names --except '*.csv' --except passphrase --except said \
	--except recovery-sheet "$world" >"$TMPDIR/found"
result $? "no name or phone in any store, hub folder, log or audit file"
cat "$TMPDIR/found"
searched=$(find "$world" -name '*.db' -o -name '*.audit' -o -name '*.log' |
	wc -l)
expect "stores, hub, logs and audit files were there to search" \
	[ "$searched" -ge 26 ]

# While somebody reads, the WAL keeps what was written last.
wal=$world/ba-mo-1/store/nguon.db-wal
mkfifo "$TMPDIR/reader"
sqlite3 "$world/ba-mo-1/store/nguon.db" >"$TMPDIR/reading" \
	<"$TMPDIR/reader" 2>&1 &
reader=$!
exec 8>"$TMPDIR/reader"
echo 'BEGIN; SELECT count(*) FROM sqlite_master;' >&8
for ((i = 0; i < 100; i++)); do
	[ -s "$TMPDIR/reading" ] && break
	sleep 0.05
done
as ba-mo-1 person add --cell ba-mo --name "Lưu Thị Khoá Sổ" \
	--birth-year 1990 --phone 0900000001 >"$TMPDIR/added" 2>&1
result $? "a person is added while another program reads"
expect "the WAL holds it" [ -s "$wal" ]
find_names "$world/ba-mo-1/store"
result $? "no name or phone in the WAL either"
exec 8>&-
wait "$reader" 2>/dev/null

# ---- the search itself finds what is there

find_names "$world/ba-mo-people.csv" >"$TMPDIR/found"
expect "the search finds the people of a list" [ $? -eq 1 ]
# planted NAME BYTES: those bytes in the middle of a file are found
planted() {
	{
		head -c 5000 "$world/history.audit"
		printf '%s' "$2" | iconv -f UTF-8 -t "${3:-UTF-8}"
		head -c 3000 "$world/history.audit"
	} >"$TMPDIR/planted"
	find_names "$TMPDIR/planted" >"$TMPDIR/found"
	[ $? -eq 1 ] && grep -qF "byte 5000: " "$TMPDIR/found" &&
		! grep -q "$2" "$TMPDIR/found"
	result $? "the search finds a planted name: $1${3:+ $3}"
}
nfd=$(printf 'Ngo\xcc\x82 Tha\xcc\x80nh Hu\xcc\x80ng')
nfd_capitals=$(printf 'NGO\xcc\x82 THA\xcc\x80NH HU\xcc\x80NG')
for encoding in "" UTF-16LE UTF-16BE; do
	planted NFC "Ngô Thành Hùng" $encoding
	planted NFD "$nfd" $encoding
	planted "NFC capitals" "NGÔ THÀNH HÙNG" $encoding
	planted "NFD capitals" "$nfd_capitals" $encoding
	planted "phone" 0362960693 $encoding
	planted "typed phone" 0900000001 $encoding
done
planted "small letters" "ngô thành hùng"
planted "without marks" "ngo thanh hung"

exit $failed
