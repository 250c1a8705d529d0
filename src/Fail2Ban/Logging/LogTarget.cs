using System.Text;

namespace Fail2Ban.Logging;

/// <summary>Where lines go. Calls come one at a time, from the owner of the lock of <see cref="ServerLog"/>.</summary>
/// <remarks>No member but the constructors throws: a target that can't write drops and says so once on standard error.</remarks>
internal abstract class LogTarget(LogFormat format) : IDisposable
{
    private readonly StringBuilder _line = new();

    /// <summary>Takes a message; it may stay in memory until <see cref="Flush"/>.</summary>
    internal abstract void Write(LogEntry entry);

    /// <summary>Hands everything to the system.</summary>
    internal abstract void Flush();

    /// <summary>Closes and opens again, after rotation. Returns false when the target is no file.</summary>
    internal virtual bool Reopen() => false;

    public abstract void Dispose();

    protected string Line(LogEntry entry)
    {
        _line.Clear();
        format.Render(entry, _line);
        return _line.ToString();
    }
}
