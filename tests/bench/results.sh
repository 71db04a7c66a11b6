#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# results.sh -- the tables of the bench programs in one file.
set -euo pipefail

out=$BUILD/bench/RESULTS.md
{
	echo '# make bench'
	echo
	# shellcheck disable=SC1091
	echo "$(nproc) cores, $(. /etc/os-release && echo "$PRETTY_NAME"),"
	echo "$(uname -m). Baselines are of the same run; rates are medians."
	echo
	cat "$BUILD"/bench/bench_*.md
} >"$out"
echo "written: $out"
