#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# demo.sh -- the Hương Sơn scenario, played with real processes and told as a
# story (make demo): a commune, its hub, seven devices, and an auditor.  In
# Vietnamese; LANG=en for English.  Ends with 1 at the first thing that is not
# as it should be.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
scenario=${SCENARIO:-$here/../scenario/huong-son}
world=${DEMO_DIR:-$(mktemp -d "${TMPDIR:-/tmp}/nguon-demo.XXXXXX")}
case ${LANG:-} in en*) english=1 ;; *) english= ;; esac
# shellcheck source=tests/system/lib/commune.sh
. "$here/lib/commune.sh"

# tell VI EN: a line of the story.  chapter VI EN: a heading.
tell() {
	if [ "$english" ]; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi
}
chapter() {
	printf '\n'
	tell "== $1" "== $2"
}
# quoted WORD: as a person would type it.
quoted() {
	case $1 in
	*[!-A-Za-z0-9_.,:@/]*) printf ' "%s"' "$1" ;;
	*) printf ' %s' "$1" ;;
	esac
}
# step NAME VERB...: the command as its owner types it, and what it answers.
step() {
	local name=$1 rc=0 word
	shift
	printf '[%s]$ nguon' "$name"
	for word in "$@"; do quoted "${word/#$world\//}"; done
	printf '\n'
	as "$name" "$@" >"$world/said" 2>&1 || rc=$?
	sed -e "s:$world/::g" -e 's/^/    /' "$world/said"
	return "$rc"
}
fail() {
	tell "HỎNG: $1 (xem $world)" "FAILED: $2 (see $world)"
	exit 1
}
# quiet NAME VERB...: a command whose answer is not part of the story.
quiet() {
	as "$@" >"$world/said" 2>&1 && return 0
	cat "$world/said" >&2
	fail "lệnh $2" "command $2"
}

# invite_and_join NAME HOLDER OPTION...: the office invites, the device joins.
invite_and_join() {
	local name=$1 holder=$2 line
	shift 2
	device "$name"
	line=$(as office invite "$@" --json | json_field line)
	[ -n "$line" ] || fail "mời $name" "invite $name"
	received office || fail "gửi lời mời" "send the invite"
	step "$name" join "$line" --name "$holder" ||
		fail "$name vào xã" "$name joins"
	cell_start "$name"
}

# rows FILE CELL [PATTERN]: a cell's rows of a scenario file, less a pattern.
rows() {
	head -1 "$scenario/$1"
	grep -- ",$2," "$scenario/$1" | grep -v -- "${3:-^$}"
}

# record NAME CELL [PATTERN]: a cell's three lists, from files.
record() {
	local name=$1 cell=$2 kind
	for kind in people events activities; do
		rows "$kind.csv" "$cell" "${3:-^$}" >"$world/$cell-$kind.csv"
		quiet "$name" import "$kind" "$world/$cell-$kind.csv" --yes \
			--cell "$cell" --date 2015-01-01
	done
}

# person NAME WHO FIELD: a value as that device shows it.
person() {
	as "$1" person show "$2" --json | json_field "$3"
}

commune_open
hub_port=$(free_port)
cell_codes=$(tail -n +2 "$scenario/cells.csv" | cut -d, -f1)

chapter "1. Văn phòng xã lập xã Hương Sơn" \
	"1. The office makes the commune of Hương Sơn"
device office
step office init --commune "Xã Hương Sơn" \
	--hub "https://127.0.0.1:$hub_port" --hub-dir "$world/hub" \
	--recovery-out "$world/recovery-sheet" --name "Văn phòng xã" ||
	fail "lập xã" "init"
root=$(cat "$world/hub/commune")
hub_start || fail "máy chủ" "hub"
tell "Máy chủ của xã chạy; nó chuyển sổ mà không đọc được tên ai." \
	"The hub runs; it relays the logs and cannot read a single name."
cell_start office

chapter "2. Mười hai chi bộ, chỉ tiêu, và những người được mời" \
	"2. Twelve cells, their quotas, and those who are invited"
quiet office import cells "$scenario/cells.csv" --yes
quiet office import quotas "$scenario/quotas.csv" --yes
step office cell list
invite_and_join ba-mo-1 "Bí thư Ba Mô" --role secretary --cell ba-mo
invite_and_join ba-mo-2 "Phó bí thư Ba Mô" --role deputy --cell ba-mo
invite_and_join go-dinh "Bí thư Gò Đình" --role secretary --cell go-dinh
invite_and_join ao-sen "Bí thư Ao Sen" --role secretary --cell ao-sen
invite_and_join doan "Đoàn thanh niên Ba Mô" --role organisation \
	--organisation doan-thanh-nien --cell ba-mo
