# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# commune.sh -- sourced: a commune of real processes on this machine.  Needs
# NGUON, NGUOND and a folder $world; every device is a folder $world/NAME with
# a store, a passphrase of its own and a user folder.

commune_pids=()

# commune_open: an empty world; everything it started ends with the script.
commune_open() {
	mkdir -p "$world"
	trap commune_close EXIT
}

commune_close() {
	local pid
	for pid in "${commune_pids[@]}"; do
		kill -TERM "$pid" 2>/dev/null
	done
	wait 2>/dev/null
}

# device NAME: its folder and its passphrase.
device() {
	mkdir -p "$world/$1"
	printf 'mat khau cua may %s\n' "$1" >"$world/$1/passphrase"
}

# as NAME VERB...: nguon on that device, as its owner would type it.
as() {
	local name=$1
	shift
	HOME=$world/$name "$NGUON" "$@" --store "$world/$name/store" \
		--passphrase-fd 9 9<"$world/$name/passphrase"
}

# hub_start: on the address it had before, so that the invites stay right.
hub_start() {
	"$NGUOND" hub --dir "$world/hub" --listen "127.0.0.1:$hub_port" \
		2>>"$world/hub.log" &
	hub_pid=$!
	commune_pids+=("$hub_pid")
	local i
	for ((i = 0; i < 200; i++)); do
		curl -sk -o /dev/null "https://127.0.0.1:$hub_port/healthz" &&
			return 0
		sleep 0.05
	done
	echo "the hub did not start:" >&2
	tail -3 "$world/hub.log" >&2
	return 1
}

hub_stop() {
	kill -TERM "$hub_pid"
	wait "$hub_pid" 2>/dev/null
}

# cell_start NAME: the device's own daemon.
cell_start() {
	HOME=$world/$1 "$NGUOND" cell --store "$world/$1/store" \
		--retry-min 1 --retry-ceiling 2 --interval 1 \
		2>>"$world/$1/cell.log" &
	commune_pids+=($!)
}

# free_port: a port that nobody listens on now.
free_port() {
	local port
	for ((port = 18443; port < 18543; port++)); do
		(: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}

# json_field NAME: the first value of that name on standard input.
json_field() {
	sed -n "s/.*\"$1\": *\"\\{0,1\\}\\([^\",}]*\\).*/\\1/p" | head -1
}

# received NAME...: waits until each device's entries are all received and it
# has taken in every leaf; at most 60 s.
received() {
	local name i status
	for name in "$@"; do
		for ((i = 0; i < 300; i++)); do
			as "$name" conflicts >/dev/null 2>&1
			status=$(as "$name" status --json)
			[ "$(json_field unsent <<<"$status")" = 0 ] &&
				[ "$(json_field sent <<<"$status")" = 0 ] &&
				[ "$(json_field leaves <<<"$status")" -ge \
					"$(hub_leaves)" ] && continue 2
			sleep 0.2
		done
		echo "device $name is not in step: $status" >&2
		return 1
	done
}

# hub_leaves: leaves of the hub's tree, as its log says.
hub_leaves() {
	sed -n 's/.* \([0-9]*\) leaves$/\1/p' "$world/hub.log" | tail -1
}
