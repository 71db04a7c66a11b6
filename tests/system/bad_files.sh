#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# bad_files.sh -- files and a hub that are not what they should be: altered,
# cut off, foreign, newer or made-up audit files, tables that are none or hold
# bad rows, and another commune's hub at the address.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
world=$TMPDIR/world
said=$TMPDIR/said
# shellcheck source=tests/system/lib/commune.sh
. "$here/lib/commune.sh"
# shellcheck source=tests/system/lib/refused.sh
. "$here/lib/refused.sh"

commune_open
mkdir -p "$said"
if ! small_commune >"$world/log" 2>&1; then
	tail -n 20 "$world/log"
	result 1 "a small commune"
	exit 1
fi

# ---- audit files

audit=$world/bad.audit
as office audit export "$world/good.audit" >"$world/log" 2>&1
verify() { "$NGUON" verify "$audit" --root "$root" "$@"; }
cp "$world/good.audit" "$audit"
verify >"$world/log" 2>&1
result $? "audit: the file itself is valid"
size=$(stat -c %s "$audit")

# put OFFSET ESCAPES: those bytes in a copy of the good file
put() {
	cp "$world/good.audit" "$audit"
	printf '%b' "$2" |
		dd of="$audit" bs=1 seek="$1" conv=notrunc status=none
}
first() { head -c "$1" "$world/good.audit"; }

for bad in "" 12 "${root}00" "${root:1}z" " " "0x$root"; do
	refused "audit: the root '${bad:0:8}'" 2 -- \
		"$NGUON" verify "$audit" --root "$bad"
done
refused "audit: no root" 2 -- "$NGUON" verify "$audit"
refused "audit: a bad period" 2 -- verify --period 2022Q9
refused "audit: an unknown cell" 2 nowhere -- verify --scope nowhere
rm "$audit"
refused "audit: no file" 2 -- verify
mkdir "$audit"
refused "audit: a folder" "2 3 4" -- verify
rmdir "$audit"
: >"$audit"
refused "audit: an empty file" 3 -- verify
first 1 >"$audit"
refused "audit: one byte" 3 -- verify
first 40 >"$audit"
refused "audit: half of a head" 3 -- verify
head -c 5000 /dev/urandom >"$audit"
refused "audit: random bytes" 3 -- verify
head -c 5000 /dev/zero >"$audit"
refused "audit: zeros" 3 -- verify
echo "ref,cell,full_name" >"$audit"
refused "audit: a table" 3 -- verify
cp "$world/office/store/nguon.db" "$audit"
refused "audit: a database" 3 -- verify
put 8 '\x02'
refused "audit: the next version" 3 newer -- verify
put 8 '\xff'
refused "audit: a far version" 3 newer -- verify
put 8 '\x00'
refused "audit: version 0" 3 -- verify
put 9 '\x01'
refused "audit: the type of a packet" 3 -- verify
put 9 '\x63'
refused "audit: an unknown type" 3 -- verify
put 10 '\x01'
refused "audit: a flag" 3 -- verify

# What is such a file and not valid is answered on stdout, with 1.
heard=out
cp "$world/good.audit" "$audit"
refused "audit: another root" 1 'another commune' -- "$NGUON" verify "$audit" --root \
	"$(tr 0123456789abcdef 123456789abcdef0 <<<"$root")"
first 68 >"$audit"
refused "audit: only a head" 1 -- verify
for at in 70 100 1000 $((size / 2)) $((size - 100)) $((size - 33)) \
	$((size - 1)); do
	first "$at" >"$audit"
	refused "audit: cut off at $at" 1 -- verify
done
{ first 68 && printf '\xff\xff\xff\xff' && head -c 500 /dev/zero; } >"$audit"
refused "audit: a frame of 4 GiB" 1 -- verify
{ first 68 && printf '\x00\x10\x08\x01' && head -c 500 /dev/zero; } >"$audit"
refused "audit: a frame above the limit" 1 -- verify
{ first 68 && printf '\x00\x10\x08\x00' && head -c 2000000 /dev/zero; } \
	>"$audit"
