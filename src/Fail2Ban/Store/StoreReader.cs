using System.Collections.Concurrent;
using Fail2Ban.Logging;
using Microsoft.Data.Sqlite;

namespace Fail2Ban.Store;

/// <summary>The thread that answers questions, on a connection of its own: with a write-ahead log it never waits for the writer.</summary>
/// <remarks>Thread safety: any thread may ask. What cannot be read is answered with nothing and logged, of many failures in a row the first.</remarks>
internal sealed class StoreReader : IDisposable
{
    private readonly Func<SqliteConnection> _connect;
    private readonly string _file;
    private readonly Log _log;
    private readonly Action _broken;
    private readonly Thread _thread;
    private readonly BlockingCollection<Action> _questions = new(new ConcurrentQueue<Action>());
    private SqliteConnection? _connection; // null: to be made
    private bool _failing;

    /// <summary>Starts the thread.</summary>
    /// <param name="connect">Makes a connection.</param>
    /// <param name="file">For the log.</param>
    /// <param name="log">Where it is told that nothing can be read.</param>
    /// <param name="broken">Called when the file turns out to be damaged.</param>
    public StoreReader(Func<SqliteConnection> connect, string file, Log log, Action broken)
    {
        _connect = connect;
        _file = file;
        _log = log;
        _broken = broken;
        _thread = new Thread(Work) { IsBackground = true, Name = "f2b/store-read" };
        _thread.Start();
    }

    public Task<T> Ask<T>(Func<SqliteConnection, T> question, T nothing)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _questions.Add(() => answer.SetResult(Answer(question, nothing)));
        }
        catch (InvalidOperationException)
        {
            answer.SetResult(nothing); // closed
        }

        return answer.Task;
    }

    /// <summary>The file was replaced: what is asked from now on is asked of the new one.</summary>
    public void Renew() => _ = Ask(
        _ =>
        {
            Close();
            return true;
        },
        false);

    /// <summary>Answers what was asked and ends the thread.</summary>
    public void Dispose()
    {
        _questions.CompleteAdding();
        _thread.Join();
        _questions.Dispose();
        Close();
    }

    private void Work()
    {
        foreach (Action question in _questions.GetConsumingEnumerable()) question();
    }

    private T Answer<T>(Func<SqliteConnection, T> question, T nothing)
    {
        try
        {
            T answer = question(_connection ??= _connect());
            _failing = false;
            return answer;
        }
        catch (Exception error)
        {
            // The thread's border: a row that someone else wrote may hold anything.
            if (!_failing) _log.ReadFailed(_file, error is SqliteException sqlite ? sqlite.Reason() : error.Message);
            _failing = true;
            if (error is SqliteException damage && damage.IsBroken()) _broken();
            return nothing;
        }
    }

    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
