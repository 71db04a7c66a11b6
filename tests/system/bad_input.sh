#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# bad_input.sh -- bad words on the command line, bad codes and passphrases,
# stores and hub folders that are missing, foreign, newer or damaged: each is
# refused with its exit code and a message, and the store is as before.
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
long=$(head -c 100000 /dev/zero | tr '\0' a)

# bare WORDS...: nguon with nothing else
bare() { "$NGUON" "$@"; }

# ---- words

# NAME|CODE|PATTERN of the English message|words
while IFS='|' read -r name code pattern words; do
	eval "set -- $words"
	refused "words: $name" "$code" "$pattern" -- bare "$@"
done <<'TABLE'
none|2|--help|
an unknown verb|2|nguon --help|xyzzy
a misspelt verb|2|nguon person show|pesron show
another misspelt verb|2|nguon status|statsu
half of a verb|2|person add|person
half of a verb and a wrong one|2|person add|person ad
an empty verb|2|no command|""
a verb of other letters|2|.|$'\xff\xfe\x01'
a verb with a terminal's control letters|2|.|$'\e[2Jx'
a very long verb|2|.|"$long"
an option instead of a verb|2|--bogus|--bogus
an unknown option|2|--bogus|status --bogus
an unknown short option|2|-x|status -x
an option without its value|2|--store|status --store
an option before another|2|--store|status --store --json
an empty store|2|--store|status --store ""
a value for a flag|2|--json|status --json=yes
a descriptor that is a word|2|--passphrase-fd|status --passphrase-fd x
a negative descriptor|2|--passphrase-fd|status --passphrase-fd -1
a descriptor out of range|2|--passphrase-fd|status --passphrase-fd 99999999999999999999
an option twice|2|--name|person add --name A --name B
an extra operand|2|words|status extra
an extra operand behind --|2|words|status -- --json
no file for verify|2|words|verify --root 00
two files for verify|2|words|verify a b --root 00
no table for import|2|words|import
no file for import|2|words|import people
an unknown table|2|people|import things x.csv
no file for audit export|2|words|audit export
no code for join|2|words|join
no operands for cell add|2|words|cell add
no root for verify|2|--root|verify a
no role for invite|2|--role|invite
no person to show|2|words|person show
no id to settle|2|words|conflicts settle
init without a name|2|.|init --hub https://127.0.0.1:1
TABLE

# ---- values

while IFS='|' read -r name code pattern words; do
	eval "set -- $words"
	refused "values: $name" "$code" "$pattern" -- as office "$@"
done <<'TABLE'
a year of five digits|2|.|quota set 20222 ba-mo 3
a year of letters|2|.|quota set two ba-mo 3
a negative quota|2|.|quota set 2023 ba-mo -1
a quota out of range|2|.|quota set 2023 ba-mo 99999999999999999999
a quota with a point|2|.|quota set 2023 ba-mo 1.5
a quota of an unknown cell|1|.|quota set 2023 nowhere 3
a quota changed without a reason|6|--why|quota set 2022 ba-mo 3
a quota's reason that names somebody|1|seems to name|quota set 2022 ba-mo 3 --why "Lò Thị Bí Mật xin thêm"
a quota's reason that is empty|2|--why|quota set 2022 ba-mo 3 --why ""
members of letters|2|.|cell add new "Thôn" --members x
negative members|2|.|cell add new "Thôn" --members -3
too many members|2|.|cell add new "Thôn" --members 99999999999
a code with blanks|2|.|cell add "a b" "Thôn"
a code with marks|2|.|cell add đồi "Thôn"
an empty code|2|.|cell add "" "Thôn"
a very long code|2|.|cell add "$long" "Thôn"
an empty name|2|.|cell add new ""
a very long name|2|1024|cell add new "$long"
a name of other letters|2|.|cell add new $'\xff\xfe'
a cell that is there|1|.|cell add ba-mo "Thôn"
a period of five quarters|2|.|report --period 2022Q5
a period of letters|2|.|report --period year
a period backwards|2|.|report --period 2022-2021Q1
an empty period|2|.|report --period ""
a report of an unknown cell|1|nowhere|report --scope nowhere
an unknown role|2|.|invite --role emperor
root as a role|2|.|invite --role root
a secretary of no cell|2|.|invite --role secretary
a secretary of an unknown cell|1|nowhere|invite --role secretary --cell nowhere
an organisation without its name|2|.|invite --role organisation --cell ba-mo
an unknown organisation|2|.|invite --role organisation --organisation "a b" --cell ba-mo
an invitation that is none|2|.|invite cancel zzz
an invitation nobody made|1|.|invite cancel 00000000000000000000000000000000
an audit file in no folder|4|.|audit export /nowhere/at/all
TABLE

on=cell
while IFS='|' read -r name code pattern words; do
	eval "set -- $words"
	refused "values: $name" "$code" "$pattern" -- as cell "$@"
	[ "$name" = "two of that name" ] && two_named=$said/$cases
done <<'TABLE'
the 30th of February|2|.|person step P1 introduced --date 2022-02-30
the 29th of another February|2|.|person step P1 introduced --date 2022-02-29
a month 13|2|.|person step P1 introduced --date 2022-13-01
a date of zeros|2|.|person step P1 introduced --date 0000-00-00
a short date|2|.|person step P1 introduced --date 22-1-1
a date of letters|2|.|person step P1 introduced --date today
an empty date|2|.|person step P1 introduced --date ""
a day that has not come|1|after today|person step P1 introduced --date 9999-12-31
a step before the last one|6|.|person step P1 introduced --date 2021-12-31
a step that skips others|6|.|person step P1 official --date 2022-12-31
an unknown step|2|.|person step P1 crowned
an unknown reason|2|di-lam-xa|person step P1 withdrawn --reason bored
a step of nobody|1|.|person step P999 introduced
a person without a name|2|.|person add --birth-year 1990
an empty name|2|.|person add --name "" --birth-year 1990
a name of other letters|2|.|person add --name $'Lò \xff' --birth-year 1990
a very long name|2|.|person add --name "$long" --birth-year 1990
a year of birth long ago|2|.|person add --name "Lý Thị Hàng Lỗi" --birth-year 1800
a year of birth to come|2|.|person add --name "Lý Thị Hàng Lỗi" --birth-year 3000
a year of birth in letters|2|.|person add --name "Lý Thị Hàng Lỗi" --birth-year abc
a birth date that is none|2|.|person add --name "Lý Thị Hàng Lỗi" --birth-date 1990-02-30
a listing that has not come|1|after today|person add --name "Lý Thị Hàng Lỗi" --birth-year 1990 --date 2999-01-01
a phone of letters|2|digits|person add --name "Lý Thị Hàng Lỗi" --birth-year 1990 --phone "hỏi chị Hoa"
a phone too short|2|digits|person edit P1 --phone 12345
an unknown gender|2|.|person add --name "Lý Thị Hàng Lỗi" --birth-year 1990 --gender x
an unknown residence|2|.|person add --name "Lý Thị Hàng Lỗi" --birth-year 1990 --residence moon
another's cell|6|.|person add --name "Lý Thị Hàng Lỗi" --birth-year 1990 --cell go-dinh
an unknown cell|1|.|person add --name "Lý Thị Hàng Lỗi" --birth-year 1990 --cell nowhere
nobody of that name|1|.|person show "Không Có Ai"
two of that name|2|.|person show "Lò"
an edit of nothing|2|.|person edit P1
an edit with a bad year|2|.|person edit P1 --birth-year 1
an activity without a title|2|.|activity add --date 2022-01-01 --participants 3
an activity of minus three|2|.|activity add --date 2022-01-01 --title Họp --participants -3
an activity of too many|2|.|activity add --date 2022-01-01 --title Họp --participants 99999999999
a conflict that is none|1|.|conflicts settle ffffffff --keep 1
a conflict's id that is none|1|xyz|conflicts settle xyz --keep 1
a cell by a secretary|6|.|cell add new "Thôn"
a quota by a secretary|6|.|quota set 2023 ba-mo 3
an invitation by a secretary|6|.|invite --role secretary --cell ba-mo
the commune's table by a secretary|6|.|import cells tests/scenario/huong-son/cells.csv --yes
TABLE

# ---- codes

on=new
device new
joining() { as new join "$@"; }
hub=https://127.0.0.1:$hub_port
code=$(as office invite --role secretary --cell go-dinh --json |
	json_field code)
# changed N: that letter of the code is another one
changed() {
	local old=${code:$1:1} other=2
	[ "$old" = 2 ] && other=3
	printf '%s%s%s' "${code:0:$1}" $other "${code:$(($1 + 1))}"
}
refused "codes: one letter changed" 2 -- joining "$(changed 3)@$hub"
refused "codes: the last letter changed" 2 -- joining \
	"$(changed $((${#code} - 1)))@$hub"
refused "codes: too short" 2 -- joining "${code:0:20}@$hub"
refused "codes: too long" 2 -- joining "${code}AA@$hub"
refused "codes: a letter that no code has" 2 -- joining "U${code:1}@$hub"
refused "codes: other letters" 2 -- joining "Đ${code:1}@$hub"
refused "codes: not UTF-8" 2 -- joining $'\xff\xfe'"@$hub"
refused "codes: empty" 2 -- joining "@$hub"
refused "codes: very long" 2 -- joining "$long@$hub"
refused "codes: without an address" 2 -- joining "$code"
refused "codes: an address without TLS" 2 -- joining "$code@http://127.0.0.1:1"
refused "codes: an address that is none" 2 -- joining "$code@nowhere"
refused "codes: an empty address" 2 -- joining "$code@"
refused "codes: an address of other letters" 2 -- joining \
	"$code@https://"$'\e[2J\xff'
refused "codes: into a store of another" 1 -- as office join "$code@$hub"
# What people read and type for one another is the same code.
alike=$(tr 01 OL <<<"$code" | tr '[:upper:]' '[:lower:]' | tr -d -)
on=none
LANG=en joining "$alike@$hub" >"$world/log" 2>&1 </dev/null
result "$([ $? = 5 ]; echo $?)" "codes: look-alikes are taken; no hub answers"
LANG=en joining "$code@$hub" >"$world/log" 2>&1 </dev/null
result "$([ $? = 5 ]; echo $?)" "codes: the same code again goes on waiting"
refused "codes: a store that waits is not open" 1 -- as new person list

# ---- passphrases

on=cell
# opening TEXT: with that passphrase
opening() {
	"$NGUON" person list --store "$world/cell/store" --passphrase-fd 9 \
		9<<<"$1"
}
unasked() {
	setsid -w "$NGUON" person list --store "$world/cell/store"
}
nothing() {
	"$NGUON" person list --store "$world/cell/store" --passphrase-fd 9 \
		9</dev/null
}
closed() {
	"$NGUON" person list --store "$world/cell/store" --passphrase-fd 9 \
		9<&-
}
refused "passphrases: wrong" 4 -- opening "mat khau sai hoan toan"
refused "passphrases: empty" 4 -- opening ""
refused "passphrases: in other letters" 4 -- opening "MAT KHAU CUA MAY CELL"
refused "passphrases: not UTF-8" 2 -- opening $'\xff\xfe'
refused "passphrases: very long" 3 -- opening "$long"
refused "passphrases: none, and no terminal" 4 -- unasked
refused "passphrases: nothing to read" 4 -- nothing
refused "passphrases: a descriptor that is closed" 4 -- closed
# init_with TEXT [OPTION...]
init_with() {
	local text=$1
	shift
	"$NGUON" init --commune Xã --hub https://127.0.0.1:1 \
		--store "$world/made/store" --hub-dir "$world/made/hub" \
		--recovery-out "$world/made/sheet" --passphrase-fd 9 "$@" \
		9<<<"$text"
}
on=made
mkdir -p "$world/made"
refused "passphrases: too short for init" 2 -- init_with short
refused "passphrases: empty for init" 2 -- init_with ""
refused "passphrases: only blanks for init" 2 -- init_with "                "
refused "passphrases: not UTF-8 for init" 2 -- init_with $'\xff\xfe0123456789ab'
good="mat khau dai cho may"
refused "init: an address without TLS" 2 -- init_with "$good" \
	--hub http://127.0.0.1:1
refused "init: an address that is none" 2 -- init_with "$good" --hub nowhere
refused "init: an empty name" 2 -- init_with "$good" --commune ""
refused "init: a very long name" 2 -- init_with "$good" --commune "$long"
touch "$world/made/sheet"
refused "init: a sheet that is there already" 1 -- init_with "$good"
rm "$world/made/sheet"
result "$([ ! -s "$world/made/store/nguon.db" ]; echo $?)" \
	"init: nothing of what was refused is left"
on=office
refused "init: a store that is there already" 1 -- as office init \
	--commune Xã --hub https://127.0.0.1:1 --hub-dir "$world/made/hub" \
	--recovery-out "$world/made/sheet"

# ---- stores

on=hurt
device hurt
cp "$world/cell/passphrase" "$world/hurt/passphrase"
# whole: an undamaged store to hurt
whole() {
	rm -rf "$world/hurt/store"
	mkdir "$world/hurt/store"
	cp "$world"/cell/store/* "$world/hurt/store"
	db=$world/hurt/store/nguon.db
	key=$world/hurt/store/device.key
}
# hurt NAME CODE PATTERN: both with and without the passphrase
hurt() {
	refused "stores: $1" "$2" "$3" -- as hurt person list
	refused "stores: $1, status" "$2" "$3" -- as hurt status
}
# write_at FILE OFFSET BYTES: random ones
write_at() {
	head -c "$3" /dev/urandom |
		dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
whole
rm -r "$world/hurt/store"
refused "stores: none" 1 'no store' -- as hurt status
whole
as hurt person list >"$world/log" 2>&1
result $? "stores: a whole copy opens"
rm "$db"
hurt "no database" 1 'no store'
whole && : >"$db"
hurt "an empty database" 3 damaged
whole && truncate -s 5000 "$db"
hurt "a database cut off" 3 damaged
whole && truncate -s 50 "$db"
hurt "a database cut off in its head" 3 damaged
whole && write_at "$db" 0 4096
hurt "random bytes in the first page" 3 damaged
whole && write_at "$db" 4096 "$(($(stat -c %s "$db") - 4096))"
hurt "random bytes in all other pages" 3 damaged
whole && rm "$db" && mkdir "$db"
hurt "a folder instead of a database" 4 'read or written'
whole && head -c 100000 /dev/urandom >"$db"
hurt "random bytes for a database" 3 damaged
whole && rm "$db" && sqlite3 "$db" \
	'CREATE TABLE t (x); INSERT INTO t VALUES (1);'
hurt "another program's database" 3 damaged
whole && cp "$world/cell/store/exchange.db" "$db"
hurt "exchange.db as the database" 3 damaged
whole && sqlite3 "$db" 'PRAGMA user_version=999;'
hurt "a newer database" 3 newer
whole && sqlite3 "$db" 'DROP TABLE entry;'
hurt "a database without a table" 3 damaged
whole
as hurt person list >"$world/people"
size=$(stat -c %s "$db")
bad=0
for ((i = 0; i < 50; i++)); do
	whole
	write_at "$db" $((i * size / 50)) 16
	as hurt person list >"$world/log" 2>"$world/why"
	rc=$?
	{ [ $rc = 0 ] && cmp -s "$world/log" "$world/people"; } ||
		{ [[ $rc = [36] ]] && [ -s "$world/why" ]; } ||
		{ echo "part $i of 50: exit $rc" && bad=1; }
done
result $bad "stores: 16 random bytes in 50 places: refused, or without effect"
whole && head -c 20000 /dev/urandom >"$world/hurt/store/exchange.db"
as hurt person list >"$world/log" 2>"$world/why" &&
	cmp -s "$world/log" "$world/people"
result $? "stores: a garbled exchange.db hides nobody"
whole && rm "$key"
refused "stores: no device.key" 3 -- as hurt person list
whole && : >"$key"
refused "stores: an empty device.key" 3 damaged -- as hurt person list
whole && truncate -s 60 "$key"
refused "stores: device.key cut off" 3 damaged -- as hurt person list
whole && write_at "$key" 0 8
refused "stores: a device.key of something else" 3 damaged -- \
	as hurt person list
whole && write_at "$key" 100 8
refused "stores: a damaged device.key" 4 -- as hurt person list
whole && cp "$world/office/store/device.key" "$key" &&
	cp "$world/office/passphrase" "$world/hurt/passphrase"
refused "stores: another device's device.key" 3 -- as hurt person list
cp "$world/cell/passphrase" "$world/hurt/passphrase"
whole && printf '\x63' | dd of="$key" bs=1 seek=8 conv=notrunc status=none
refused "stores: a newer device.key" 3 newer -- as hurt person list
if [ "$(id -u)" != 0 ]; then
	whole && chmod 000 "$db"
	refused "stores: a database without rights" 4 -- as hurt person list
	whole && chmod 000 "$world/hurt/store"
	refused "stores: a folder without rights" 1 -- as hurt person list
	chmod 700 "$world/hurt/store"
fi

# ---- the daemon

on=cell
daemon() { timeout -k 5 20 "$NGUOND" "$@"; }
while IFS='|' read -r name code pattern words; do
	eval "set -- $words"
	refused "nguond: $name" "$code" "$pattern" -- daemon "$@"
done <<'TABLE'
no verb|2|.|
an unknown verb|2|.|hbu
cell: an unknown option|2|--bogus|cell --bogus
cell: an operand|2|extra|cell extra
cell: no value|2|--store|cell --store
cell: an interval of letters|2|.|cell --store /tmp --interval soon
cell: an interval of nothing|2|.|cell --store /tmp --interval 0
cell: an interval out of range|2|.|cell --store /tmp --interval 99999999999
cell: a hub without TLS|2|.|cell --store /tmp --hub http://127.0.0.1
cell: once without a store|4|.|cell --once --store "$world/none"
hub: no folder|2|--dir|hub
hub: an empty folder|2|--dir|hub --dir ""
hub: an unknown option|2|--bogus|hub --dir "$world/hub" --bogus
hub: an operand|2|extra|hub --dir "$world/hub" extra
hub: connections of nothing|2|.|hub --dir "$world/hub" --connections 0
hub: too many connections|2|.|hub --dir "$world/hub" --connections 9999999
hub: a folder that is not there|1|.|hub --dir "$world/none"
hub: a port out of range|2|.|hub --dir "$world/hub" --listen 127.0.0.1:99999
hub: an address that is none|2|.|hub --dir "$world/hub" --listen nowhere
TABLE
on=harmed
harmed=$world/harmed/store
# harm: an undamaged hub folder to harm
harm() {
	rm -rf "$harmed"
	mkdir -p "$world/harmed"
	cp -r "$world/hub" "$harmed"
}
hub_refused() {
	refused "hub folder: $1" "$2" -- daemon hub --dir "$harmed" \
		--listen "127.0.0.1:0"
}
for file in hub.key tls.key tls.crt; do
	[ -e "$world/hub/$file" ] || result 1 "hub folder: has $file"
	harm && rm "$harmed/$file"
	hub_refused "no $file" 1
	harm && head -c 300 /dev/urandom >"$harmed/$file"
	hub_refused "garbled $file" 3
	harm && : >"$harmed/$file"
	hub_refused "empty $file" 3
done
on=cell
harm && rm "$harmed/hub.db"
hub_refused "no hub.db where one was" 1
# first: a folder where no hub has run yet
first() { harm && rm -f "$harmed"/hub.db* "$harmed/admitted"; }
first && rm "$harmed/root.segment"
hub_refused "no root.segment at the first start" 1
first && write_at "$harmed/root.segment" 100 50
hub_refused "garbled root.segment at the first start" 3
first && : >"$harmed/root.segment"
hub_refused "empty root.segment at the first start" 3
harm && rm "$harmed/commune"
hub_refused "no commune" 1
harm && echo zzz >"$harmed/commune"
hub_refused "garbled commune" 3
harm && head -c 3000 /dev/urandom >"$harmed/hub.db"
hub_refused "garbled hub.db" 3
harm && cp "$world/cell/store/nguon.db" "$harmed/hub.db"
hub_refused "a device's database as hub.db" 3
harm && sqlite3 "$harmed/hub.db" 'PRAGMA user_version=999;'
hub_refused "a newer hub.db" 3

# ----

# those who are to be told apart are named to the owner
rm "$two_named".*
nobody_named
as cell person show P1 >"$world/log" 2>&1
result $? "the store still opens, and has its people"
exit $failed
