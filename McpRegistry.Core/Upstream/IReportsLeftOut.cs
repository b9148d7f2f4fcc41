namespace McpRegistry.Core.Upstream;

/// <summary>A client that makes the list of tools itself, from a document, and says what of it is not in the list.</summary>
public interface IReportsLeftOut
{
    /// <summary>What the last list of tools lacks. Empty: nothing.</summary>
    IReadOnlyList<LeftOutItem> LeftOut { get; }
}

/// <summary>One thing that is no tool although it was meant as one.</summary>
/// <param name="Item">Its name, or its verb and path.</param>
/// <param name="Reason">Why, in words of our own.</param>
public sealed record LeftOutItem(string Item, string Reason);
