#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# deps.sh PACKAGE... -- install what is missing (Debian and its kin).  When
# all is there it changes nothing and asks nobody.
set -euo pipefail

if ! command -v dpkg-query >/dev/null; then
	echo "deps: not a Debian system; needed, by their Debian names: $*" >&2
	exit 0
fi
missing=()
for p in "$@"; do
	state=$(dpkg-query -W -f '${db:Status-Abbrev}' "$p" 2>/dev/null || true)
	[[ $state == ii* ]] || missing+=("$p")
done
((${#missing[@]})) || exit 0

as_root=()
if (($(id -u) != 0)); then
	if ! command -v sudo >/dev/null; then
		echo "deps: run as root: apt-get install ${missing[*]}" >&2
		exit 1
	fi
	as_root=(sudo)
fi
echo "deps: installing ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
	apt-get install -y -qq --no-install-recommends "${missing[@]}"
