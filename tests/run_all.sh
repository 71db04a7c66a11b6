#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# run_all.sh TEST... -- run test programs (two at a time) and then the system
# scripts among them (*.sh, one after another).  One line each; the output of
# each in $BUILD/log/NAME.log, shown when it fails.  The last line is
#
#	N passed, M failed
#
# counted in test cases: cmocka's own counts, and lines `ok NAME' and
# `not ok NAME' of anything else.  What dies, runs too long or tests nothing
# counts as failed.  From `make check': BUILD, NGUON, NGUOND, TOOLS.
#
# Each test has a fresh folder of its own as TMPDIR, which is removed (KEEP=1
# keeps it), and TEST_SECONDS (300) to finish.
set -uo pipefail

BUILD=${BUILD:-$PWD/build}
export BUILD
log_dir=$BUILD/log
mkdir -p "$log_dir"

# The sanitizers speak up, and a report is a failure.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:exitcode=99}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}

# sum SED-EXPRESSION FILE: the sum of the numbers that it prints
sum() {
	sed -nE "$1" "$2" | awk '{ n += $1 } END { print n + 0 }'
}

# run_one TEST: writes "passed failed" to NAME.count
run_one() {
	local test=$1 name log rc=0 passed failed begin seconds word tmp
	name=$(basename "$test" .sh)
	log=$log_dir/$name.log
	tmp=$(mktemp -d "${TMPDIR:-/tmp}/nguon-test.XXXXXX")
	begin=$(date +%s%N)
	local run=("$test")
	case $test in *.sh) run=(bash "$test") ;; esac
	TMPDIR=$tmp timeout -k 10 "${TEST_SECONDS:-300}" "${run[@]}" \
		>"$log" 2>&1 </dev/null || rc=$?
	seconds=$(($(date +%s%N) - begin))
	seconds=$(awk -v n="$seconds" 'BEGIN { printf "%.2f", n / 1e9 }')
	if [ -n "${KEEP:-}" ]; then
		echo "kept: $tmp" >>"$log"
	else
		chmod -R u+rwX "$tmp" 2>/dev/null
		rm -rf "$tmp"
	fi

	passed=$(sum 's/^\[  PASSED  \] ([0-9]+) test\(s\).*/\1/p' "$log")
	failed=$(sum 's/^\[  FAILED  \] .*: ([0-9]+) test\(s\).*/\1/p' "$log")
	passed=$((passed + $(grep -c '^ok ' "$log")))
	failed=$((failed + $(grep -c '^not ok ' "$log")))
	word=ok
	if ((rc == 124 || (rc == 137 && ${seconds%.*} >= ${TEST_SECONDS:-300}))); then
		word="FAILED (stopped after ${TEST_SECONDS:-300} s)"
	elif ((rc > 128)); then
		word="FAILED (died of signal $((rc - 128)))"
	elif ((rc != 0)); then
		word="FAILED (exit $rc)"
	elif ((failed > 0)); then
		word=FAILED
	elif ((passed == 0)); then
		word="FAILED (tested nothing)"
	fi
	if [ "$word" != ok ] && ((failed == 0)); then
		failed=1
	fi
	echo "$passed $failed" >"$log_dir/$name.count"
	local line
	line=$(printf '%-44s %4d passed %7s s  %s' \
		"$name" "$passed" "$seconds" "$word")
	if [ "$word" = ok ]; then
		printf '%s\n' "$line"
	else	# in one piece, as two tests run at a time
		printf '%s\n%s\n' "$line" "$(tail -n 200 "$log" | sed 's/^/    /')"
	fi
	return 0
}

programs=()
scripts=()
for t in "$@"; do
	case $t in
	*.sh) scripts+=("$t") ;;
	*) programs+=("$t") ;;
	esac
done

rm -f "$log_dir"/*.count
export -f run_one sum
export log_dir
((${#programs[@]})) && printf '%s\0' "${programs[@]}" |
	xargs -0 -n 1 -P 2 bash -c 'run_one "$1"' run_one
for t in ${scripts[@]+"${scripts[@]}"}; do
	run_one "$t"
done

passed=0
failed=0
counted=0
for f in "$log_dir"/*.count; do
	[ -f "$f" ] || continue
	read -r p n <"$f"
	passed=$((passed + p))
	failed=$((failed + n))
	counted=$((counted + 1))
done
# two tests of one name, or a runner that died, must not look like success
lost=$(($# - counted))
if ((lost > 0)); then
	echo "$lost tests left no count" >&2
	failed=$((failed + lost))
fi
echo "$passed passed, $failed failed"
((failed == 0))
