using System.Buffers;
using System.Text;

namespace McpRegistry.Core.Upstream.Http;

/// <summary>Text as the value of an HTTP header: as it is where that is safe, else <c>=?base64?…?=</c> (MCP 2026-07-28, Streamable HTTP).</summary>
internal static class HeaderText
{
    private static readonly SearchValues<char> Visible = SearchValues.Create(Enumerable.Range(0x20, 0x7f - 0x20).Select(code => (char)code).ToArray());

    public static string Encode(string value) => IsPlain(value) && !LooksEncoded(value) ? value : ToBase64(value);

    /// <summary>A value that was a header already: encoded only where it could not travel.</summary>
    public static string EncodeIfNeeded(string value) => IsPlain(value) ? value : ToBase64(value);

    /// <summary>True when the value can be sent and comes out on the other side as it went in.</summary>
    public static bool IsPlain(string value) =>
        !value.AsSpan().ContainsAnyExcept(Visible) && (value.Length == 0 || (value[0] != ' ' && value[^1] != ' '));

    private static bool LooksEncoded(string value) => value.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    private static string ToBase64(string value) => $"{Prefix}{Convert.ToBase64String(Encoding.UTF8.GetBytes(value))}?=";

    private const string Prefix = "=?base64?";
}
