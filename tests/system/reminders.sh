#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# reminders.sh -- a commissioner and two cells: the board, reminders that are
# seen and done, notes, directives that are read, corrected and withdrawn; who
# may not, and what it is told.
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
# join NAME ROLE CELL: invited, joined, in step
join() {
	local line
	device "$1"
	line=$(as office invite --role "$2" --cell "$3" --json |
		json_field line)
	as office sync && as "$1" join "$line" && as "$1" sync
}
sync_all() {
	local name
	for name in "$@" "$@"; do
		as "$name" sync >/dev/null 2>&1
		as "$name" conflicts >/dev/null 2>&1
	done
}
begin() {
	device office
	as office init --commune 'Xã Thử' --hub "https://127.0.0.1:$hub_port" \
		--hub-dir "$world/hub" --recovery-out "$world/sheet" --yes &&
		as office cell add ba-mo 'Thôn Ba Mô' &&
		as office cell add dong-luoc 'Thôn Đồng Luốc' &&
		as office quota set 2026 ba-mo 2 && hub_start &&
		as office sync && join lan secretary ba-mo &&
		join dong secretary dong-luoc &&
		join cuong commissioner ba-mo && as office sync &&
		as lan person add --name 'Hà Văn Phúc' --birth-year 2000 &&
		as lan sync
}

commune_open
hub_port=$(free_port)
if ! begin >"$TMPDIR/log" 2>&1; then
	tail -n 20 "$TMPDIR/log"
	echo "not ok a small commune"
	exit 1
fi
sync_all office lan dong cuong

# ---- the board

says "the board of a commissioner has the cells in charge" 0 \
	'BOARD 2026 .*cells: 1 .*ba-mo +2 +0 ' as cuong board --year 2026
says "the board of the commune has all, and its rule" 0 \
	'cells: 2 .*dong-luoc .*The worst comes first' as office board
says "the board as JSON" 0 \
	'^\{"schema":1,"year":2026,.*"code":"ba-mo".*"quota":2,' \
	as cuong board --year 2026 --json
says "a secretary has no board" 6 'for commissioners' as lan board
says "a year that is none" 2 'x is no year' as office board --year x

# ---- reminders

as cuong remind ba-mo 'Gặp anh Phúc trước Tết' --due 2099-01-02 \
	--about 'Hà Văn Phúc' --yes >"$TMPDIR/said" 2>&1
id=$(sed -n 's/.*\[\([0-9a-f]*\)\].*/\1/p' "$TMPDIR/said" | head -1)
says "the sender sees that it is not sent" 0 \
	"\[$id\] ba-mo · due 2099-01-02 .*not yet received Not seen" \
	as cuong reminder list
sync_all cuong office lan dong
says "the cell reads it" 0 \
	"$id.*Gặp anh Phúc.*About: Hà Văn Phúc.*From: .*commissioner.*received" \
	as lan reminder list
says "another cell has none" 0 'no reminder' as dong reminder list
sync_all lan cuong
says "the sender sees who has seen it" 0 'Seen: .*cell secretary' \
	as cuong reminder list
says "once a device" 0 '"marks":\[\{[^]]*"received":true\}\]\}\]\} ?$' \
	as lan reminder list --json
says "the sender cannot do it" 6 "secretary and deputy" \
	as cuong reminder "done" "$id"
says "the cell does it" 0 "\[$id\] is marked as done" \
	as lan reminder "done" "$id"
says "only once" 1 "done already" as lan reminder "done" "$id"
sync_all lan cuong
says "the sender sees who did it" 0 'Done: .*cell secretary.*received' \
	as cuong reminder list --all
says "what is done is not listed" 0 'no reminder to be done' \
	as cuong reminder list
says "no such reminder" 1 'No reminder' as lan reminder "done" 000000
says "a cell not in charge" 6 'not in charge of cell dong-luoc' \
	as cuong remind dong-luoc 'Xin chào'
says "a cell that is not there" 1 'khong-co' \
	as cuong remind khong-co 'Xin chào'
says "a secretary cannot remind" 6 'Only the commissioner' \
	as lan remind ba-mo 'Xin chào'
says "a day that is over" 2 'over already' \
	as cuong remind ba-mo 'Xin chào' --due 2020-01-01
as office remind dong-luoc 'Nhầm' >"$TMPDIR/said" 2>&1
id=$(sed -n 's/.*\[\([0-9a-f]*\)\].*/\1/p' "$TMPDIR/said" | head -1)
says "the commune withdraws one" 0 withdrawn \
	as office reminder withdraw "$id" --why 'nhầm chi bộ'
sync_all office dong
says "and it is gone" 0 'no reminder' as dong reminder list --all

# ---- notes

says "a commissioner notes" 0 'note about Hà Văn Phúc' \
	as cuong review note phúc 'Nên cho đi học lớp sớm'
says "a secretary does not" 6 'Only the commissioner' \
	as lan review note phúc 'Tự khen'
sync_all cuong lan
says "the cell reads it beside the person" 0 \
	'Note by .*commissioner.*Nên cho đi học lớp sớm' \
	as lan person show phúc

# ---- directives

says "a directive to all, with its warning" 0 \
	'name nobody.*Directive \[' \
	as office directive add 'Rà soát nguồn trước Tết' --due 2099-01-10
id=$(sed -n 's/.*\[\([0-9a-f]*\)\].*/\1/p' "$TMPDIR/said" | head -1)
says "it asks where a person is named" 1 'seems to name a person' \
	as office directive add 'Gặp Hà Văn Phúc'
says "a commissioner gives none" 6 'Only the commune office' \
	as cuong directive add 'Xin chào'
sync_all office lan dong
says "a cell reads it" 0 "$id.*Rà soát nguồn trước Tết" as lan directive list
sync_all lan office
says "the commune sees who has not" 0 'Not read: dong-luoc' \
	as office directive list
says "and each cell" 0 'ba-mo .*cell secretary.* dong-luoc not read' \
	as office directive show "$id"
says "a correction needs a reason" 2 '--why' \
	as office directive correct "$id" 'Rà soát nguồn'
says "a correction" 0 'read it again' \
	as office directive correct "$id" 'Rà soát nguồn' --why 'gọn hơn'
sync_all office dong
says "is read anew" 0 'Rà soát nguồn Why: gọn hơn' as dong directive list
sync_all dong office
says "who read the old text has not read it" 0 'Not read: ba-mo' \
	as office directive list
says "withdrawn" 0 withdrawn \
	as office directive withdraw "$id" --why 'đã xong'
sync_all office lan
says "gone from the list" 0 'There is no directive' as lan directive list
says "and kept with all" 0 "$id.*WITHDRAWN" as lan directive list --all
says "one for some cells" 0 'is written' \
	as office directive add 'Riêng chi bộ này' --cell dong-luoc
sync_all office lan dong
says "is not for others" 0 'There is no directive' as lan directive list
says "but for these" 0 'Riêng chi bộ này' as dong directive list
exit $failed
