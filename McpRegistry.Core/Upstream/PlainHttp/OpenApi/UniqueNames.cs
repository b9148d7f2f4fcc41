namespace McpRegistry.Core.Upstream.PlainHttp.OpenApi;

/// <summary>Gives each name once: the first who asks has it as it is, the next with a number behind it.</summary>
internal sealed class UniqueNames(int maxLength)
{
    private readonly HashSet<string> _taken = [];
    private readonly Dictionary<string, int> _numbers = [];

    /// <summary>Takes a name if it is free.</summary>
    public bool TryTake(string name) => _taken.Add(name);

    /// <summary>Takes a name, or the first numbered one that is free.</summary>
    public string Take(string name)
    {
        if (name.Length == 0) name = "_";
        if (_taken.Add(name)) return name;
        var number = _numbers.GetValueOrDefault(name, 1);
        string numbered;
        do
        {
            var suffix = $"_{++number}";
            numbered = name[..Math.Min(name.Length, maxLength - suffix.Length)] + suffix;
        }
        while (!_taken.Add(numbered));
        _numbers[name] = number;
        return numbered;
    }
}
