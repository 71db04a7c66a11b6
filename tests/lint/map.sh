#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# map.sh -- the map of the house in README.md against the house: what the map
# names is there, and what is there is on the map.
#
# The map is the tables under "## Map of the house"; the first cell of a row
# holds names in backticks: a folder (it ends with /), a file, or a group of
# files (NAME*.c).  A header goes with the .c of its name.  The sources of
# protocol/, client/ and daemon/ are named by file or group; elsewhere a folder
# covers what is in it.
set -euo pipefail

echo "lint: map"
bad=0
say() {
	echo "README.md: $1"
	bad=1
}
mapfile -t names < <(awk '
/^## / { map = $0 == "## Map of the house" }
map && /^\|/ {
	split($0, cell, "|")
	while (match(cell[2], /`[^`]+`/)) {
		print substr(cell[2], RSTART + 1, RLENGTH - 2)
		cell[2] = substr(cell[2], RSTART + RLENGTH)
	}
}' README.md)
((${#names[@]})) || say "no map of the house"
mapfile -t files < <(git ls-files -co --exclude-standard | while IFS= read -r f
do [ -f "$f" ] && printf '%s\n' "$f"; done)

# covers NAME FILE: a group does not reach into folders.
covers() {
	case $1 in
	*/) [[ $2 == "$1"* ]] ;;
	*) [[ $2 == $1 && ${2%/*} == "${1%/*}" ]] ;;
	esac
}
product='^(protocol|client|daemon)/.*\.(c|h|sql|def)$'

for name in "${names[@]}"; do
	case $name in
	*/\**) say "$name names everything: say what" ;;
	esac
	for f in "${files[@]}"; do
		covers "$name" "$f" && continue 2
	done
	say "$name is not there"
done
for f in "${files[@]}"; do
	case $f in */*) ;; *) continue ;; esac	# the top level is layers.sh's
	for name in "${names[@]}"; do
		if [[ $f =~ $product && $name == */ ]]; then
			continue
		fi
		covers "$name" "$f" && continue 2
		case $f in
		*.h) covers "$name" "${f%.h}.c" && continue 2 ;;
		esac
	done
	say "$f is not on the map"
done
exit $bad
