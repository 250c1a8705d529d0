namespace Fail2Ban.Detection.Matching;

/// <summary>Lets a warning through once in 24 hours.</summary>
internal sealed class OncePerDay(TimeProvider time)
{
    private long? _last;

    public bool Take()
    {
        if (_last is { } last && time.GetElapsedTime(last) < TimeSpan.FromDays(1)) return false;
        _last = time.GetTimestamp();
        return true;
    }
}
