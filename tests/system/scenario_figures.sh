#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# scenario_figures.sh -- the figures of made-up communes, and of Huong Son, as
# signed histories: what verify recomputes is what was counted row by row; and
# what forged copies hold is found where it is.
#
# SEEDS="..." takes other communes.
set -uo pipefail

huong_son=tests/scenario/huong-son
failed=0

# result STATUS NAME LOG
result() {
	if [ "$1" = 0 ]; then
		echo "ok $2"
	else
		echo "not ok $2"
		tail -n 20 "$3"
		failed=1
	fi
}

# ---- made-up communes
for seed in ${SEEDS:-$(seq 30)}; do
	dir=$TMPDIR/$seed
	mkdir "$dir"
	made=$("$TOOLS/make_scenario" "$seed" "$dir") &&
		root=$("$TOOLS/write_scenario" "$dir" "$dir/audit") &&
		"$TOOLS/check_figures" --every "$dir" "$dir/audit" "$root" \
			>"$dir/log" 2>&1
	result $? "figures of $made, $(tail -n 1 "$dir/log")" "$dir/log"
	rm -r "$dir"
done

# ---- Huong Son, and each forgery of it
audit=$TMPDIR/audit
log=$TMPDIR/log
root=$("$TOOLS/write_scenario" "$huong_son" "$audit") &&
	"$TOOLS/check_figures" "$huong_son" "$audit" "$root" >"$log" 2>&1
result $? "figures of Huong Son, $(tail -n 1 "$log")" "$log"

# found CODE LOG FIRST LAST: among what --json of verify says
found() {
	grep -qE "\"code\": ?\"$1\", ?\"log\": ?\"$2\", ?\"seq\": ?$3, ?\"last_seq\": ?$4[,}]" "$log"
}
for what in flip drop-entry swap-segments forge-head bad-root lying-seen \
	void-role; do
	"$TOOLS/write_scenario" --tamper "$what" "$huong_son" "$audit" \
		>"$TMPDIR/made"
	{ read -r root; read -r _ _ _ id _ first last _ code; } <"$TMPDIR/made"
	level=FAIL
	want=1
	[ "$what" = void-role ] && level=void want=0
	"$TOOLS/check_figures" "$huong_son" "$audit" "$root" >"$log" 2>&1
	grep -qE "^$level $code log $id seq $first $last " "$log"
	result $? "$what is found: $code, $id $first-$last" "$log"
	[ -x "$NGUON" ] || continue
	"$NGUON" verify "$audit" --root "$root" --json >"$log" 2>&1
	rc=$?
	tr -d '\n' <"$log" >"$log.line"
	mv "$log.line" "$log"
	found "$code" "$id" "$first" "$last" && [ $rc = $want ]
	result $? "nguon verify finds $what, exit $rc" "$log"
	"$NGUON" verify "$audit" --root "$root" --lang en >"$log" 2>&1
	[ $? = $want ] && grep -q "$id" "$log"
	result $? "nguon verify says where $what is" "$log"
done
exit "$failed"
