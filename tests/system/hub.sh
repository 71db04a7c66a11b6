#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# hub.sh -- a real hub over HTTPS, asked with curl: what it refuses, what it
# keeps, how it stops and starts.
set -uo pipefail

dir=$TMPDIR/hub
client=$TOOLS/hub_client
type='Content-Type: application/x-nguon'
pid=
at=
failed=0
mkdir -p "$dir"

# check NAME WANT GOT
check() {
	if [ "$2" = "$3" ]; then
		echo "ok $1"
	else
		echo "not ok $1: wanted '$2', got '$3'"
		failed=1
	fi
}
# matches NAME PATTERN TEXT
matches() {
	if grep -qE -- "$2" <<<"$3"; then
		echo "ok $1"
	else
		echo "not ok $1: no '$2' in '$3'"
		failed=1
	fi
}
# start [OPTION]: a hub on a free port; sets pid and at
start() {
	"$NGUOND" hub --dir "$dir" --listen 127.0.0.1:0 --lang en "$@" \
		2>>"$TMPDIR/hub.err" &
	pid=$!
	for _ in $(seq 200); do
		[ -s "$dir/listen" ] && break
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.05
	done
	at=https://$(cat "$dir/listen")
}
# stop: SIGTERM; ended has the exit code, and "late" above 5 s
stop() {
	local begin=$SECONDS
	kill -TERM "$pid"
	ended=0
	wait "$pid" || ended=$?
	((SECONDS - begin <= 5)) || ended="$ended late"
}
ask() {
	curl -sk --max-time 20 "$@"
}
status() {
	ask -o /dev/null -w '%{http_code}' "$@"
}
# post FILE: the frames of the response, one a line, joined by ;
post() {
	ask -H "$type" --data-binary @"$1" "$at/v1/sync" | "$client" show |
		paste -sd';'
}
trap '[ -n "$pid" ] && kill -KILL "$pid" 2>/dev/null' EXIT

# ---- the folder
"$client" init "$dir"
pin=$("$NGUOND" hub --dir "$dir" --make-tls 127.0.0.1)
matches 'make-tls prints the pin' '^[0-9a-f]{64}$' "$pin"
check 'make-tls again prints the same pin' "$pin" \
	"$("$NGUOND" hub --dir "$dir" --make-tls 127.0.0.1)"
check 'tls.key is private' 600 "$(stat -c %a "$dir/tls.key")"
check 'a name that is none is refused' 2 \
	"$("$NGUOND" hub --dir "$TMPDIR/none" --make-tls 'a b' 2>/dev/null
	echo $?)"

# ---- the command line
for args in '' '--dir' '--dir x --no-such' '--dir x --connections 0' \
	'--dir x surplus' '--dir x --make-tls a --audit-export b'; do
	# shellcheck disable=SC2086
	"$NGUOND" hub $args >/dev/null 2>&1
	check "usage: hub $args" 2 $?
done
"$NGUOND" nothing >/dev/null 2>&1
check 'an unknown verb' 2 $?
"$NGUOND" hub --dir "$TMPDIR/absent" >/dev/null 2>&1
check 'a folder that is not there' 1 $?
"$NGUOND" hub --dir "$dir" --listen nowhere >/dev/null 2>&1
check 'an address that is none' 2 $?
for lang in vi en; do
	n=$("$NGUOND" hub --help --lang $lang | LC_ALL=C.UTF-8 wc -L)
	check "help in $lang has 80 columns" yes \
		"$([ "$n" -le 80 ] && echo yes || echo "$n")"
done

# ---- what is refused before the body
start
matches 'it says where it listens' "listening on ${at#https://}, 1 leaves" \
	"$(cat "$TMPDIR/hub.err")"
check 'healthz' 'ok' "$(ask "$at/healthz")"
check 'healthz by POST' 405 "$(status -X POST -d x "$at/healthz")"
check 'another method' 405 "$(status -X DELETE "$at/v1/sync")"
check 'method before path' 405 "$(status -X PUT -d x "$at/nothing")"
check 'sync by GET' 405 "$(status "$at/v1/sync")"
matches '405 says what is allowed' '^Allow: POST' "$(ask -i "$at/v1/sync")"
check 'another path' 404 "$(status "$at/")"
check 'path before type' 404 "$(status -d x "$at/v1/other")"
check 'no content type' 415 "$(status -H 'Content-Type:' -d x "$at/v1/sync")"
check 'another content type' 415 "$(status -d x "$at/v1/sync")"
check 'type before length' 415 \
	"$(status -H 'Transfer-Encoding: chunked' -d x "$at/v1/sync")"