invite_and_join commissioner "Uỷ viên phụ trách" --role commissioner \
	--cell ba-mo --cell cau-da --cell dam-vac
received office ba-mo-1 ba-mo-2 go-dinh ao-sen doan commissioner ||
	fail "đồng bộ" "sync"

chapter "3. Mất mạng: máy chủ dừng, công việc vẫn đi" \
	"3. No network: the hub is down, the work goes on"
hub_stop
record ba-mo-1 ba-mo '^[^,]*,ba-mo,P00014,'
record go-dinh go-dinh
record ao-sen ao-sen '^2022-03-27,ao-sen,P00700,'
tell "Ba chi bộ nhập danh sách của mình; việc cuối của Ao Sen ghi bằng lệnh:" \
	"Three cells import their lists; the last step of Ao Sen by command:"
step ao-sen person step P00700 introduced --date 2022-03-27 ||
	fail "ghi bước" "record a step"
for cell in $cell_codes; do
	case $cell in ba-mo | go-dinh | ao-sen) ;; *) record office "$cell" ;; esac
done
tell "Văn phòng xã nhập thay chín chi bộ còn lại." \
	"The office imports for the other nine cells."
step doan nomination add --name "Đoàn giới thiệu P00014" --birth-year 1987 \
	--residence di-lam-xa --date 2021-11-18 || fail "giới thiệu" "nominate"
step ba-mo-1 status

chapter "4. Có mạng trở lại" "4. The network is back"
hub_start || fail "máy chủ" "hub"
received office ba-mo-1 go-dinh ao-sen doan && received ba-mo-2 commissioner ||
	fail "đồng bộ" "sync"
step ba-mo-1 status

tell "Lại mất mạng. Hai máy của Ba Mô sửa cùng một người:" \
	"Down again. The two devices of Ba Mô edit the same person:"
hub_stop
step ba-mo-1 person edit P00007 --phone 0900000001 || fail "sửa" "edit"
step ba-mo-2 person edit P00007 --education "Trung cấp" || fail "sửa" "edit"
step ba-mo-1 person edit P00007 --workplace "Hợp tác xã Ba Mô" ||
	fail "sửa" "edit"
step ba-mo-2 person edit P00007 --workplace "Công ty may" ||
	fail "sửa" "edit"
hub_start || fail "máy chủ" "hub"
received ba-mo-1 ba-mo-2 && received office ba-mo-1 commissioner ||
	fail "đồng bộ" "sync"
for name in office ba-mo-1 ba-mo-2 commissioner; do
	[ "$(person $name P00007 phone)" = 0900000001 ] &&
		[ "$(person $name P00007 education)" = "Trung cấp" ] ||
		fail "hai ô khác nhau trên $name" "different fields on $name"
done
tell "Hai ô khác nhau đã tự gộp trên mọi máy. Ô cùng sửa thì hỏi:" \
	"Different fields merged by themselves everywhere. The same field asks:"
step ba-mo-1 conflicts
[ $? -eq 1 ] || fail "phải có một chỗ cần thống nhất" "a conflict is missing"
conflict=$(as ba-mo-1 conflicts --json | json_field id)
step ba-mo-1 conflicts settle "$conflict" --value "Hợp tác xã Ba Mô" \
	--why "hỏi lại gia đình" || fail "thống nhất" "settle"
received ba-mo-1 && received ba-mo-2 office commissioner ||
	fail "đồng bộ" "sync"
for name in office ba-mo-1 ba-mo-2 commissioner; do
	[ "$(person $name P00007 workplace)" = "Hợp tác xã Ba Mô" ] ||
		fail "lựa chọn chưa đến $name" "the choice is not on $name"
	as "$name" conflicts >/dev/null ||
		fail "$name còn chỗ cần thống nhất" "$name still has conflicts"
done
tell "Lựa chọn ấy đã có trên mọi máy." "That choice is on every device."

tell "Bí thư trả lời Đoàn: nối người được giới thiệu với P00014." \
	"The secretary answers the youth union: links the person to P00014."
nomination=$(as ba-mo-1 nomination list --json | json_field id)
step ba-mo-1 nomination link "$nomination" --person P00014 \
	--date 2021-11-18 || fail "nối" "link"
step ba-mo-1 person step P00014 introduced --date 2022-01-08 ||
	fail "ghi bước" "record a step"
