namespace Fail2Ban.RegexTool;

/// <summary>The command line, read.</summary>
internal sealed record RegexToolOptions
{
    public string ConfigDirectory { get; set; } = "/etc/fail2ban";

    public string? DatePattern { get; set; }

    public string? TimeZone { get; set; }

    public string? Encoding { get; set; }

    public bool Raw { get; set; }

    /// <summary>Null where not given: <c>warn</c>.</summary>
    public string? UseDns { get; set; }

    /// <summary>0 where not given.</summary>
    public int MaxLines { get; set; }

    public string? JournalMatch { get; set; }

    public string LogLevel { get; set; } = "critical";

    public int Verbosity { get; set; }

    public bool VerboseDate { get; set; }

    public bool Debuggex { get; set; }

    public bool CheckAll { get; set; } = true;

    public string? Out { get; set; }

    public bool Invert { get; set; }

    public bool PrintMissed { get; set; } = true;

    public bool PrintIgnored { get; set; } = true;

    public bool PrintAllMatched { get; set; }

    public bool PrintAllMissed { get; set; }

    public bool PrintAllIgnored { get; set; }

    /// <summary>The filter to look for faults in; null where a log is to be read.</summary>
    public string? Lint { get; set; }

    public bool ShowHelp { get; set; }

    public bool ShowVersion { get; set; }

    public bool ShowVersionNumber { get; set; }

    /// <summary>LOG, REGEX and IGNOREREGEX.</summary>
    public List<string> Arguments { get; } = [];
}
