using Fail2Ban.Jails;
using Fail2Ban.Logging;
using Fail2Ban.Store;
using Fail2Ban.Values;

namespace Fail2Ban.Control.Commands;

/// <summary>What <c>get NAME</c> and <c>set NAME VALUE</c> can reach that belongs to no jail.</summary>
internal sealed class ServerSettings(JailSet jails, ServerLog log)
{
    private readonly Log _log = new(log, "fail2ban.server");
    private long _stackSize;

    /// <summary>Whether a name is one of the server's settings (and therefore no jail).</summary>
    public static bool Knows(string name) => name is "loglevel" or "logtarget" or "syslogsocket" or "dbfile" or "dbpurgeage"
        or "dbmaxmatches" or "thread" or "allowipv6";

    public object? Get(string name) => name switch
    {
        "loglevel" => log.Level,
        "logtarget" => log.Target,
        "syslogsocket" => log.SyslogSocket,
        "thread" => new PythonDict { ["stacksize"] = _stackSize },
        "dbfile" => jails.Services.Store?.File,
        "dbpurgeage" => jails.Services.Store is { } store ? (long)store.PurgeAge.TotalSeconds : null,
        "dbmaxmatches" => jails.Services.Store is { } store ? (long)store.MaxMatches : null,
        _ => throw CommandException.Plain("Invalid command (no get action or not yet implemented)"),
    };

    /// <summary>A setting in the form that sets it again; null where that is not possible or nothing was set.</summary>
    public object? Current(string name) => name switch
    {
        "allowipv6" => jails.Services.IPv6Allowed,
        "dbfile" => jails.Services.Store?.File ?? "None",
        _ => Knows(name) ? Get(name) : null,
    };

    public async Task<object?> SetAsync(string name, CommandWords values)
    {
        switch (name)
        {
            case "loglevel":
                if (!log.SetLevel(values.Text(0), out string error)) throw CommandException.Value(error);
                break;
            case "logtarget":
                if (!log.SetTarget(values.Text(0), out string reason)) throw CommandException.Plain(reason);
                break;
            case "syslogsocket":
                if (!log.SetSyslogSocket(values.Text(0))) throw CommandException.Plain("Failed to change syslog socket");
                break;
            case "allowipv6":
                jails.Services.IPv6Allowed = values.Text(0).Equals("auto", StringComparison.OrdinalIgnoreCase) || values.Flag(0);
                return values[0];
            case "thread":
                SetThread(values[0]);
                break;
            case "dbfile":
                await SetStoreAsync(values.Text(0));
                break;
            case "dbpurgeage" when jails.Services.Store is { } store:
                store.PurgeAge = values.Time(0, name);
                break;
            case "dbmaxmatches" when jails.Services.Store is { } store:
                store.MaxMatches = values.Integer(0);
                break;
            case "dbpurgeage" or "dbmaxmatches":
                _log.NoDatabase();
                return null;
        }

        return Get(name);
    }

    // Stack sizes of threads mean nothing here: the value is checked and kept, so that it can be read back.
    private void SetThread(object? value)
    {
        if (value is not PythonDict options) throw new CommandException("TypeError", "thread takes a dictionary");
        if (!options.TryGetValue("stacksize", out object? size)) return;
        long kibibytes = new CommandWords([size]).Integer(0);
        if (kibibytes is not (0 or >= 32)) throw CommandException.Value("size not valid: " + kibibytes + "; 0 or at least 32 (KiB)");
        _stackSize = kibibytes;
    }

    private async Task SetStoreAsync(string file)
    {
        JailServices services = jails.Services;
        if (services.Store?.File == file) return;
        if (jails.Count > 0) throw new CommandException("RuntimeError", "Cannot change database when there are jails present");
        if (services.Store is { } old)
        {
            services.Store = null;
            await old.DisposeAsync();
        }

        if (BanStore.IsDisabled(file)) return;
        try
        {
            services.Store = await Task.Factory.StartNew(() => BanStore.Open(file, services.Log, services.Time),
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            services.Store.RowsMissing = jails.CompleteStore;
        }
        catch (StoreException error)
        {
            throw CommandException.Plain(error.Message);
        }
    }
}
