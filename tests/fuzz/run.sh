#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# run.sh FOLDER TARGET... -- run each fuzz target for FUZZ_SECONDS over a copy
# of its corpus (tests/fuzz/corpus/NAME for fuzz_NAME).  Fails on any crash;
# the input that crashed is then kept in FOLDER.
set -euo pipefail

folder=$1
shift
rc=0
for target in "$@"; do
	name=$(basename "$target")
	seeds=tests/fuzz/corpus/${name#fuzz_}
	work=$folder/corpus/${name#fuzz_}
	log=$folder/$name.log
	mkdir -p "$work"
	[ -d "$seeds" ] && cp -r "$seeds/." "$work/"
	dict=tests/fuzz/${name#fuzz_}.dict
	[ -f "$dict" ] && dict="-dict=$dict" || dict=
	if "$target" ${dict:+"$dict"} -max_total_time="${FUZZ_SECONDS:-10}" \
		-timeout=20 -rss_limit_mb=2048 \
		-artifact_prefix="$folder/$name-" "$work" >"$log" 2>&1; then
		runs=$(sed -n 's/^Done \([0-9]*\) runs.*/\1/p' "$log")
		echo "fuzz: $name: ${runs:-0} runs, no crash"
	else
		rc=1
		echo "fuzz: $name: CRASHED, see $log" >&2
		tail -n 60 "$log" >&2
	fi
done
exit $rc
