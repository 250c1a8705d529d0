using System.Collections.Concurrent;
using Fail2Ban.Logging;
using Fail2Ban.Native;
using Fail2Ban.Native.Libc;

namespace Fail2Ban.Detection.Sources.Journal;

// Those that are behind (new ones, slow ones) read through views of their own, a few at a time. Who reaches the end
// joins the one view that is kept open for all: a thousand jails cost one inotify instance and one pass over each entry.

/// <summary>Follows one journal for all its subscriptions on a thread of its own.</summary>
/// <remarks>Thread safety: every member from any thread.</remarks>
internal sealed class JournalFollower : IDisposable
{
    // Each open view maps all journal files.
    private const int MostViews = 4;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    // Opening a view for each of a thousand new jails takes seconds, in which the others want their entries.
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(50);

    // Directories that come into being, and files that are listed one by one, send no event.
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(5);

    private readonly Log _log;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly EventCounter _wake = new();
    private readonly ConcurrentQueue<JournalSubscription> _changed = new();
    private readonly Thread _thread;
    private volatile bool _stop;

    // Owned by the thread.
    private readonly LiveJournal _live;
    private readonly List<JournalSubscription> _behind = [];
    private readonly List<JournalSubscription> _moved = [];
    private readonly EntryFields _fields = new();
    private readonly EntryText _text;
    private string? _problem;

    internal JournalFollower(JournalParameters parameters, Log log, TimeProvider time)
    {
        _log = log;
        _time = time;
        _started = time.GetTimestamp();
        _live = new LiveJournal(parameters, log, time);
        _text = new EntryText(time.LocalTimeZone);
        _thread = new Thread(Run) { IsBackground = true, Name = "journal" };
        _thread.Start();
    }

    internal DateTimeOffset UtcNow => _time.GetUtcNow();

    private TimeSpan Now => _time.GetElapsedTime(_started);

    /// <summary>A subscription is new or has ended; the thread sees by itself which.</summary>
    internal void Note(JournalSubscription subscription)
    {
        _changed.Enqueue(subscription);
        Wake();
    }

    internal void Wake()
    {
        try
        {
            if (!_stop) _wake.Set();
        }
        catch (ObjectDisposedException)
        {
            // It ended meanwhile; whoever still works off deliveries need not know.
        }
    }

    /// <summary>Ends the thread; returns when nothing more is delivered.</summary>
    public void Dispose()
    {
        if (_stop) return;
        _stop = true;
        _wake.Set();
        _thread.Join();
        _wake.Dispose();
    }

    private void Run()
    {
        while (!_stop)
        {
            try
            {
                Step();
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                // Jails that read other logs must go on; the pause keeps a lasting fault from spinning.
                _live.Fail();
                Report(failure is NativeException ? failure.Message : failure.ToString());
                Poll.WaitForInput(_wake.Handle, null, Retry);
                TakeChanges();
            }
        }

        foreach (JournalSubscription subscription in _behind) subscription.CatchUp.Close();
        _live.Dispose();
    }

    private void Step()
    {
        TakeChanges();
        if (_stop) return; // its wake-up may be the one that was just taken
        if (_behind.Count == 0 && _live.Members.Count == 0)
        {
            _live.Rest();
            Poll.WaitForInput(_wake.Handle, null, Timeout.InfiniteTimeSpan);
            return;
        }

        _live.Open(); // before anybody catches up: what they do not see, this view shows
        bool more = CatchUpSome();
        _moved.Clear();
        try
        {
            more |= _live.Read(_fields, _text, _moved);
        }
        finally
        {
            _behind.AddRange(_moved);
        }

        Report(null);
        if (more || _live.Process()) return;

        (bool woken, bool events) = Poll.WaitForInput(_wake.Handle, _live.Events, WaitTime());
        if (!woken && !events) _live.CheckFiles();
        if (events && !_stop) Poll.WaitForInput(_wake.Handle, null, Pause); // one look for many entries
    }

    private void TakeChanges()
    {
        _wake.Reset();
        while (_changed.TryDequeue(out JournalSubscription? subscription))
        {
            bool isKnown = _behind.Contains(subscription) || subscription.Wanted is not null;
            if (!subscription.HasEnded && !isKnown) _behind.Add(subscription);
            if (!subscription.HasEnded) continue;
            _behind.Remove(subscription);
            _live.Leave(subscription);
            subscription.CatchUp.Close();
        }
    }

    // Those with an open view come first in the list.
    private bool CatchUpSome()
    {
        _moved.Clear();
        bool more = false;
        int open = 0;
        long now = JournalTime.Of(_time.GetUtcNow());
        TimeSpan end = Now + Turn;
        foreach (JournalSubscription subscription in _behind.ToArray())
        {
            if (open == MostViews || Now > end)
            {
                more = true;
                break;
            }

            if (subscription.HasEnded || Now < subscription.CatchUp.Due) continue;
            switch (Read(subscription, now))
            {
                case CatchUpResult.AtEnd:
                    _behind.Remove(subscription);
                    subscription.CatchUp.Close();
                    _moved.Add(subscription);
                    break;
                case CatchUpResult.More:
                    open++;
                    more = true;
                    break;
                case CatchUpResult.NoRoom when _behind.Count > MostViews:
                    subscription.CatchUp.Park();
                    break;
                case CatchUpResult.NoRoom:
                    open++;
                    break;
            }
        }

        if (_moved.Count > 0) _live.Join(_moved);
        return more;
    }

    private CatchUpResult Read(JournalSubscription subscription, long now)
    {
        try
        {
            CatchUpResult result = subscription.CatchUp.Read(_fields, _text, _live.Generation, now);
            subscription.SetError(null);
            return result;
        }
        catch (NativeException failure)
        {
            subscription.SetError(failure.Message);
            Report(failure.Message);
            subscription.CatchUp.Fail(Now + Retry);
            return CatchUpResult.Failed;
        }
    }

    private TimeSpan WaitTime()
    {
        TimeSpan wait = Sweep, now = Now;
        foreach (JournalSubscription subscription in _behind)
        {
            TimeSpan due = subscription.CatchUp.Due - now;
            if (due > TimeSpan.Zero && due < wait) wait = due;
        }

        return wait;
    }

    private void Report(string? problem)
    {
        if (problem == _problem) return;
        if (problem is not null) _log.NotReadable(JournalSubscription.Name, problem);
        else if (_behind.TrueForAll(subscription => subscription.LastError is null)) _log.ReadableAgain(JournalSubscription.Name);
        else return;
        _problem = problem;
        foreach (JournalSubscription member in _live.Members) member.SetError(problem);
    }
}
