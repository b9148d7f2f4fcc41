namespace McpRegistry.Tests.Upstream.AtMostOnce;

/// <summary>What the servers of a round really did, by call, and what the last call was told.</summary>
internal sealed class Ledger(int seed)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _executions = [];
    private readonly List<string> _story = [];
    private bool _isHopeless;
    private bool _isAnswered;

    /// <summary>Decides everything in the round.</summary>
    public Dice Dice { get; } = new(seed);

    /// <summary>True when the server will say nothing more that could end the call.</summary>
    public bool IsHopeless
    {
        get { lock (_gate) return _isHopeless; }
    }

    /// <summary>True when a well-formed answer that names the request was given.</summary>
    public bool IsAnswered
    {
        get { lock (_gate) return _isAnswered; }
    }

    /// <summary>What happened in the call, for whoever reads a failure.</summary>
    public string Story
    {
        get { lock (_gate) return string.Join("\n", _story); }
    }

    public void Begin()
    {
        lock (_gate)
        {
            _story.Clear();
            _isHopeless = _isAnswered = false;
        }
    }

    /// <summary>A call arrived. True: it is executed, which is possible only where the answer does not deny it.</summary>
    public bool Arrived(string call, bool isDenied, string answer)
    {
        lock (_gate)
        {
            // That an earlier attempt was without hope says nothing of this one.
            _isHopeless = false;
            var isExecuted = !isDenied && Dice.Next(10) < 6;
            if (isExecuted) _executions[call] = _executions.GetValueOrDefault(call) + 1;
            _story.Add($"{(isExecuted ? "executed" : isDenied ? "denied" : "not executed")}: {answer}");
            return isExecuted;
        }
    }

    public void Answered()
    {
        lock (_gate) _isAnswered = true;
    }

    public void Hopeless()
    {
        lock (_gate) _isHopeless = true;
    }

    public int ExecutionsOf(string call)
    {
        lock (_gate) return _executions.GetValueOrDefault(call);
    }
}

/// <summary>A seeded source of decisions that may be asked from several threads.</summary>
internal sealed class Dice(int seed)
{
    private readonly Random _random = new(seed);
    private readonly Lock _gate = new();

    public int Next(int sides)
    {
        lock (_gate) return _random.Next(sides);
    }

    /// <summary>True once in so many times.</summary>
    public bool OneIn(int times) => Next(times) == 0;

    public T Of<T>(params ReadOnlySpan<T> choices) => choices[Next(choices.Length)];
}
