#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# format.sh [--apply] [FILE...] -- the house style of .c and .h.
#
# clang-format decides, but for what stays the author's: where a statement is
# broken into lines, that its further lines stand 4 blanks in (2 in a table),
# and the column of a trailing comment.  What that leaves open is checked below it.  --apply mends what clang-format can.
set -euo pipefail

apply=0
if [ "${1:-}" = --apply ]; then
	apply=1
	shift
fi
if (($# == 0)); then
	mapfile -t files < <(git ls-files -co --exclude-standard -- '*.c' '*.h')
	set -- ${files[@]+"${files[@]}"}
fi
((apply)) || echo "lint: format"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cat >"$tmp/hunks.awk" <<'AWK'
# Reads old, new, plan; prints the file with its bad hunks replaced when
# apply is set, else a report of them.  Exit 1 when there are any.
function strip(s) { sub(/\\$/, "", s); gsub(/[ \t]+/, "", s); return s }
function body(s) { sub(/^[ \t]+/, "", s); sub(/[ \t]+\/\*/, " /*", s); return s }
function text(lines, from, to,   i, s) {
	for (i = from; i <= to; i++)
		s = s strip(lines[i])
	return s
}
# mine_is_fine(mine, theirs): one line against what clang-format made of it
function mine_is_fine(mine, theirs) {
	return mine == theirs ||
	    (body(mine) == body(theirs) && mine ~ /^\t*(  )?  [^ \t]/)
}
# is what differs only where the lines of one text are broken?
function authors_choice(of, ol, nf, nl,   i, same) {
	if (text(old, of, ol) != text(new, nf, nl))
		return 0
	same = (ol - of == nl - nf)
	for (i = of; same && i <= ol; i++)
		same = strip(old[i]) == strip(new[nf + i - of])
	for (i = of; same && i <= ol; i++)
		if (!mine_is_fine(old[i], new[nf + i - of]))
			return 0
	return 1
}
FILENAME == ARGV[1] { old[FNR] = $0; next }
FILENAME == ARGV[2] { new[FNR] = $0; next }
{ g++; kind[g] = $1; of[g] = $2; ol[g] = $3; nf[g] = $4; nl[g] = $5 }
END {
	for (i = 1; i <= g; i++) {
		j = i
		# diff may cut one statement in several hunks: join those
		while (kind[i] == "changed" && j < g && j < i + 8 && \
		    text(old, of[i], ol[j]) != text(new, nf[i], nl[j]))
			j++
		if (kind[i] == "kept" || \
		    authors_choice(of[i], ol[j], nf[i], nl[j])) {
			if (apply)
				for (k = of[i]; k <= ol[j]; k++) print old[k]
			i = j
			continue
		}
		rc = 1
		if (!apply)
			printf "%s:%d:\n", file, of[i]
		for (k = of[i]; !apply && k <= ol[i]; k++) print "  -" old[k]
		for (k = nf[i]; k <= nl[i]; k++)
			print (apply ? "" : "  +") new[k]
	}
	exit rc
}
AWK

norm() {
	sed -E 's|([^[:space:]])[[:space:]]+/\*|\1 /*|'
}

bad=0
for file in "$@"; do
	[ -f "$file" ] || continue
	clang-format "$file" >"$tmp/new"
	norm <"$file" >"$tmp/a"
	norm <"$tmp/new" >"$tmp/b"
	cmp -s "$tmp/a" "$tmp/b" && continue
	changed='changed %df %dl %dF %dL
'
	diff --unchanged-group-format='kept %df %dl %dF %dL
' --old-group-format="$changed" --new-group-format="$changed" \
		--changed-group-format="$changed" "$tmp/a" "$tmp/b" \
		>"$tmp/plan" || true
	if awk -v apply=$apply -v file="$file" -f "$tmp/hunks.awk" \
		"$file" "$tmp/new" "$tmp/plan" >"$tmp/out"; then
		continue
	elif ((apply)); then
		cat "$tmp/out" >"$file"
		echo "formatted $file"
	else
		cat "$tmp/out"
		bad=1
	fi
done
((apply)) && exit 0

# What line breaks alone could spoil.  Width is in columns: a tab goes to the
# next multiple of 8, the later bytes of a UTF-8 character have none.
LC_ALL=C awk '
function say(why) { printf "%s:%d: %s\n", FILENAME, FNR, why; rc = 1 }
function width(s,   i, n, w) {
	gsub(/[\200-\277]/, "", s)
	n = split(s, part, "\t")
	for (i = 1; i <= n; i++) {
		w += length(part[i])
		if (i < n)
			w = int(w / 8) * 8 + 8
	}
	return w
}
FNR == 1 { head = last = "" }
width($0) > 80 { say("over 80 columns") }
/[ \t]$/ { say("blanks at the end") }
/^[ \t]*else/ && last ~ /^[ \t]*}$/ { say("else stands behind its brace") }
/^[ \t]+if \(.*;$/ { say("the body of an if has its own line") }
/(^|[;{})])[ \t]*\/\// { say("comments are /* */") }
/^\t* +[^ *]/ && !/^\t*(  )?  [^ ]/ {
	say("lines begin with tabs, or tabs and 4 blanks")
}
/^[a-z].*\) \{$/ { say("the brace of a function has its own line") }
/^[a-z].*\(/ && !/;$/ { head = $0 }
/^\{$/ && head != "" && head !~ /^[a-z_0-9]+\(/ {
	say("the return type has its own line: " head)
}
/^}/ { head = "" }
{ last = $0 }
END { exit rc }' "$@" || bad=1
exit $bad
