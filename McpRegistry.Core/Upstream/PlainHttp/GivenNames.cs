using System.Text.Json;

namespace McpRegistry.Core.Upstream.PlainHttp;

/// <summary>
/// The names of parameters that come out of arguments. The members of an exploded object (style <c>form</c>) become parameters of
/// their own; one that is called like another parameter, or like the operator's own, would be there twice, and servers differ in which
/// of the two they take.
/// </summary>
internal sealed class GivenNames(PlainTool tool)
{
    private readonly HashSet<(PlainLocation, string)> _taken = [];

    /// <summary>Takes the names that an argument brings.</summary>
    /// <exception cref="ArgumentRefusedException">One of them is somebody else's.</exception>
    public void Take(PlainParameter parameter, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object || !parameter.Explode || parameter.Style != PlainStyle.Form || parameter.In is not (PlainLocation.Query or PlainLocation.Cookie)) return;
        foreach (var member in value.EnumerateObject())
        {
            var name = ParameterText.NameOf(parameter.Argument, member);
            var isTaken = tool.Parameters.Any(other => other != parameter && other.In == parameter.In && Same(other.Name, name))
                || (parameter.In == PlainLocation.Query && tool.GivenQuery.Any(given => Same(given, name)))
                || !_taken.Add((parameter.In, name.ToUpperInvariant()));
            if (isTaken) throw new ArgumentRefusedException($"The members of the argument \"{parameter.Argument}\" are parameters of their own, and one of them has the name of another parameter.");
        }
    }

    // Many servers do not tell upper from lower case here.
    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
