using McpRegistry.Tests.Redis;

using Xunit.Abstractions;
using Xunit.Sdk;

namespace McpRegistry.Tests.Storage;

/// <summary>A test of the contract. In a class that <see cref="NeedsRedisAttribute"/> marks it is skipped where there is no Redis.</summary>
[XunitTestCaseDiscoverer("McpRegistry.Tests.Storage." + nameof(StoreFactDiscoverer), "McpRegistry.Tests")]
internal sealed class StoreFactAttribute : FactAttribute;

/// <summary>The tests that this class inherits need a real <c>redis-server</c>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class NeedsRedisAttribute : Attribute;

/// <summary>An attribute of the contract's method cannot know which store's turn it is; who discovers the test does.</summary>
internal sealed class StoreFactDiscoverer(IMessageSink messages) : FactDiscoverer(messages)
{
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions options, ITestMethod method, IAttributeInfo fact)
    {
        var display = options.MethodDisplayOrDefault();
        var displayOptions = options.MethodDisplayOptionsOrDefault();
        var isSkipped = RedisServerProcess.WhyNot is not null && method.TestClass.Class.GetCustomAttributes(typeof(NeedsRedisAttribute)).Any();
        return isSkipped ? new WithoutRedis(DiagnosticMessageSink, display, displayOptions, method) : new XunitTestCase(DiagnosticMessageSink, display, displayOptions, method);
    }
}

internal sealed class WithoutRedis : XunitTestCase
{
    public WithoutRedis(IMessageSink messages, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(messages, display, options, method)
    {
    }

    [Obsolete("For the runner, which moves test cases between processes.")]
    public WithoutRedis()
    {
    }

    protected override string? GetSkipReason(IAttributeInfo factAttribute) => RedisServerProcess.WhyNot;
}
