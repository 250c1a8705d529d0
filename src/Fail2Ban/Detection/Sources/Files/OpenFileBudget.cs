using Fail2Ban.Logging;
using Fail2Ban.Native.Libc;

namespace Fail2Ban.Detection.Sources.Files;

/// <summary>How many logs may stay open between two looks.</summary>
/// <remarks>
/// An open log can be read to its end whatever becomes of its name. Those beyond the budget are opened whenever they
/// change. Owned by the watcher's thread.
/// </remarks>
internal sealed class OpenFileBudget(long limit, Log log)
{
    // The socket's clients, the database, pipes of shell commands, journals.
    private const long Reserved = 96;
    private const long Least = 16;

    private readonly long _most = Math.Max(Least, limit - Reserved);
    private long _open;
    private bool _told;

    /// <summary>As much as the limit of open files of this process allows.</summary>
    internal static OpenFileBudget OfProcess(Log log) => new(ResourceLimit.OpenFiles, log);

    internal void Opened() => _open++;

    internal void Closed() => _open--;

    /// <summary>Whether everything that is open now may stay so.</summary>
    internal bool MayStayOpen()
    {
        if (_open <= _most) return true;
        if (!_told) log.FewOpenFiles(limit, _most);
        _told = true;
        return false;
    }
}
