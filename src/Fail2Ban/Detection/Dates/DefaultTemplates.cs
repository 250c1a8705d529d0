namespace Fail2Ban.Detection.Dates;

/// <summary>The templates of a jail without a datepattern.</summary>
internal sealed class DefaultTemplates
{
    private const double LineBeginWeight = 100;

    /// <summary>The base patterns, in their order of preference.</summary>
    public static readonly string[] Patterns =
    [
        // ISO 8601 and its relatives: 2005-01-23T21:59:59.981746+02:00
        @"%ExY(?P<_sep>[-/.])%m(?P=_sep)%d(?:T|  ?)%H:%M:%S(?:[.,]%f)?(?:\s*%z)?",
        // syslog, asctime: Sun Jan 23 21:59:59.011 2005
        @"(?:%a )?%b %d %k:%M:%S(?:\.%f)?(?: %ExY)?",
        // the year in the middle: Sun Jan 23 2005 21:59:59.011
        @"(?:%a )?%b %d %ExY %k:%M:%S(?:\.%f)?",
        // 23/01/2005 21:59:59, 23/01/05 21:59:59
        @"%d(?P<_sep>[-/])%m(?P=_sep)(?:%ExY|%Exy) %k:%M:%S",
        // access logs, cPanel: 31/Oct/2006:09:22:55 -0000
        @"%d(?P<_sep>[-/])%b(?P=_sep)%ExY[ :]?%H:%M:%S(?:\.%f)?(?: %z)?",
        // 05/20/2008:01:57:39
        @"%m/%d/%ExY:%H:%M:%S",
        // 01-27-2012 16:22:44.252
        @"%m-%d-%ExY %k:%M:%S(?:\.%f)?",
        "Epoch",
        // only a time of day, only at the line's begin
        @"{^LN-BEG}%H:%M:%S",
        // <09/16/08@05:03:30>
        @"^<%m/%d/%Exy@%H:%M:%S>",
        // MySQL: 130322 11:46:11
        @"%Exy%Exm%Exd  ?%H:%M:%S",
        // Tomcat: Apr 14, 2005 1:05:06 PM
        @"%b %d, %ExY %I:%M:%S %p",
        // ASSP: Apr-27-13 02:33:06
        @"^%b-%d-%Exy %k:%M:%S",
        // compact: 20050123T215959, 20050123-21:59:59
        @"%ExY%Exm%Exd(?:-|T|  ?)%ExH:?%ExM:?%ExS(?:[.,]%f)?(?:\s*%z)?",
        // a zone in front: PDT Apr 16 21:05:29, +02:00 Jan 23 21:59:59
        @"(?:%Z )?(?:%a )?%b %d %k:%M:%S(?:\.%f)?(?: %ExY)?",
        @"(?:%z )?(?:%a )?%b %d %k:%M:%S(?:\.%f)?(?: %ExY)?",
        "TAI64N",
    ];

    private static readonly Lock Making = new();
    private static DefaultTemplates? s_latest;

    private readonly string _years;

    private DefaultTemplates(int year)
    {
        Factory = new TemplateFactory(year);
        _years = DateTokens.NearYears(year);
        TemplateDefinition[] bases = [.. Patterns.Select(pattern => Factory.Create(pattern) with { IsDefault = true })];
        TemplateDefinition[] atBegin =
        [
            .. Patterns.Where((_, i) => !bases[i].Expression.Anchored)
                .Select(pattern => Factory.Create(TemplateDefinition.LineBeginPrefix + pattern) with { BaseWeight = LineBeginWeight, IsDefault = true }),
        ];
        Effective = [.. atBegin, .. bases];
        LineBegin = [.. Effective.Where(template => template.Expression.Anchored)];
    }

    /// <summary>Makes further templates as of the same year.</summary>
    public TemplateFactory Factory { get; }

    /// <summary>All of them: those at the line's begin first, then the base ones.</summary>
    public IReadOnlyList<TemplateDefinition> Effective { get; }

    /// <summary>What {^LN-BEG} alone stands for.</summary>
    public IReadOnlyList<TemplateDefinition> LineBegin { get; }

    /// <summary>The templates as of a year; shared, since making them again for each jail would cost a start with many jails.</summary>
    public static DefaultTemplates For(int year)
    {
        string years = DateTokens.NearYears(year);
        lock (Making) return s_latest?._years == years ? s_latest : s_latest = new DefaultTemplates(year);
    }
}
