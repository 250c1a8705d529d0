using System.Diagnostics;
using System.Text;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Sources;

namespace Fail2Ban.Tests.Detection.Sources.Journal;

/// <summary>Keeps every entry it gets, and can be told to leave deliveries lying.</summary>
internal sealed class EntrySink : ILineSink
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();
    private readonly List<(string Date, string Text, DateTimeOffset Time)> _entries = [];
    private readonly List<int> _ends = [];
    private readonly Queue<LineDelivery> _held = [];
    private bool _holding;

    public (string Date, string Text, DateTimeOffset Time)[] Entries
    {
        get { lock (_lock) return [.. _entries]; }
    }

    public string[] Texts => [.. Entries.Select(entry => entry.Text)];

    /// <summary>How many entries there were each time the end was told.</summary>
    public int[] Ends
    {
        get { lock (_lock) return [.. _ends]; }
    }

    public int HeldCount
    {
        get { lock (_lock) return _held.Count; }
    }

    public void Hold()
    {
        lock (_lock) _holding = true;
    }

    /// <summary>Works off what was left lying, then takes deliveries as they come.</summary>
    public void LetGo()
    {
        lock (_lock)
        {
            while (_held.TryDequeue(out LineDelivery delivery)) Take(delivery);
            _holding = false;
        }
    }

    /// <summary>Waits until an entry with this text has come.</summary>
    public void WaitForText(string text, Func<string> state)
    {
        for (var waited = Stopwatch.StartNew(); !Texts.Contains(text); Thread.Yield())
            Assert.True(waited.Elapsed < Patience, $"no \"{text}\" among {Entries.Length} entries; {state()}");
    }

    public void Accept(LineDelivery delivery)
    {
        lock (_lock)
        {
            if (_holding) _held.Enqueue(delivery);
            else Take(delivery);
        }
    }

    public void WaitForEnd() => WaitFor(() => Ends.Length > 0, "the end of the journal");

    public string[] WaitForTexts(int count)
    {
        WaitFor(() => Entries.Length >= count, $"{count} entries");
        return Texts;
    }

    public static void WaitFor(Func<bool> holds, string what)
    {
        var waited = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(waited.Elapsed < Patience, $"not within {Patience.TotalSeconds} s: {what}");
            Thread.Yield();
        }
    }

    private void Take(LineDelivery delivery)
    {
        using (delivery)
        {
            foreach (LogLine line in delivery.Block)
            {
                Assert.Equal((byte)'\n', line.Terminated[^1]);
                _entries.Add((Encoding.UTF8.GetString(line.Date), Encoding.UTF8.GetString(line.Text), line.Time!.Value));
            }

            if (delivery.Block.CaughtUp) _ends.Add(_entries.Count);
        }
    }
}
