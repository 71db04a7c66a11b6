# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# refused.sh -- sourced after commune.sh: a small commune, and what every bad
# input has to be answered with.  Needs $world and a folder $said; $on is the
# device that the cases are about.

failed=0
cases=0
on=office
# Where the answer is: err, or out where "no" is a result.
heard=err

# result STATUS NAME [WHY]
result() {
	if [ "$1" = 0 ]; then
		echo "ok $2"
	else
		echo "not ok $2${3:+ ($3)}"
		failed=1
	fi
}

# small_commune: the office and the cell ba-mo with people, received by the
# hub, which is then stopped; nothing of it runs when this returns.
small_commune() {
	local line
	hub_port=$(free_port)
	device office
	device cell
	as office init --commune "Xã Thử" --hub "https://127.0.0.1:$hub_port" \
		--hub-dir "$world/hub" --recovery-out "$world/sheet" \
		--name "Cao Thị Văn Phòng" &&
		as office cell add ba-mo "Thôn Ba Mô" --members 11 &&
		as office cell add go-dinh "Thôn Gò Đình" &&
		as office quota set 2022 ba-mo 2 && hub_start || return 1
	line=$(as office invite --role secretary --cell ba-mo --json |
		json_field line)
	as office sync && as cell join "$line" --name "Cao Văn Bí Thư" ||
		return 1
	as cell person add --name "Lò Thị Bí Mật" --birth-year 1990 \
		--phone 0911222333 --ref P1 --date 2021-01-05 &&
		as cell person add --name "Lò Văn Kín Đáo" --birth-date \
			1991-02-03 --ref P2 --date 2021-01-05 &&
		as cell person step P1 nominated --date 2022-01-08 \
			--organisation doan-thanh-nien &&
		as cell sync && as office sync || return 1
	root=$(cat "$world/hub/commune")
	hub_stop
}

# state FOLDER...: all that no refused command may change, as one word.  The
# daemon's own file and the files of SQLite's that come and go are left out.
state() {
	find "$@" -type f ! -name '*-shm' ! -name '*-wal' \
		! -name 'exchange.*' ! -name bell -print0 2>/dev/null |
		sort -z | xargs -0r sha256sum | sha256sum
}

# refused NAME CODES [PATTERN] -- COMMAND...: it ends with one of the codes,
# says why in the language that was asked for (in English with PATTERN), is not
# stopped by a sanitizer and leaves the store as it was.
refused() {
	local name=$1 codes=$2 pattern=. before language rc why=
	shift 2
	[ "$1" = -- ] || { pattern=$1 && shift; }
	shift
	cases=$((cases + 1))
	local file=$said/$cases
	before=$(state "$world/$on/store")
	for language in vi en; do
		LANG=${language}_VN.UTF-8 "$@" >"$file.$language.out" \
			2>"$file.$language.err" </dev/null
		rc=$?
		[[ " $codes " == *" $rc "* ]] ||
			why="$why exit $rc, not $codes;"
		[ -s "$file.$language.$heard" ] || why="$why says nothing;"
	done
	cmp -s "$file.vi.$heard" "$file.en.$heard" &&
		why="$why one language only;"
	grep -aqE -- "$pattern" "$file.en.$heard" ||
		why="$why not '$pattern';"
	grep -aqE 'ERROR: (Address|Leak|Undefined)Sanitizer|runtime error' \
		"$file.vi.err" "$file.en.err" && why="$why sanitizer;"
	[ "$(state "$world/$on/store")" = "$before" ] ||
		why="$why the store is not as it was;"
	result "$([ -z "$why" ]; echo $?)" "$name" "${why# }"
	[ -z "$why" ] || head -c 600 "$file.en.$heard"
}

# nobody_named [GLOB]: none of the answers (but for GLOB: none of those on
# stderr) holds a person's name, phone or passphrase.
nobody_named() {
	"$TOOLS/find_names" --except "${1-*.out}" --word "Lò Thị Bí Mật" \
		--word "Lò Văn Kín Đáo" --word 0911222333 \
		--word "Cao Thị Văn Phòng" --word "Cao Văn Bí Thư" \
		--word "Lý Thị Hàng Lỗi" --word 0955666777 \
		--word "mat khau cua may cell" --word "mat khau sai hoan toan" \
		"$said" >"$world/found"
	result $? "no message names a person, a phone or a passphrase"
	cat "$world/found"
}
