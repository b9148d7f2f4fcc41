#!/usr/bin/env bash
# The comparison benchmark with this gateway in it; see README.md beside this file.
#   BENCH_DIR=/path/to/bench benchmarks/run.sh run|scale [options of the runner]
set -euo pipefail

: "${BENCH_DIR:?names the checkout of the benchmark, see benchmarks/README.md}"
root=$(cd "$(dirname "$0")/.." && pwd)
bench=$(cd "$BENCH_DIR" && pwd)
export BENCH_WORK=${BENCH_WORK:-${TMPDIR:-/tmp}/mcp-bench}
readonly kind=${1:?run or scale}
shift
readonly targets=${TARGETS:-direct,nginx,yarp} port=5480
readonly gateway=$BENCH_WORK/bin/mcp-registry out=$root/artifacts/bench
mkdir -p "$out"

publish() { dotnet publish "$1" -c Release --artifacts-path "$BENCH_WORK/artifacts" -o "$2" -v quiet; }

for part in backend loadgen yarp; do
  [[ -x $BENCH_WORK/bin/$part/$part ]] || publish "$bench/$part" "$BENCH_WORK/bin/$part"
done
publish "$root/McpRegistry.Api" "$gateway"

# A target's description for the runner. The gateway gets a data folder and a file of servers of its own.
#   target NAME PORT SERVERS EXTRA [ARGUMENTS]     EXTRA: the members that say how to call it; ARGUMENTS: more of the command
target() {
  local folder=$BENCH_WORK/run/$1
  rm -rf "$folder"
  mkdir -p "$folder"
  printf '%s' "$3" > "$folder/mcp-servers.json"
  cat <<JSON
{ "name": "$1", $4,
  "command": ["$gateway/McpRegistry.Api", "--urls", "http://127.0.0.1:$2", "--McpRegistry:Discovery:File=$folder/mcp-servers.json", "--McpRegistry:Storage:Path=$folder/registry.db", "--Logging:LogLevel:Default=Warning"${5:+, $5}],
  "cwd": "$gateway", "env": {} }
JSON
}

one_server='{ "mcpServers": { "b": { "url": "http://127.0.0.1:5100/mcp" } } }'
many_servers() {
  local entries=() number
  for number in $(seq -w 0 45); do
    entries+=("\"s$number\": { \"url\": \"http://127.0.0.1:$((5200 + 10#$number))/mcp\" }")
  done
  local IFS=,
  printf '{ "mcpServers": { %s } }' "${entries[*]}"
}

# How to call it: as a legacy client, as a modern one (a complete request in each POST) and over REST.
legacy='"tool": "b__echo"'
modern='"mode": "rest", "headers": ["MCP-Protocol-Version: 2026-07-28", "Mcp-Method: tools/call", "Mcp-Name: b__echo"],
  "args": "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"b__echo\",\"arguments\":{\"message\":\"{{payload}}\"},\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{}}}}"'
rest='"mode": "rest", "args": "{\"tool\":\"echo\",\"args\":{\"message\":\"{{payload}}\"}}"'
url() { printf '"url": "http://127.0.0.1:%d%s"' "$1" "$2"; }

# The same gateway on a shared store, beside the embedded one in the same run.
shared=()
if [[ -n ${REDIS:-} ]]; then
  on_redis="\"--ConnectionStrings:redis=$REDIS\""
  shared+=(--external "$(target mcp-registry-redis $((port + 3)) "$one_server" "$(url $((port + 3)) /mcp), $legacy" "$on_redis")")
  shared+=(--external "$(target mcp-registry-redis-rest $((port + 4)) "$one_server" "$(url $((port + 4)) /api/services/b/call), $rest" "$on_redis")")
fi

case $kind in
  run)
    node "$bench/runner/bench.mjs" run --targets "$targets" --out "$out/run.json" \
      --external "$(target mcp-registry $port "$one_server" "$(url $port /mcp), $legacy")" \
      --external "$(target mcp-registry-modern $((port + 1)) "$one_server" "$(url $((port + 1)) /mcp), $modern")" \
      --external "$(target mcp-registry-rest $((port + 2)) "$one_server" "$(url $((port + 2)) /api/services/b/call), $rest")" \
      "${shared[@]}" \
      "$@"
    ;;
  scale)
    node "$bench/runner/bench.mjs" scale --targets "$targets" --out "$out/scale.json" \
      --external "$(target mcp-registry $port "$(many_servers)" "$(url $port /mcp), \"tool\": \"s45__s45_tool_03\"")" \
      "$@"
    ;;
  *)
    echo "run or scale, not $kind" >&2
    exit 2
    ;;
esac
