#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# manual.sh NGUON NGUOND -- the man pages: sound mdoc, and every command with
# all its options, no more and no less than --help says, in both languages.
# A command stands in a page as `.It Xo', `.Ic NAME', its options, `.Xc'.
set -euo pipefail

nguon=$1 nguond=$2
echo "lint: manual"
bad=0
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# Style is for English: mandoc counts the bytes of its own escapes, and looks
# for the pages named in what is installed here.
mapfile -t pages < <(git ls-files -co --exclude-standard -- '*.[1-8]')
for page in "${pages[@]}"; do
	level=style
	case $page in *.vi.*) level=warning ;; esac
	mandoc -T lint -W "$level" "$page" >"$tmp/lint" 2>&1 || true
	grep -v 'referenced manual not found' "$tmp/lint" && bad=1
done

# spoken PROGRAM [VERB...]: the help of a command; options: those of a help.
spoken() {
	"$@" --help --lang en
}
options() {
	sed -nE 's/^  (--[a-z-]+).*/\1/p' | sort -u
}
# needed: those that its first lines, the usage, show without brackets.
needed() {
	sed '/^$/,$d' | tr '\n' ' ' | grep -o ' --[a-z-]*' |
		sed 's/^ //; s/$/ (needed)/' || true
}
# written PAGE: lines "COMMAND|OPTION", or "COMMAND|" for the command itself; a
# needed option stands there without .Op.
written() {
	awk '
	/^\.It Xo$/ { head = 1; verb = ""; next }
	head && /^\.Ic / { verb = substr($0, 5); print verb "|"; next }
	/^\.Xc$/ { head = 0 }
	head && verb != "" && $1 == ".Fl" {
		print verb "|-" $2
		print verb "|-" $2 " (needed)"
	}
	head && verb != "" {
		for (i = 2; i < NF; i++)
			if ($i == "Fl") print verb "|-" $(i + 1)
	}' "$1" | sort -u
}
# compare PAGE: what $tmp/said lists against the page.
compare() {
	written "$1" >"$tmp/written"
	sort -u "$tmp/said" >"$tmp/sorted"
	comm -3 "$tmp/sorted" "$tmp/written" >"$tmp/differ"
	[ -s "$tmp/differ" ] || return 0
	awk -F'\t' -v page="$1" '{
		split($1 != "" ? $1 : $2, is, "|")
		what = is[1] (is[2] != "" ? " " is[2] : "")
		print page ": " what ($1 != "" ? " is not in it" : \
		    " is not in --help")
	}' "$tmp/differ"
	bad=1
}

# the options that every command has are said once, in DESCRIPTION
spoken "$nguon" join | sed '1,/^Options of every command/d' |
	options >"$tmp/common"
spoken "$nguon" | sed -nE 's/^  ([a-z]+( [a-z]+)?)  +.*/\1/p' >"$tmp/verbs"
while IFS= read -r verb; do
	echo "$verb|"
	# shellcheck disable=SC2086
	spoken "$nguon" $verb | sed '/^Options of every command/,$d' \
		>"$tmp/help"
	{ options <"$tmp/help" && needed <"$tmp/help"; } |
		sed "s/^/$verb|/"
done <"$tmp/verbs" >"$tmp/said"
for page in client/cli/nguon.1 client/cli/nguon.vi.1; do
	compare "$page"
	while IFS= read -r option; do
		grep -q "^\.It Fl $(printf '%s' "${option#-}")\( \|\$\)" "$page" ||
			{ echo "$page: $option is not in it" && bad=1; }
	done <"$tmp/common"
done

for verb in cell hub; do
	echo "$verb|"
	spoken "$nguond" "$verb" | options | sed "s/^/$verb|/"
done >"$tmp/said"
compare daemon/nguond.8
compare daemon/nguond.vi.8
[ "$(wc -l <"$tmp/verbs")" -gt 20 ] ||
	{ echo "nguon --help lists too few commands" && bad=1; }
exit $bad
