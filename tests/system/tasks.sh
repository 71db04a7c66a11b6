#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# tasks.sh -- an office and a cell with its secretary and deputy: what is to be
# done, and that the command a task names ends it; settings; quotas that say
# the same on both devices; and, where reports differ, which records are
# missing and why.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
world=$TMPDIR/world
# shellcheck source=tests/system/lib/commune.sh
. "$here/lib/commune.sh"
failed=0
export LANG=en TZ=UTC

# says NAME EXIT PATTERN COMMAND...: ends so, and says that
says() {
	local name=$1 want=$2 pattern=$3 rc
	shift 3
	"$@" </dev/null >"$TMPDIR/said" 2>&1
	rc=$?
	if [ $rc = "$want" ] && tr -s '\n ' ' ' <"$TMPDIR/said" |
		grep -qE -- "$pattern"; then
		echo "ok $name"
	else
		echo "not ok $name (exit $rc)"
		cat "$TMPDIR/said"
		failed=1
	fi
}
# lacks NAME PATTERN COMMAND...: succeeds, and does not say that
lacks() {
	local name=$1 pattern=$2
	shift 2
	if "$@" </dev/null >"$TMPDIR/said" 2>&1 &&
		! tr -s '\n ' ' ' <"$TMPDIR/said" | grep -qE -- "$pattern"; then
		echo "ok $name"
	else
		echo "not ok $name"
		cat "$TMPDIR/said"
		failed=1
	fi
}
# join NAME ROLE: invited, joined, in step
join() {
	local line
	device "$1"
	line=$(as office invite --role "$2" --cell ba-mo --json |
		json_field line)
	as office sync && as "$1" join "$line" --name "$3" && as "$1" sync
}
# ago DAYS: that day
ago() {
	date -u -d "$1 days ago" +%F
}
begin() {
	device office
	as office init --commune 'Xã Thử' --hub "https://127.0.0.1:$hub_port" \
		--hub-dir "$world/hub" --recovery-out "$world/sheet" --yes &&
		as office cell add ba-mo 'Thôn Ba Mô' && hub_start &&
		as office sync && join lan secretary 'Hà Thị Lan' &&
		join hung deputy 'Ngô Thành Hùng' && as office sync &&
		as lan sync && as lan person add --name 'Lò Văn Én' \
		--birth-year 2000 --date "$(ago 200)" &&
		as lan person step én nominated --date "$(ago 120)" \
			--organisation doan-thanh-nien &&
		as lan sync && as hung sync && as office sync
}

commune_open
hub_port=$(free_port)
if ! begin >"$TMPDIR/begin" 2>&1; then
	echo "not ok a commune to begin with"
	tail -20 "$TMPDIR/begin"
	exit 1
fi
echo "ok a commune to begin with"

# ---- tasks and the commands that end them
says "an overdue task with its reason" 0 \
	"OVERDUE: 1 .*ba-mo · Lò Văn Én .* Nominated on $(ago 120)" as lan tasks
