using System.Collections.Concurrent;
using Fail2Ban.Logging;
using Microsoft.Data.Sqlite;

namespace Fail2Ban.Store;

/// <summary>The thread that answers questions, on a connection of its own: with a write-ahead log it never waits for the writer.</summary>
/// <remarks>Thread safety: any thread may ask. What cannot be read is logged and answered with nothing.</remarks>
internal sealed class StoreReader : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly string _file;
    private readonly Log _log;
    private readonly Thread _thread;
    private readonly BlockingCollection<Action> _questions = new(new ConcurrentQueue<Action>());

    public StoreReader(SqliteConnection connection, string file, Log log)
    {
        _connection = connection;
        _file = file;
        _log = log;
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

    /// <summary>Answers what was asked and ends the thread.</summary>
    public void Dispose()
    {
        _questions.CompleteAdding();
        _thread.Join();
        _questions.Dispose();
        _connection.Dispose();
    }

    private void Work()
    {
        foreach (Action question in _questions.GetConsumingEnumerable()) question();
    }

    private T Answer<T>(Func<SqliteConnection, T> question, T nothing)
    {
        try
        {
            return question(_connection);
        }
        catch (Exception error)
        {
            // The thread's border: a row that someone else wrote may hold anything.
            _log.ReadFailed(_file, error is SqliteException sqlite ? sqlite.Reason() : error.Message);
            return nothing;
        }
    }
}
