using Fail2Ban.Logging;

namespace Fail2Ban.Detection.Sources.Files;

/// <summary>Tells which paths are polled for want of watches: the first at once, the others together.</summary>
/// <remarks>Owned by the watcher's thread.</remarks>
internal sealed class PolledReport(Log log)
{
    private const int MostNamed = 5;

    private readonly List<string> _names = [];
    private string? _reason;
    private int _more;

    internal void Add(string path, string reason)
    {
        if (reason != _reason)
        {
            Flush();
            _reason = reason;
            log.WatchFailed(path, reason);
            return;
        }

        _more++;
        if (_names.Count < MostNamed) _names.Add(path);
    }

    /// <summary>Says what was added since the last time.</summary>
    internal void Flush()
    {
        if (_more > 0) log.MorePolled(_names, _more, _reason!);
        _names.Clear();
        _more = 0;
    }
}
