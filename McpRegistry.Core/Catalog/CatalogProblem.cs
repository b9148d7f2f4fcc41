namespace McpRegistry.Core.Catalog;

/// <summary>Something that a service published and that could not be taken as it was, for people.</summary>
/// <param name="List">The list it stands in.</param>
/// <param name="Item">Which item, by its name as far as it can be told, at most 128 characters of it. Null: the whole list.</param>
/// <param name="Reason">What is wrong and what was done about it, in words of our own.</param>
/// <param name="IsMended">True: the item is listed, with what was wrong put right. False: it is missing, and the service counts as degraded.</param>
public sealed record CatalogProblem(CatalogKind List, string? Item, string Reason, bool IsMended = false);
