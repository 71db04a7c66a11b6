#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# layers.sh OBJECTS -- the rules of the house that no compiler knows: who may
# include what, names, sizes, licence lines, exported symbols.  OBJECTS is the
# folder with the object files of the tree.
set -euo pipefail

objects=$1
echo "lint: layers"
bad=0
report() {	# FILE... of lines "where: what"; any line is a failure
	local lines
	lines=$(cat)
	[ -z "$lines" ] && return 0
	printf '%s\n' "$lines"
	bad=1
}
tracked() {
	git ls-files -co --exclude-standard -- "$@" | while IFS= read -r f; do
		if [ -f "$f" ]; then printf '%s\n' "$f"; fi
	done
}
mapfile -t code < <(tracked '*.c' '*.h')
mapfile -t scripts < <(tracked '*.sh' '.ci/run' 'Makefile')
((${#code[@]})) || exit 0

# ---- includes go one way; a third-party header has one door
report < <(awk '
BEGIN {
	pure = "^(assert|ctype|inttypes|limits|stdalign|stdarg|stdbool" \
	    "|stddef|stdint|stdlib|string)\\.h$"
	shared = "^client/store/(sqlite|outbox|paths|clock)\\.h$"
	may["protocol"] = "^protocol/"
	may["client/store"] = "^(protocol|client/store)/"
	may["client/records"] = "^(protocol|client/(store|records))/"
	may["client/web"] = "^(protocol|client/(store|records|web))/"
	may["client/cli"] = "^(protocol|client)/"
	both = "^daemon/(log|notify)\\.h$|"
	may["daemon/cell"] = "^(protocol|daemon/cell)/|" both shared
	may["daemon/hub"] = "^(protocol|daemon/hub)/|" both shared
	may["daemon"] = "^(protocol|daemon)/|" shared
	door["^sodium"] = "^protocol/crypto\\.c$"
	door["^msgpack"] = "^protocol/codec\\.c$"
	door["^(zstd|zdict)"] = "^protocol/compress\\.c$"
	door["^sqlite3"] = "^client/store/sqlite\\.c$"
	door["^curl/"] = "^daemon/cell/link\\.c$"
	door["^microhttpd"] = "^daemon/hub/http\\.c$"
	door["^gnutls/"] = "^daemon/hub/tls_key\\.c$"
	door["^uni(str|norm|case|ctype|conv|types|width|name)\\.h"] = \
	    "^client/records/fold_text\\.c$"
	door["^qrencode"] = "^client/"
	door["^(zip|expat)\\.h"] = "^client/records/xlsx_part\\.c$"
	door["^xlsxwriter"] = "^client/records/xlsx_write\\.c$"
	door["^cmocka"] = "^tests/"
}
function say(why) { printf "%s:%d: %s\n", FILENAME, FNR, why }
!/^[ \t]*#[ \t]*include/ { next }
{
	target = $0
	sub(/^[ \t]*#[ \t]*include[ \t]*/, "", target)
	own = target ~ /^"/
	target = substr(target, 2)
	sub(/[">].*$/, "", target)
	dir = FILENAME
	sub(/\/[^\/]*$/, "", dir)
	test = dir ~ /^tests/
}
own && target !~ /\// {
	say("include by path from the root: " target)
	next
}
own {
	if (!test && !(dir in may))
		say("not one of the folders of the house: " dir)
	else if (!test && target !~ may[dir])
		say(dir " may not know " target)
	next
}
{
	for (d in door)
		if (target ~ d && !test) {
			if (FILENAME !~ door[d])
				say(target " is not included here")
			if (++doors[d, FILENAME] == 1 && ++count[d] > 1)
				say(target " has a door already")
			next
		}
	if (dir == "protocol" && target !~ pure)
		say("protocol/ is pure: " target)
}' "${code[@]}")

# ---- the top level, names, sizes, words
report < <(tracked | cut -d/ -f1 | sort -u |
	grep -vxE 'daemon|client|protocol|tests|systemd|Makefile|README\.md|LICENSE|\..*' |
	sed 's/$/: not one of the names of the top level/')
report < <(printf '%s\n' "${code[@]}" |
	grep -E '(^|/|_)(util|utils|misc|helper|helpers|common)(_|\.)' |
	sed 's/$/: name it after what it does/')
report < <(wc -l "${code[@]}" "${scripts[@]}" |
	awk '$2 != "total" && $1 > 600 { print $2 ": " $1 " lines, cap 600" }')
report < <(awk '
FNR == 1 { start = 0 }
/^\{$/ { start = FNR }
/^\}$/ && start {
	if (FNR - start - 1 > 60 && FILENAME !~ /^tests\//)
		printf "%s:%d: a function of %d lines, cap 60\n", \
		    FILENAME, start, FNR - start - 1
	start = 0
}' "${code[@]}")
report < <(tracked '*.c' '*.h' '*.def' '*.sh' '*.sql' Makefile .ci/run |
	xargs -r grep -nwE 'T[O]DO|F[I]XME|X[X]X|H[A]CK' /dev/null |
	sed 's/$/   <- do it, or say it in an issue/')
report < <(tracked | grep -v '^LICENSE$' |
	xargs -r grep -nIE '(^|[^[:alnum:]_.-])/(work|farm)/[a-z.]' /dev/null |
	sed 's/$/   <- a path of one machine/')
report < <(for f in $(tracked '*.c' '*.h' '*.def'); do
	head -n 1 "$f" | grep -qxF '/* SPDX-License-Identifier: Apache-2.0 */' ||
		echo "$f: the first line is the SPDX line"
done)
report < <(for f in "${scripts[@]}" $(tracked '*.sql'); do
	head -n 3 "$f" | grep -qE '^(#|--) SPDX-License-Identifier: Apache-2\.0$' ||
		echo "$f: no SPDX line on top"
done)
report < <(tracked '*.h' '*.def' | grep -E '^(protocol|client)/' |
	xargs -r grep -l NGUON_TEST_BUILD |
	sed 's/$/: NGUON_TEST_BUILD stands in .c files only/')

# ---- foo.c exports only foo_* and holds no mutable variable of the file.
# bytes.c is named for the family; its functions for the types.  chain.c has
# the scopes, entry.c the parts, field_map.c the values and the drafts; the
# store is one module of many files (store_internal.h).
report < <(for f in $(tracked 'protocol/*.c' 'client/*.c' 'daemon/*.c'); do
	o=$objects/${f%.c}.o
	[ -f "$o" ] || { echo "$f: has no object file" && continue; }
	name=$(basename "$f" .c)
	prefix=$name
	case $f in
	*/main.c) prefix=main ;;
	protocol/roster_assume.c) prefix=roster ;;
	protocol/state_code.c) prefix=state ;;
	client/store/store_*.c) prefix=store ;;
	protocol/bytes.c) prefix='(buf|span|hex|base64|be16|be32|be64)' ;;
	protocol/chain.c) prefix='(chain|scope)' ;;
	protocol/entry.c) prefix='(entry|part)' ;;
	protocol/field_map.c) prefix=field ;;
	esac
	nm -g --defined-only "$o" | awk -v f="$f" -v p="^$prefix(_|\$)" \
		'$3 !~ p { print f ": exports " $3 }'
	[ "$name" = main ] || nm -f sysv "$o" | awk -F'|' -v f="$f" '
		{ gsub(/ /, "", $1); gsub(/ /, "", $4); gsub(/ /, "", $7) }
		$4 == "OBJECT" && $7 ~ /^\.(bss|data|tbss|tdata)(\.|$)/ &&
		    $7 !~ /^\.data\.rel\.ro/ {
			print f ": mutable variable " $1 }'
done)

# ---- a name that a library also exports would be taken for the library's
report < <(for lib in sodium sqlite3 curl microhttpd; do
	so=$(gcc -print-file-name="lib$lib.so")
	[ -f "$so" ] || continue
	comm -12 <(nm -D --defined-only "$so" | awk '{ print $3 }' |
		sed 's/@.*//' | sort -u) \
		<(find "$objects/protocol" "$objects/client" "$objects/daemon" \
			-name '*.o' -exec nm -g --defined-only {} + 2>/dev/null |
			awk 'NF == 3 { print $3 }' | grep -vx main | sort -u) |
		sed "s/\$/: lib$lib exports this name too/"
done)
exit $bad
