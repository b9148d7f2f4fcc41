using System.ComponentModel;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace McpRegistry.SampleServer.Conformance;

[McpServerResourceType]
internal sealed class ConformanceResources
{
    [McpServerResource(UriTemplate = "test://static-text", Name = "static-text", MimeType = "text/plain"), Description("A text.")]
    public static string StaticText() => "This is the content of the static text resource.";

    [McpServerResource(UriTemplate = "test://static-binary", Name = "static-binary", MimeType = Samples.PngType), Description("An image.")]
    public static BlobResourceContents StaticBinary() => BlobResourceContents.FromBytes(Samples.Png, "test://static-binary", Samples.PngType);

    [McpServerResource(UriTemplate = "test://template/{id}/data", Name = "template", MimeType = "application/json"), Description("Data by id.")]
    public static string Template(string id) => JsonSerializer.Serialize(new { id, templateTest = true, data = $"Data for ID: {id}" });

    [McpServerResource(UriTemplate = "test://watched-resource", Name = "watched-resource", MimeType = "text/plain"), Description("To subscribe to.")]
    public static string Watched() => "Watched resource content";
}
