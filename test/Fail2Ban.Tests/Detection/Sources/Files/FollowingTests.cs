namespace Fail2Ban.Tests.Detection.Sources.Files;

/// <summary>What tests of followed files share: a directory with a watcher, and a sink.</summary>
public abstract class FollowingTests : IDisposable
{
    private protected WatchedDirectory Logs { get; } = new();

    private protected CollectingSink Sink { get; } = new();

    public void Dispose()
    {
        Logs.Dispose();
        GC.SuppressFinalize(this);
    }
}