refused "audit: a frame of zeros" 1 -- verify
{ first 68 && head -c 5000 /dev/urandom; } >"$audit"
refused "audit: a head and random bytes" 1 -- verify
{ first 68 && printf '\0\0\0\0' && head -c 32 /dev/zero; } >"$audit"
refused "audit: an end that is not the file's" 1 -- verify
{ cat "$world/good.audit" && echo; } >"$audit"
refused "audit: a byte behind the end" 1 -- verify
{ cat "$world/good.audit" "$world/good.audit"; } >"$audit"
refused "audit: the file twice" 1 -- verify
bad=0
for ((i = 0; i < 60; i++)); do
	at=$((68 + i * (size - 68) / 60))
	old=$(od -An -tu1 -j "$at" -N 1 "$world/good.audit")
	put "$at" "\\x$(printf %02x $((old ^ (1 << i % 8))))"
	verify >"$world/log" 2>&1
	rc=$?
	[ $rc = 1 ] || { echo "byte $at: exit $rc" && bad=1; }
done
result $bad "audit: one bit changed, at 60 places: never valid"

# ---- another commune

heard=err
device other
"$NGUON" init --commune "Xã Khác" --hub "https://127.0.0.1:$hub_port" \
	--hub-dir "$world/other-hub" --recovery-out "$world/other-sheet" \
	--store "$world/other/store" --passphrase-fd 9 \
	9<"$world/other/passphrase" >"$world/log" 2>&1
as other audit export "$audit" >"$world/log" 2>&1
result $? "another commune makes an audit file"
heard=out
refused "audit: another commune's" 1 -- verify
refused "audit: ours, with another commune's root" 1 -- "$NGUON" verify \
	"$world/good.audit" --root "$(cat "$world/other-hub/commune")"
heard=err
as cell person step P1 introduced --date 2022-02-01 >"$world/log" 2>&1
"$NGUOND" hub --dir "$world/other-hub" --listen "127.0.0.1:$hub_port" \
	2>"$world/other.log" &
other_hub=$!
commune_pids+=("$other_hub")
for ((i = 0; i < 200; i++)); do
	grep -q 'listening' "$world/other.log" && break
	sleep 0.05
done
on=cell
refused "another hub at the address: sync" 6 'another key' -- as cell sync
refused "another hub at the address: sync of the office" 6 'another key' -- \
	as office sync
status=$(as cell status --json)
[ "$(json_field unsent <<<"$status")" = 1 ] &&
	[ "$(json_field sent <<<"$status")" = 0 ] &&
	[ "$(json_field last_error <<<"$status")" = key ]
result $? "another hub at the address: the step still waits, status says why"
device late
code=$(as office invite --role secretary --cell go-dinh --json |
	json_field line)
on=none
refused "another hub at the address: join" "1 5 6" -- as late join "$code"
! grep -qE 'admitted|device ' "$world/other.log"
result $? "another hub at the address: it was sent nothing"
kill -TERM "$other_hub"
wait "$other_hub" 2>/dev/null
on=cell
refused "no hub at the address: sync" 5 -- as cell sync
hub_start && as cell sync >"$world/log" 2>&1 &&
	[ "$(as cell status --json | json_field unsent)" = 0 ]
result $? "the commune's own hub takes what had waited"
hub_stop

# ---- tables

table=$world/table.csv
import() { as "$on" import "$1" "$table" --yes; }
people='ref,cell,full_name,birth_year,gender,residence,phone\n'
events='date,cell,person,event,organisation,reason\n'
name='Lý Thị Hàng Lỗi'

# The table as a whole: 3, on stderr.
refused "table: no file" "1 2" -- as cell import people "$world/none" --yes
refused "table: a folder" "2 3 4" -- as cell import people "$world" --yes
echo full_name >"$table"
refused "table: a bad date for all" 2 -- as cell import people "$table" \
	--yes --date 2022-02-30
while IFS='|' read -r what kind pattern text; do
	printf '%b' "${text//NAME/$name}" >"$table"
	refused "table: $what" 3 "$pattern" -- import "$kind"
done <<TABLE
empty|people|heading|
only blank lines|people|heading|\n\n\n
no heading|people|full_name|P9,ba-mo,NAME,1990\n
no column of names|people|full_name|ref,cell\nP9,ba-mo\n
no column of dates|events|date|person,event\nP1,introduced\n
a column twice|people|one name|full_name,full_name\nNAME,NAME\n
a NUL|people|UTF-8|${people}P9,ba-mo,NA\0ME,1990\n
UTF-16|people|UTF-8|\xff\xfer\0e\0f\0
a quote never closed|people|never closed|${people}P9,ba-mo,"NAME,1990\n
something behind a quote|people|quote|${people}P9,ba-mo,"NAME"x,1990\n
TABLE
head -c 100000 /dev/urandom >"$table"
refused "table: random bytes" 3 -- import people
cp "$world/cell/store/nguon.db" "$table"
refused "table: a database" 3 -- import people
{ printf '%b' "${people}P9,ba-mo," && head -c 1048576 /dev/zero |
	tr '\0' a && echo; } >"$table"
