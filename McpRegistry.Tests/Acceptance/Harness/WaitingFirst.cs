using McpRegistry.Tests.Acceptance.Harness;

using Xunit.Abstractions;

[assembly: TestCollectionOrderer("McpRegistry.Tests.Acceptance.Harness." + nameof(WaitingFirst), "McpRegistry.Tests")]

namespace McpRegistry.Tests.Acceptance.Harness;

/// <summary>The tests that wait begin at once: begun last, they would be waited for when all others beside them have ended.</summary>
public sealed class WaitingFirst : ITestCollectionOrderer
{
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(one => one.DisplayName is not (AcceptanceRun.Leases or AcceptanceRun.Processes)).ThenBy(one => one.DisplayName, StringComparer.Ordinal);
}