check 'no length' 411 \
	"$(status -H "$type" -H 'Transfer-Encoding: chunked' -d x "$at/v1/sync")"
head -c 4194305 /dev/zero >"$TMPDIR/large"
check 'a body above the limit' 413 \
	"$(status -H "$type" -H 'Expect:' --data-binary @"$TMPDIR/large" \
		"$at/v1/sync")"
check 'no TLS below 1.3' 000 "$(status --tls-max 1.2 "$at/healthz")"
# shellcheck disable=SC2059
pin64=$(printf "$(sed 's/../\\x&/g' <<<"$pin")" | base64)
check 'curl accepts the pin' 200 \
	"$(status --pinnedpubkey "sha256//$pin64" "$at/healthz")"
check 'and no other' 000 \
	"$(status --pinnedpubkey "sha256//${pin64/[A-Z]/z}" "$at/healthz")"
if grep -qi '^date:' <<<"$(ask -i "$at/healthz")"; then
	check 'no Date header' none Date
else
	echo 'ok no Date header'
fi

# ---- bodies
bad() {
	# shellcheck disable=SC2059
	printf "$2" >"$TMPDIR/bad"
	check "$1" "$3" \
		"$(status -H "$type" --data-binary @"$TMPDIR/bad" "$at/v1/sync")"
}
bad 'an empty body' '' 400
bad 'one byte' '\001' 400
bad 'a later version' '\002\001\000' 400
bad 'an unknown request' '\001\011\000aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' 400
bad 'text' 'GET / HTTP/1.1 and so on and so on and so on and so on' 400
bad 'another commune' \
	'\001\001\000aaaaaaaabbbbbbbb\000\000\000\001cccccccccccccccc' 404
for i in $(seq 8); do
	head -c $((i * 517)) /dev/urandom >"$TMPDIR/bad"
	matches "garbage $i" '^40[01]$' \
		"$(status -H "$type" --data-binary @"$TMPDIR/bad" "$at/v1/sync")"
done
"$client" stranger >"$TMPDIR/stranger"
check 'a device that is not known' 'refused device' \
	"$(post "$TMPDIR/stranger")"
check 'its status' 401 \
	"$(status -H "$type" --data-binary @"$TMPDIR/stranger" "$at/v1/sync")"
"$client" push 250 >"$TMPDIR/push"
n=$(stat -c %s "$TMPDIR/push")
head -c $((n - 1)) "$TMPDIR/push" >"$TMPDIR/bad"
check 'a request that is cut off' 401 \
	"$(status -H "$type" --data-binary @"$TMPDIR/bad" "$at/v1/sync")"
check 'nothing was kept of all that' 1 \
	"$(sqlite3 "$dir/hub.db" 'SELECT count(*) FROM leaf')"

# ---- the work
r=$(post "$TMPDIR/push")
matches 'entries are admitted' '^verdict seq 250 reason admitted;' "$r"
matches 'each leaf is receipted' \
	'receipt 1 first 1 last 100;receipt 2 .*;receipt 3 first 201 last 250' \
	"$r"
matches 'under a checkpoint' ';checkpoint 4 [0-9a-f]{64}$' "$r"
root=${r##* }
r=$(post "$TMPDIR/push")
matches 'once more is harmless' "checkpoint 4 $root" "$r"
"$client" have 4 >"$TMPDIR/quiet"
check 'with nothing to say it says nothing' 2 \
	"$(ask -H "$type" --data-binary @"$TMPDIR/quiet" "$at/v1/sync" |
		wc -c)"
check 'a connection is kept' '2 1 2 0 ' \
	"$(ask -H "$type" --data-binary @"$TMPDIR/quiet" \
		-w '%{size_download} %{num_connects} ' -o /dev/null \
		"$at/v1/sync" -o /dev/null "$at/v1/sync")"
"$NGUOND" hub --dir "$dir" --listen 127.0.0.1:0 >/dev/null 2>&1
check 'a second hub on the folder' 4 $?
"$NGUOND" hub --dir "$dir" --audit-export "$TMPDIR/a.nguon" 2>/dev/null
check 'an audit file while it runs' 0 $?
check 'it is one' NGUON "$(head -c 5 "$TMPDIR/a.nguon")"

