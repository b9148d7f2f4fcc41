namespace McpRegistry.Core.Catalog.Definitions;

/// <summary>What became of one item of a list.</summary>
/// <param name="Entry">The entry. Null: the item is left out.</param>
/// <param name="Problem">What was put right, or why it is left out. Null: the item is listed as its service published it.</param>
internal readonly record struct DefinitionReading(CatalogEntry? Entry, CatalogProblem? Problem);
