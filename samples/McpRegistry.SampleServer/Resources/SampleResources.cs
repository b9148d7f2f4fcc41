using System.ComponentModel;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpRegistry.SampleServer.Resources;

/// <summary>A text, a blob and a template.</summary>
[McpServerResourceType]
internal sealed class SampleResources
{
    private const string BinaryUri = "sample://static/binary";
    private const string BinaryType = "application/octet-stream";

    private static readonly byte[] EveryByte = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];

    [McpServerResource(UriTemplate = "sample://static/readme", Name = "readme", MimeType = "text/plain")]
    [Description("A text.")]
    public static string Readme() => "This is the sample server of McpRegistry.";

    [McpServerResource(UriTemplate = BinaryUri, Name = "binary", MimeType = BinaryType)]
    [Description("Every byte there is, once.")]
    public static BlobResourceContents Binary() => BlobResourceContents.FromBytes(EveryByte, BinaryUri, BinaryType);

    [McpServerResource(UriTemplate = "sample://item/{id}", Name = "item", MimeType = "text/plain")]
    [Description("Any item, by its id.")]
    public static string Item(string id) => $"This is item {id}.";
}
