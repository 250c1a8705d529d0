using Fail2Ban.Values;

namespace Fail2Ban.Configuration;

/// <summary>What the command line says about reading a configuration; null = as in the files.</summary>
public sealed record ReaderOptions
{
    /// <summary><c>--loglevel</c>.</summary>
    public string? LogLevel { get; init; }

    /// <summary><c>--logtarget</c>.</summary>
    public string? LogTarget { get; init; }

    /// <summary><c>--syslogsocket</c>.</summary>
    public string? SyslogSocket { get; init; }

    /// <summary><c>-s</c>, <c>--socket</c>.</summary>
    public string? Socket { get; init; }

    /// <summary><c>-p</c>, <c>--pidfile</c>.</summary>
    public string? PidFile { get; init; }

    /// <summary><c>--dbfile</c>.</summary>
    public string? DbFile { get; init; }

    /// <summary>A jail without any log file is only warned about and stays in the stream (<c>-d</c>).</summary>
    public bool AllowNoFiles { get; init; }

    /// <summary>A jail that cannot be read is skipped and the rest is streamed (<c>-d</c>, start, reload); otherwise it is a failure (<c>-t</c>).</summary>
    public bool IgnoreWrongJails { get; init; } = true;

    /// <summary>Looks for likely mistakes (misspelled options, paths that match nothing) beyond what the original reports.</summary>
    public bool Advise { get; init; } = true;

    /// <summary>What <c>%(fail2ban_version)s</c> stands for.</summary>
    public string Version { get; init; } = Release.Compatible;
}
