namespace McpRegistry.Core.Catalog;

/// <summary>
/// Tells whether a URI was made from a resource template (RFC 6570, levels 1 to 3, and <c>*</c> of level 4). Good enough to find the
/// service; the service itself decides. A template that cannot be understood stands for what begins as it does.
/// </summary>
/// <remarks>
/// Templates come from upstreams and URIs from clients, so the work is bounded whatever both write (CVE-2026-0621): one pass over the
/// URI for each piece of the template, of which there are few, and nothing that is made or kept for it.
/// </remarks>
internal sealed class ResourceTemplateMatcher
{
    /// <summary>The longest URI that is compared, in characters.</summary>
    public const int LongestUri = 8_192;

    // More expressions than anybody writes; a template with more stands for what begins as it does.
    private const int MostExpressions = 16;

    private readonly Piece[]? _pieces;

    public ResourceTemplateMatcher(CatalogEntry entry)
    {
        Entry = entry;
        var open = entry.Name.IndexOf('{');
        Start = open < 0 ? entry.Name : entry.Name[..open];
        _pieces = PiecesOf(entry.Name);
    }

    public CatalogEntry Entry { get; }

    /// <summary>What stands before its first expression.</summary>
    public string Start { get; }

    /// <summary>True when the URI may have been made from it.</summary>
    public bool Matches(string uri)
    {
        if (uri.Length > LongestUri || !uri.StartsWith(Start, StringComparison.Ordinal)) return false;
        if (_pieces is null) return Start.Contains(':');
        if (_pieces.Length == 0) return uri.Length == Start.Length;
        // What it ends with rules out most of what is left.
        if (!uri.AsSpan(Start.Length).EndsWith(_pieces[^1].Literal, StringComparison.Ordinal)) return false;
        return HasLiterals(uri.AsSpan(Start.Length)) && MatchesRest(uri.AsSpan(Start.Length));
    }

    // Its texts one after the other, wherever they stand: a search that costs little, and most URIs end here.
    private bool HasLiterals(ReadOnlySpan<char> rest)
    {
        foreach (var piece in _pieces!)
        {
            var at = rest.IndexOf(piece.Literal, StringComparison.Ordinal);
            if (at < 0) return false;
            rest = rest[(at + piece.Literal.Length)..];
        }

        return true;
    }

    // In reach[i] stands whether the pieces so far can have made the first i characters.
    private bool MatchesRest(ReadOnlySpan<char> rest)
    {
        Span<bool> reach = rest.Length < 512 ? stackalloc bool[rest.Length + 1] : new bool[rest.Length + 1];
        reach[0] = true;
        foreach (var piece in _pieces!)
        {
            piece.Expand(reach, rest);
            if (piece.Literal.Length > 0) Advance(reach, rest, piece.Literal);
        }

        return reach[^1];
    }

    private static void Advance(Span<bool> reach, ReadOnlySpan<char> rest, string literal)
    {
        for (var i = reach.Length - 1; i >= 0; i--) reach[i] = i >= literal.Length && reach[i - literal.Length] && rest.Slice(i - literal.Length, literal.Length).SequenceEqual(literal.AsSpan());
    }

    // Null: it is no template, or none that is looked at. Each piece is an expression and what stands behind it.
    private static Piece[]? PiecesOf(string template)
    {
        var pieces = new List<Piece>();
        var rest = template.AsSpan();
        var brace = rest.IndexOfAny('{', '}');
        while (brace >= 0)
        {
            var close = rest[brace..].IndexOf('}');
            if (rest[brace] == '}' || close < 2 || pieces.Count == MostExpressions) return null;
            var expression = rest[(brace + 1)..(brace + close)];
            rest = rest[(brace + close + 1)..];
            brace = rest.IndexOfAny('{', '}');
            if (Piece.Of(expression, (brace < 0 ? rest : rest[..brace]).ToString()) is not { } piece) return null;
            pieces.Add(piece);
        }

        return [.. pieces];
    }

    /// <summary>One expression and the text behind it.</summary>
    /// <param name="Operator">What the value begins with unless it is empty. Null: nothing.</param>
    /// <param name="Ends">The characters that no value holds.</param>
    /// <param name="Literal">What stands behind the expression; may be empty.</param>
    private sealed record Piece(char? Operator, string Ends, string Literal)
    {
        // All values may be empty (RFC 6570, 3.2.2), and undefined ones leave nothing, the operator included.
        public static Piece? Of(ReadOnlySpan<char> expression, string literal) => expression[0] switch
        {
            '+' => new Piece(null, "", literal),
            '#' => new Piece('#', "", literal),
            '.' => new Piece('.', "/?#", literal),
            '/' => new Piece('/', expression.ContainsAny('*', ',') ? "?#" : "/?#", literal),
            ';' => new Piece(';', "/?#", literal),
            '?' => new Piece('?', "#", literal),
            '&' => new Piece('&', "#", literal),
            // Reserved for what nobody has defined.
            '=' or ',' or '!' or '@' or '|' or '{' => null,
            // {path*} is what FastMCP's servers write for the rest of a path, slashes included.
            _ => new Piece(null, expression.Contains('*') ? "?#" : "/?#", literal),
        };

        /// <summary>Adds what the expression can reach from what is reached.</summary>
        public void Expand(Span<bool> reach, ReadOnlySpan<char> rest)
        {
            var isWithin = false;
            var wasReached = reach[0];
            for (var i = 0; i < rest.Length; i++)
            {
                var character = rest[i];
                var begins = wasReached && (Operator is null || character == Operator);
                wasReached = reach[i + 1];
                // The operator itself may be one of those that end a value.
                isWithin = (begins && Operator is not null) || ((isWithin || begins) && !(character is '/' or '?' or '#' && Ends.Contains(character, StringComparison.Ordinal)));
                if (isWithin) reach[i + 1] = true;
            }
        }
    }
}
