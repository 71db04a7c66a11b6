#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# independent.sh -- the verifier of tests/independent, which was written from
# SPEC.md and the golden vectors alone, agrees with the vectors, with what was
# counted row by row in Huong Son and in made-up communes, and finds forgeries.
#
# SEEDS="..." takes other communes.
set -uo pipefail

here=tests/independent
huong_son=tests/scenario/huong-son
tools=${TOOLS:-$BUILD/tests/tools}
audit=$TMPDIR/audit
log=$TMPDIR/log
failed=0

# result STATUS NAME
result() {
	if [ "$1" = 0 ]; then
		echo "ok $2"
	else
		echo "not ok $2"
		tail -n 20 "$log"
		failed=1
	fi
}

# figures FOLDER NAME: of its audit file, against its figures.csv
figures() {
	local root
	root=$("$tools/write_scenario" "$1" "$audit" 2>"$log") &&
		python3 -B "$here/check_scenario.py" "$1/figures.csv" \
			"$audit" "$root" >"$log" 2>&1
	result $? "figures of $2, $(tail -n 1 "$log")"
}

# ---- the golden vectors: each line is a case
python3 -B "$here/check_vectors.py" || failed=1

# ---- whole communes
if [ ! -x "$tools/write_scenario" ]; then
	echo "no $tools/write_scenario: the vectors alone were checked"
	exit "$failed"
fi
figures "$huong_son" "Huong Son"
for seed in ${SEEDS:-1 2 3 4 5}; do
	[ -x "$tools/make_scenario" ] || break
	dir=$TMPDIR/$seed
	mkdir "$dir"
	made=$("$tools/make_scenario" "$seed" "$dir")
	figures "$dir" "$made"
	rm -r "$dir"
done

# ---- and forged ones: where, and what follows
for what in flip drop-entry swap-segments forge-head bad-root lying-seen \
	void-role; do
	"$tools/write_scenario" --tamper "$what" "$huong_son" "$audit" \
		>"$TMPDIR/made"
	{ read -r root; read -r _ _ _ id _ first last _ code; } <"$TMPDIR/made"
	line="fail $code $id $first"
	want=1
	[ "$code" = signature ] && line+="-$last"
	[ "$what" = void-role ] && line="void $code $id $first" want=0
	python3 -B "$here/verify.py" "$audit" --root "$root" >"$log" 2>&1
	rc=$?
	[ $rc = $want ] && grep -qxF "$line" "$log"
	result $? "$what is found: $line"
done
exit "$failed"