received ba-mo-1 && received doan || fail "đồng bộ" "sync"
step doan nomination list --all
tell "Đoàn thử tự ghi kết nạp: chương trình từ chối; một máy bị sửa đổi thì" \
	"The youth union tries to admit: the client refuses; a device that was"
tell "ghi được vào sổ của mình, và mọi máy đều coi là vô hiệu:" \
	"tampered with writes it into its own log, and every device finds it void:"
"$TOOLS/write_unjudged" "$world/doan/store" "$nomination" admitted \
	2022-03-01 <"$world/doan/passphrase" || fail "ghi thử" "the attempt"
received doan && received office ba-mo-1 ba-mo-2 || fail "đồng bộ" "sync"
for name in doan office ba-mo-1 ba-mo-2; do
	as "$name" conflicts void --json | grep -q '"why":"[a-z-]*role"' ||
		fail "$name không thấy mục vô hiệu" "$name does not list it"
done
step office conflicts void

chapter "5. Báo cáo của xã, từ các bản ghi có chữ ký đã gộp" \
	"5. The commune's report, from merged signed records"
received office go-dinh ao-sen ba-mo-1 || fail "đồng bộ" "sync"
step office report --period 2022
equal=0 differ=0
# compare NAME SCOPE-PATTERN: figures.csv against that device's report.
compare() {
	local period line
	: >"$world/figures"
	for period in $(tail -n +2 "$scenario/figures.csv" | cut -d, -f1 |
		sort -u); do
		as "$1" report --period "$period" --csv - >>"$world/figures" ||
			fail "báo cáo $period" "report $period"
	done
	while IFS= read -r line; do
		line=${line%$'\r'}
		if grep -qxF -- "$line" "$world/figures"; then
			equal=$((equal + 1))
		else
			differ=$((differ + 1))
			tell "  khác: $line" "  differs: $line"
		fi
	done < <(tail -n +2 "$scenario/figures.csv" | grep -E "$2")
}
compare office .
tell "Ở xã: $equal số liệu bằng, $differ khác (figures.csv)." \
	"At the commune: $equal figures equal, $differ differ (figures.csv)."
[ "$differ" = 0 ] || fail "số liệu" "figures"
for cell in ba-mo-1:ba-mo ba-mo-2:ba-mo go-dinh:go-dinh ao-sen:ao-sen; do
	equal=0
	compare "${cell%%:*}" "^[^,]*,${cell##*:},"
	tell "Trên máy ${cell%%:*}: $equal bằng, $differ khác." \
		"On device ${cell%%:*}: $equal equal, $differ differ."
	[ "$equal" -gt 0 ] && [ "$differ" = 0 ] || fail "số liệu" "figures"
done

chapter "6. Người kiểm tra: một tệp, không mạng, không tên ai" \
	"6. The auditor: one file, no network, nobody's name"
step office audit export "$world/history.audit" || fail "xuất" "export"
mkdir -p "$world/auditor"
# audit FILE: verify in a bare directory, with no store.
audit() {
	(cd "$world/auditor" && env -i PATH=/usr/bin:/bin LANG="${LANG:-}" \
		"$NGUON" verify "$1" --root "$root" "${@:2}")
}
printf '[auditor]$ nguon verify history.audit --root %s…\n' "${root:0:16}"
audit "$world/history.audit" --period 2022 | sed 's/^/    /'
[ "${PIPESTATUS[0]}" = 0 ] || fail "kiểm tra" "verify"
tell "Rồi ba bản sao bị sửa: đổi một byte, bỏ một mục, đảo một đoạn." \
	"Then three altered copies: a byte flipped, an entry removed, a segment moved."
for how in flip drop swap; do
	"$TOOLS/tamper_audit" "$how" "$world/history.audit" \
		"$world/$how.audit" >/dev/null || fail "sửa bản sao" "alter a copy"
	printf '[auditor]$ nguon verify %s.audit\n' "$how"
	audit "$world/$how.audit" >"$world/said" 2>&1
	[ $? -eq 1 ] || fail "bản $how phải bị phát hiện" "$how was not found"
	head -6 "$world/said" | sed 's/^/    /'
done
audit "$world/no-such-file" >/dev/null 2>&1
[ $? -gt 1 ] || fail "mã kết thúc" "exit code"

chapter "Xong. Mọi điều trên đã được kiểm, không chỉ được in ra." \
	"Done. All of the above was checked, not just printed."
[ -n "${DEMO_DIR:-}" ] || rm -rf "$world"