command=$(as lan tasks --json | json_field command)
case $command in
"nguon person step "*" introduced") echo "ok it names the command" ;;
*) echo "not ok it names the command: $command"; failed=1 ;;
esac
# shellcheck disable=SC2086
says "the command runs" 0 'Introduced' as lan ${command#nguon }
command=$(as lan tasks --json | json_field command)
says "then the end of the class is asked for" 0 \
	'Nominated .* person step .* class_completed' as lan tasks
# shellcheck disable=SC2086
says "which is recorded" 0 'Class completed' as lan ${command#nguon }
lacks "and the task is gone" 'Nominated on' as lan tasks
says "the next one is later" 0 'LATER: .*trial_started' as lan tasks --all
says "of one cell alone" 0 'TO DO' as lan tasks --cell ba-mo
says "of a cell that is not there" 1 'khong-co' \
	as lan tasks --cell khong-co
says "in Vietnamese" 0 'VIỆC CẦN LÀM' as lan tasks --lang vi

# ---- settings
says "the settings and their defaults" 0 'days-to-trial 60 60' \
	as lan setting list
says "a cell may not set them" 6 'commune office' \
	as lan setting set days-to-trial 1
says "a name that is none" 2 'setting list' \
	as office setting set days-of-rest 1
says "a value out of bounds" 2 'from 1 to 3650' \
	as office setting set days-to-trial 0
says "the office sets one" 0 'days-to-trial: 1 \(it was 60\)' \
	as office setting set days-to-trial 1 --why 'thử'
says "once is enough" 0 'already' as office setting set days-to-trial 1
as office sync >/dev/null 2>&1 && as lan sync >/dev/null 2>&1
says "and the cell goes by it" 0 'THIS WEEK: 1 .*trial_started' as lan tasks

# ---- quotas
year=$(date -u +%Y)
says "a quota" 0 'Quota' as office quota set "$year" ba-mo 4
says "is changed with a reason alone" 6 'why' \
	as office quota set "$year" ba-mo 3
says "with it" 0 '3 \(was 4\)|was 4' as office quota set "$year" ba-mo 3 \
	--why 'hai người đi làm xa'
as office sync >/dev/null 2>&1
as lan sync >/dev/null 2>&1
says "what it was, and why" 0 '4 → 3 .*Reason: hai người đi làm xa' \
	as lan quota list --history
as lan quota list --json | sed 's/"total".*//; s/}],*}*$//' >"$TMPDIR/lan"
as office quota list --json | sed 's/,*"total".*//; s/}],*}*$//' \
	>"$TMPDIR/office"
if cmp -s "$TMPDIR/lan" "$TMPDIR/office" &&
	grep -q '"in_class":1' "$TMPDIR/lan"; then
	echo "ok the same on both devices"
else
	echo "not ok the same on both devices"
	cat "$TMPDIR/lan" "$TMPDIR/office"
	failed=1
fi
says "the rule stands beside it" 0 "ba-mo 3 0 0.0 0 1 0 .*Forecast by" \
	as lan quota list --year "$year" --cell ba-mo

# ---- where two devices differ
says "a file to compare with" 0 'comparison file' \
	as hung report --period "$year" --write-compare "$world/hung.compare"
as hung sync >/dev/null 2>&1
as hung report --period "$year" --write-compare "$world/hung.compare" \
	>/dev/null 2>&1
as lan sync >/dev/null 2>&1
says "in step: equal" 0 'equal, and neither lacks' \
	as lan report --compare "$world/hung.compare"
as lan person add --name 'Hà Văn Phúc' --birth-year 1999 \
	--date "$(ago 30)" >/dev/null
as lan person step phuc nominated --organisation doan-thanh-nien \
	--date "$(ago 20)" >/dev/null
says "not sent: named at its writer" 1 \
	'FIGURES THAT DIFFER .*MISSING THERE .*Hà Thị Lan .*about: Hà Văn Phúc .*Here: nguon sync' \
	as lan report --compare "$world/hung.compare"
as lan report --period "$year" --write-compare "$world/lan.compare" \
	>/dev/null 2>&1
says "not sent: named at the other" 1 \
	'MISSING HERE .*Hà Thị Lan .*what: .*There: nguon sync' \
	as hung report --compare "$world/lan.compare"
as lan sync >/dev/null 2>&1
as lan report --period "$year" --write-compare "$world/lan.compare" \
	>/dev/null 2>&1
says "sent, and not received here" 1 'MISSING HERE .*Here: nguon sync' \
	as hung report --compare "$world/lan.compare"
as hung sync >/dev/null 2>&1
says "then it is here" 0 'equal, and neither lacks' \
	as hung report --compare "$world/lan.compare"
if grep -aqE 'Hà|Lan|Phúc' "$world/lan.compare"; then
	echo "not ok the file holds no name"
	failed=1
else
	echo "ok the file holds no name"
fi
head -c 300 "$world/lan.compare" >"$world/cut.compare"
says "a damaged file" 3 'no comparison file' \
	as hung report --compare "$world/cut.compare"
says "another period" 2 'the file is of the period' \
	as hung report --period 2001 --compare "$world/lan.compare"
says "not with a scope" 2 'go neither' as hung report --scope ba-mo \
	--compare "$world/lan.compare"
says "no such file" 1 '.' as hung report --compare "$world/none"

exit $failed
