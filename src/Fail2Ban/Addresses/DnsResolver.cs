using Fail2Ban.Logging;

namespace Fail2Ban.Addresses;

/// <summary>Names to addresses and back, on threads of its own: getaddrinfo(3) blocks for as long as it likes.</summary>
/// <remarks>
/// Thread safety: any thread. Answers, also negative ones, are kept for five minutes in a bounded cache; the queue of
/// questions is bounded, and a question that is not answered in time counts as "no address".
/// </remarks>
public sealed class DnsResolver : IDisposable
{
    private const int MaxAnswers = 10_000;
    private const int MaxQuestions = 1_000;
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Log _log;
    private readonly TimeProvider _time;
    private readonly object _gate = new();

    // All guarded by _gate. A question in the works is shared by all who ask it.
    private readonly TimedCache<string, IReadOnlyList<IpRange>> _addresses;
    private readonly TimedCache<IpRange, string?> _hosts;
    private readonly Dictionary<string, Task<IReadOnlyList<IpRange>>> _askedAddresses = [];
    private readonly Dictionary<IpRange, Task<string?>> _askedHosts = [];
    private readonly Queue<Action> _questions = [];
    private bool _ipv6Allowed = true;
    private bool _stop;

    /// <summary>Starts the threads.</summary>
    /// <param name="log">Takes the warning about a name without address, as <c>fail2ban.ipdns</c>.</param>
    /// <param name="time">For the age of answers.</param>
    /// <param name="threads">2 to 4.</param>
    public DnsResolver(Log log, TimeProvider time, int threads = 2)
    {
        _log = log.For(DnsLog.Name);
        _time = time;
        _addresses = new(MaxAnswers, MaxAge, time);
        _hosts = new(MaxAnswers, MaxAge, time);
        for (int i = 0; i < Math.Clamp(threads, 2, 4); i++)
            new Thread(Work) { IsBackground = true, Name = "f2b/dns" }.Start();
    }

    /// <summary>Whether IPv6 addresses are asked for; <c>allowipv6</c>. A change forgets the answers.</summary>
    public bool IPv6Allowed
    {
        get
        {
            lock (_gate) return _ipv6Allowed;
        }

        set
        {
            lock (_gate)
            {
                if (_ipv6Allowed != value) _addresses.Clear();
                _ipv6Allowed = value;
            }
        }
    }

    /// <summary>All addresses of a name, without doubles; empty where there is none (which is logged). An address text is its own answer.</summary>
    public Task<IReadOnlyList<IpRange>> ResolveAsync(string host, CancellationToken cancel = default)
    {
        if (IpRange.TryParse(host, out IpRange literal) && literal.IsSingle) return Task.FromResult<IReadOnlyList<IpRange>>([literal]);
        if (host.Length == 0) return Task.FromResult<IReadOnlyList<IpRange>>([]); // getaddrinfo would name this host
        lock (_gate)
        {
            if (_addresses.TryGet(host, out IReadOnlyList<IpRange>? known)) return Task.FromResult(known);
            bool ipv6 = _ipv6Allowed;
            return Ask(_askedAddresses, _addresses, host, () => AddressesOf(host, ipv6), [], cancel);
        }
    }

    /// <summary>The name of an address (<c>&lt;ip-host&gt;</c>), or null.</summary>
    public Task<string?> FindHostAsync(IpRange address, CancellationToken cancel = default)
    {
        if (!address.IsSingle) return Task.FromResult<string?>(null);
        lock (_gate)
        {
            if (_hosts.TryGet(address, out string? known)) return Task.FromResult(known);
            return Ask(_askedHosts, _hosts, address, () => DnsQuestion.HostOf(address), null, cancel);
        }
    }

    /// <summary>Forgets every answer.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _addresses.Clear();
            _hosts.Clear();
        }
    }

    /// <summary>Ends the threads; open questions are answered with "no address" when their time is over.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stop = true;
            Monitor.PulseAll(_gate);
        }
    }

    private IReadOnlyList<IpRange> AddressesOf(string host, bool ipv6)
    {
        IReadOnlyList<IpRange> found = DnsQuestion.Addresses(host, ipv6, out string? error);
        if (error is not null) _log.NoAddress(host, error);
        return found;
    }

    // Called under the gate.
    private Task<TAnswer> Ask<TKey, TAnswer>(
        Dictionary<TKey, Task<TAnswer>> asked,
        TimedCache<TKey, TAnswer> cache,
        TKey key,
        Func<TAnswer> question,
        TAnswer nothing,
        CancellationToken cancel)
        where TKey : notnull
    {
        if (!asked.TryGetValue(key, out Task<TAnswer>? answer))
        {
            if (_stop || _questions.Count >= MaxQuestions)
            {
                _log.QueueFull(key.ToString() ?? "");
                return Task.FromResult(nothing);
            }

            var done = new TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
            answer = done.Task;
            asked.Add(key, answer);
            _questions.Enqueue(() =>
            {
                TAnswer found = nothing;
                try
                {
                    found = question();
                }
                catch (Exception error)
                {
                    // The thread's border: a name is an attacker's text, and no answer of the system may end the thread.
                    _log.NoAddress(key.ToString() ?? "", error.Message);
                }

                lock (_gate)
                {
                    cache.Set(key, found);
                    asked.Remove(key);
                }

                done.SetResult(found);
            });
            Monitor.Pulse(_gate);
        }

        return Wait(answer, nothing, cancel);
    }

    private async Task<TAnswer> Wait<TAnswer>(Task<TAnswer> answer, TAnswer nothing, CancellationToken cancel)
    {
        try
        {
            return await answer.WaitAsync(Patience, _time, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return nothing; // the question goes on; its answer will be in the cache
        }
    }

    private void Work()
    {
        while (true)
        {
            Action question;
            lock (_gate)
            {
                while (_questions.Count == 0 && !_stop) Monitor.Wait(_gate);
                if (_stop) return;
                question = _questions.Dequeue();
            }

            question();
        }
    }
}