# ---- stop and start
"$client" have 0 >"$TMPDIR/all"
before=$(post "$TMPDIR/all")
stop
check 'SIGTERM ends it' 0 "$ended"
check 'listen is taken away' absent \
	"$([ -e "$dir/listen" ] && echo there || echo absent)"
start
check 'the tree is the same after a restart' "$before" "$(post "$TMPDIR/all")"
kill -KILL "$pid"
wait "$pid" 2>/dev/null
rm -f "$dir/listen"
start
check 'and after SIGKILL' "$before" "$(post "$TMPDIR/all")"
exec 9<>"/dev/tcp/127.0.0.1/${at##*:}"
stop
check 'SIGTERM with a silent connection' 0 "$ended"
exec 9>&-

# ---- hub.db is lost
# lost: a copy of the folder to lose it in
lost() {
	rm -rf "$TMPDIR/lost"
	cp -r "$dir" "$TMPDIR/lost"
}
refuses() {
	"$NGUOND" hub --dir "$TMPDIR/lost" --listen 127.0.0.1:0 --lang en \
		"${@:3}" >/dev/null 2>"$TMPDIR/lost.err"
	check "$1" 1 $?
	matches "$1: why" "$2" "$(cat "$TMPDIR/lost.err")"
}
what='hub.db is missing or empty.*devices hold.*backup.*--begin-anew'
lost
rm -f "$TMPDIR/lost"/hub.db*
refuses 'a hub that has lost its hub.db does not begin anew by itself' "$what"
check 'and makes no other' absent \
	"$([ -e "$TMPDIR/lost/hub.db" ] && echo there || echo absent)"
: >"$TMPDIR/lost/hub.db"
refuses 'an empty hub.db is a lost one' "$what"
lost
sqlite3 "$TMPDIR/lost/hub.db" \
	'DELETE FROM leaf; DELETE FROM entry; DELETE FROM log;'
refuses 'and one without a leaf' "$what"
lost
refuses 'begin-anew is not for a hub.db that is there' 'hub.db .* is there' \
	--begin-anew
check 'nor with --audit-export' 2 \
	"$("$NGUOND" hub --dir "$TMPDIR/lost" --begin-anew \
		--audit-export "$TMPDIR/b.nguon" 2>/dev/null
	echo $?)"
rm -f "$TMPDIR/lost"/hub.db* "$TMPDIR/hub.err"
kept=$dir
dir=$TMPDIR/lost
start --begin-anew
matches 'begin-anew begins an empty tree' ', 1 leaves' \
	"$(cat "$TMPDIR/hub.err")"
matches 'and says what that means' 'two histories' "$(cat "$TMPDIR/hub.err")"
stop
start
stop
check 'without it from then on' 0 "$ended"
rm -f "$dir"/hub.db* "$dir/admitted"
start
stop
check 'a folder that admitted nothing yet just begins' 0 "$ended"

# ---- started as systemd starts it
rm -rf "$TMPDIR/handed" && mkdir "$TMPDIR/handed"
mv "$dir/hub.key" "$dir/tls.key" "$TMPDIR/handed"
CREDENTIALS_DIRECTORY=$TMPDIR/handed start
check 'keys that are handed over' ok "$(ask "$at/healthz")"
stop
refuses 'and without them' 'hub.key'
mv "$TMPDIR/handed"/* "$dir"
dir=$kept

# ---- a folder that is not right
cp -r "$dir" "$TMPDIR/other"
head -c 64 /dev/zero >"$TMPDIR/other/hub.key"
"$NGUOND" hub --dir "$TMPDIR/other" --listen 127.0.0.1:0 >/dev/null 2>&1
check 'a key that root did not certify' 6 $?
cp "$dir/hub.key" "$TMPDIR/other/hub.key"
echo x >>"$TMPDIR/other/commune"
"$NGUOND" hub --dir "$TMPDIR/other" --listen 127.0.0.1:0 >/dev/null 2>&1
check 'a damaged commune file' 3 $?
rm -r "$TMPDIR/other"
cp -r "$dir" "$TMPDIR/other"
rm "$TMPDIR/other/hub.db" "$TMPDIR/other/admitted"
printf 'x' >>"$TMPDIR/other/root.segment"
"$NGUOND" hub --dir "$TMPDIR/other" --listen 127.0.0.1:0 >/dev/null 2>&1
check 'a damaged root.segment' 3 $?
pid=
exit "$failed"
