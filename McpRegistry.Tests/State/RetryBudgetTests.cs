using McpRegistry.Core.State;

namespace McpRegistry.Tests.State;

public sealed class RetryBudgetTests
{
    [Fact]
    public void In_an_outage_retries_cost_at_most_a_fifth_of_the_calls()
    {
        var budget = new RetryBudget();
        const int Calls = 10_000;
        var retries = 0;
        for (var i = 0; i < Calls; i++)
        {
            budget.Earn();
            while (budget.TrySpend()) retries++;
        }

        Assert.InRange(retries, Calls / 5, (Calls / 5) + 10);
    }

    [Fact]
    public void Threads_that_earn_at_once_neither_lose_nor_make_any()
    {
        var budget = new RetryBudget();
        while (budget.TrySpend()) { }
        const int Earners = 4;
        var retries = 0;

        Parallel.For(0, Earners, new ParallelOptions { MaxDegreeOfParallelism = Earners }, _ =>
        {
            for (var i = 0; i < 100_000; i++)
            {
                budget.Earn();
                if (budget.TrySpend()) Interlocked.Increment(ref retries);
            }
        });
        while (budget.TrySpend()) retries++;

        Assert.Equal(Earners * 100_000 / 5, retries);
    }

    [Fact]
    public void A_quiet_service_has_a_few_retries_from_the_start()
    {
        var budget = new RetryBudget();

        Assert.True(budget.TrySpend());
        Assert.True(budget.TrySpend());
        Assert.True(budget.TrySpend());
    }
}
