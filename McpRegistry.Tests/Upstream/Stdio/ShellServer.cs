using System.Collections.Immutable;

using McpRegistry.Core.Registration;

namespace McpRegistry.Tests.Upstream.Stdio;

/// <summary>
/// An MCP server of a few lines of shell: starts in milliseconds, tells every method it gets on stderr, and misbehaves
/// when asked by a method of <c>test/</c>. Legacy unless <c>ON_DISCOVER</c> is <c>answer</c>.
/// </summary>
internal static class ShellServer
{
    private const string Script = """
        [ -n "$START_DELAY" ] && sleep "$START_DELAY"
        [ -n "$WITH_BOM" ] && printf '\357\273\277'
        answer() {
          [ -n "$ODD_ANSWERS" ] && printf '{"jsonrpc":"2.0","id":"%s","result":%s,"error":null}\n' "$id" "$1" && return
          printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$1"
        }
        while IFS= read -r line; do
          id=${line#*\"id\":}; id=${id%%[,\}]*}
          method=${line#*\"method\":\"}; method=${method%%\"*}
          echo "got $method" >&2
          case $method in
            server/discover)
              [ "$ON_DISCOVER" = die ] && exit 9
              [ "$ON_DISCOVER" = hush ] && continue
              [ "$ON_DISCOVER" = answer ] && answer '{"supportedVersions":["2026-07-28"],"capabilities":{"tools":{"listChanged":true}}}' && continue
              printf '{"jsonrpc":"2.0","id":%s,"error":{"code":-32601,"message":"unknown"}}\n' "$id" ;;
            initialize) answer '{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"shell","version":"1"}}' ;;
            notifications/*) ;;
            subscriptions/listen) printf '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\n' ;;
            test/env) env >&2; echo "end of env" >&2; answer '{}' ;;
            test/limits) cat /proc/self/limits >&2; grep NoNewPrivs /proc/self/status >&2; echo "oom=$(cat /proc/self/oom_score_adj)" >&2; echo "end of limits" >&2; answer '{}' ;;
            test/exit) exit 3 ;;
            test/hang) ;;
            test/stall) exec sleep 600 ;;
            test/close) exec >&-; sleep 600 ;;
            test/flood) head -c 200000000 /dev/zero | tr '\0' x ;;
            test/junk) yes junk | head -n 150; answer '{}' ;;
            test/spill) yes junk ;;
            test/odd) printf '\357\273\277{"jsonrpc":"2.0","id":%s,"result":{"odd":true}}\r\n\n \r\n\000\000\n\000' "$id" ;;
            test/huge) printf '{"jsonrpc":"2.0","id":%s,"result":{"x":"' "$id"; head -c 3000000 /dev/zero | tr '\0' x; printf '"}}\n' ;;
            test/huge-id-last) printf '{"result":{"x":"'; head -c 3000000 /dev/zero | tr '\0' x; printf '"},"jsonrpc":"2.0","id":%s}\n' "$id" ;;
            test/huge-log) printf '{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"'; head -c 3000000 /dev/zero | tr '\0' x; printf '"}}\n'; answer '{}' ;;
            test/grandchild) setsid sleep 600 & answer '{}' ;;
            *) answer '{}' ;;
          esac
        done
        [ "$ON_EOF" = stay ] && { trap '' TERM; while :; do sleep 1; done; }
        """;

    public static ServiceRegistration Registration(params (string Name, string Value)[] environment) => new()
    {
        Name = "shell",
        Protocol = ServiceProtocol.Stdio,
        Config = new ServiceConfig
        {
            Command = "sh",
            Args = ["-c", Script],
            Env = environment.ToImmutableSortedDictionary(variable => variable.Name, variable => variable.Value),
        },
    };
}
