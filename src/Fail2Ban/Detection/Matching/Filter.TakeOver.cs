namespace Fail2Ban.Detection.Matching;

public sealed partial class Filter
{
    /// <summary>
    /// Takes the regexes and settings of another filter, which is spent then. What was learned from lines stays:
    /// connections, buffered lines, and where dates stand if the date pattern is the same.
    /// </summary>
    public void TakeOver(Filter other)
    {
        _regexes.TakeOver(other._regexes);
        MaxLines = other.MaxLines;
        UseDns = other.UseDns;
        FindTime = other.FindTime;
        if (DatePattern != other.DatePattern) DatePattern = other.DatePattern;
        LogTimeZone = other.LogTimeZone;
    }
}
