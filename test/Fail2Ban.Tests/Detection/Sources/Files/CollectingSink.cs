using System.Text;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Sources;

namespace Fail2Ban.Tests.Detection.Sources.Files;

/// <summary>Keeps every line it gets, and can be told to leave deliveries lying.</summary>
internal sealed class CollectingSink : ILineSink
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly Queue<LineDelivery> _held = [];
    private bool _holding;
    private bool _caughtUp;

    internal void Hold()
    {
        lock (_lock) _holding = true;
    }

    /// <summary>Works off what was left lying, then takes deliveries as they come.</summary>
    internal void LetGo()
    {
        while (true)
        {
            LineDelivery delivery;
            lock (_lock)
            {
                if (!_held.TryDequeue(out delivery))
                {
                    _holding = false;
                    return;
                }
            }

            Take(delivery);
        }
    }

    internal int HeldCount
    {
        get { lock (_lock) return _held.Count; }
    }

    internal string[] Lines
    {
        get { lock (_lock) return [.. _lines]; }
    }

    internal bool CaughtUp
    {
        get { lock (_lock) return _caughtUp; }
    }

    public void Accept(LineDelivery delivery)
    {
        lock (_lock)
        {
            if (_holding)
            {
                _held.Enqueue(delivery);
                return;
            }
        }

        Take(delivery);
    }

    private void Take(LineDelivery delivery)
    {
        using (delivery)
        {
            lock (_lock)
            {
                foreach (LogLine line in delivery.Block) _lines.Add(Encoding.UTF8.GetString(line.Text));
                _caughtUp |= delivery.Block.CaughtUp;
            }
        }
    }
}