refused "table: a field of 1 MB" 3 4096 -- import people
{ printf '%b' "full_name" && for ((i = 0; i < 100; i++)); do
	printf ',c%d' $i
done; } >"$table"
refused "table: a hundred columns" 3 64 -- import people
truncate -s 68000000 "$table"
refused "table: 68 MB" 3 -- import people

# Rows: red with a reason, on stdout; nothing to write is 1.
heard=out
while IFS='|' read -r what kind pattern text; do
	printf '%b' "${text//NAME/$name}" >"$table"
	refused "row: $what" 1 "$pattern" -- import "$kind"
done <<TABLE
a cell of others|people|red +cell|${people}P9,go-dinh,NAME,1990\n
an unknown cell|people|cell|${people}P9,nowhere,NAME,1990\n
letters that are no UTF-8|people|full_name|${people}P9,ba-mo,N\xff\xfeE,1990\n
no name|people|full_name|${people}P9,ba-mo,,1990\n
a year long ago|people|birth_year|${people}P9,ba-mo,NAME,1800\n
a year to come|people|birth_year|${people}P9,ba-mo,NAME,2999\n
a year of letters|people|birth_year|${people}P9,ba-mo,NAME,abc\n
an unknown gender|people|gender|${people}P9,ba-mo,NAME,1990,x\n
an unknown residence|people|residence|${people}P9,ba-mo,NAME,1990,nam,moon\n
too many fields|people|.|${people}P9,ba-mo,NAME,1990,nam,,,,,,,\n
a reference of another person|people|ref|${people}P1,ba-mo,NAME,1990\n
the 30th of February|events|date|${events}2022-02-30,ba-mo,P2,nominated,hoi-phu-nu,\n
a date of letters|events|date|${events}soon,ba-mo,P2,nominated,hoi-phu-nu,\n
no date|events|date|${events},ba-mo,P2,nominated,hoi-phu-nu,\n
nobody|events|person|${events}2022-01-01,ba-mo,P999,introduced,,\n
an unknown step|events|event|${events}2022-01-01,ba-mo,P2,crowned,,\n
a step that skips others|events|event|${events}2022-01-01,ba-mo,P2,official,,\n
a bad organisation|events|organisation|${events}2022-01-01,ba-mo,P2,nominated,!!!,\n
a bad reason|events|reason|${events}2022-01-01,ba-mo,P2,withdrawn,,bored\n
another's step|events|cell|${events}2022-01-01,go-dinh,P2,nominated,hoi-phu-nu,\n
no number|activities|participants|date,cell,organisation,title,participants\n2022-01-01,ba-mo,hoi-phu-nu,Họp,many\n
TABLE
on=office
while IFS='|' read -r what kind pattern text; do
	printf '%b' "$text" >"$table"
	refused "row: $what" 1 "$pattern" -- import "$kind"
done <<'TABLE'
a quota of letters|quotas|quota|year,cell,quota\n2023,ba-mo,many\n
a quota of minus one|quotas|quota|year,cell,quota\n2023,ba-mo,-1\n
a year of letters|quotas|year|year,cell,quota\nsoon,ba-mo,1\n
a quota of an unknown cell|quotas|cell|year,cell,quota\n2023,nowhere,1\n
a cell with a bad code|cells|cell|cell,name,members,commissioner\nBa Mô!,Thôn,3,x\n
a cell without a name|cells|name|cell,name,members,commissioner\nnew,,3,x\n
members of letters|cells|members|cell,name,members,commissioner\nnew,Thôn,x,x\n
TABLE
nobody_named ''

# The same person twice, and one good row among red ones.
on=cell
printf '%b' "${people}P8,ba-mo,$name,1990\nP8,ba-mo,$name,1990\n" \
	'P7,go-dinh,Ai Đó Khác,1991\n' >"$table"
answer=$(import people --json 2>&1)
[ $? = 7 ] && [ "$(as cell person list --json | grep -o "$name" | wc -l)" = 1 ]
result $? "rows: the good one is written once, the red one is not; 7"
[ $failed = 0 ] || echo "$answer"

exit $failed
