#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# systemd.sh NGUOND -- the units: right for systemd, and exposed no more than
# 1.5 (hub) and 2.0 (cell, which needs its user's folder and the network).  No
# systemd needs to run.
set -euo pipefail

nguond=$(realpath "$1")
echo "lint: systemd"
bad=0
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export XDG_RUNTIME_DIR=$tmp/run
mkdir "$tmp/run"

# A program that a unit starts must be there: ours is not installed yet.
for unit in systemd/*.service systemd/*.socket; do
	sed "s|/usr/local/bin/nguond|$nguond|" "$unit" >"$tmp/${unit##*/}"
done

# verify WHAT...: anything it says is a failure
verify() {
	systemd-analyze verify --man=no "$@" >"$tmp/said" 2>&1 || bad=1
	[ ! -s "$tmp/said" ] || { cat "$tmp/said" && bad=1; }
}
# exposed TENTHS UNIT [OPTION]
exposed() {
	systemd-analyze security --offline=true --threshold="$1" --no-pager \
		"${@:3}" "$tmp/$2" >"$tmp/said" 2>&1 && return
	echo "$2: more exposed than $1 tenths"
	cat "$tmp/said"
	bad=1
}
verify "$tmp/nguond-hub.service" "$tmp/nguond-hub.socket"
verify --user "$tmp/nguond-cell.service"
exposed 15 nguond-hub.service
exposed 20 nguond-cell.service --user
systemd-sysusers --dry-run "$PWD"/systemd/sysusers.d/*.conf \
	>"$tmp/said" 2>&1 || { cat "$tmp/said" && bad=1; }
if grep -vE '^(#|$)' systemd/default/*; then
	echo "systemd/default: a default that is not commented out"
	bad=1
fi
exit $bad
