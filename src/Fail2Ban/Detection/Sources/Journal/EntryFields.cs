using Fail2Ban.Native.Journal;

namespace Fail2Ban.Detection.Sources.Journal;

/// <summary>The fields of one entry that make a line, copied out of the journal.</summary>
/// <remarks>Used again for each entry; not thread-safe.</remarks>
internal sealed class EntryFields
{
    /// <summary>A message is cut behind so many bytes: journald takes hundreds of megabytes from anybody.</summary>
    internal const int LongestMessage = 256 * 1024;

    private const int LongestField = 1024;

    private readonly Field _message = new(LongestMessage);
    private readonly Field _host = new(LongestField);
    private readonly Field _identifier = new(LongestField);
    private readonly Field _command = new(LongestField);
    private readonly Field _syslogProcess = new(LongestField);
    private readonly Field _process = new(LongestField);
    private readonly Field _sourceTime = new(LongestField);
    private readonly Field _sourceMonotonic = new(LongestField);
    private readonly Field[] _all;

    internal EntryFields() => _all = [_message, _host, _identifier, _command, _syslogProcess, _process, _sourceTime, _sourceMonotonic];

    internal ReadOnlySpan<byte> Message => _message.Value;

    internal ReadOnlySpan<byte> Host => _host.Value;

    internal ReadOnlySpan<byte> Identifier => _identifier.Value;

    internal ReadOnlySpan<byte> Command => _command.Value;

    internal ReadOnlySpan<byte> SyslogProcess => _syslogProcess.Value;

    internal ReadOnlySpan<byte> Process => _process.Value;

    internal ReadOnlySpan<byte> SourceTime => _sourceTime.Value;

    internal ReadOnlySpan<byte> SourceMonotonic => _sourceMonotonic.Value;

    /// <summary>When the entry was received, in microseconds since 1970.</summary>
    internal long RealTime { get; set; }

    /// <summary>When the entry was received, in microseconds since the boot.</summary>
    internal long MonotonicTime { get; set; }

    /// <summary>Forgets the entry before and takes times and fields of a reader's present entry.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="table">Sees all fields, or null.</param>
    /// <exception cref="Native.NativeException">The entry is damaged, or was removed meanwhile.</exception>
    internal void Load(JournalReader reader, MatchTable? table = null)
    {
        foreach (Field field in _all) field.Clear();
        RealTime = reader.RealTime;
        MonotonicTime = reader.MonotonicTime;
        table?.BeginEntry();
        reader.RestartFields();
        while (reader.NextField(out ReadOnlySpan<byte> field))
        {
            Take(field);
            table?.See(field);
        }
    }

    /// <summary>Takes one field if it is of use; several messages are joined, of others the first counts.</summary>
    /// <param name="field"><c>NAME=value</c>, any bytes.</param>
    internal void Take(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)'=');
        if (end < 0) return;
        ReadOnlySpan<byte> name = field[..end], value = field[(end + 1)..];
        if (name.SequenceEqual("MESSAGE"u8))
        {
            if (_message.IsSet) _message.Append(" "u8);
            _message.Append(value);
        }
        else if (Find(name) is { IsSet: false } wanted)
        {
            wanted.Append(value);
        }
    }

    private Field? Find(ReadOnlySpan<byte> name) => name.Length switch
    {
        4 when name.SequenceEqual("_PID"u8) => _process,
        5 when name.SequenceEqual("_COMM"u8) => _command,
        9 when name.SequenceEqual("_HOSTNAME"u8) => _host,
        10 when name.SequenceEqual("SYSLOG_PID"u8) => _syslogProcess,
        17 when name.SequenceEqual("SYSLOG_IDENTIFIER"u8) => _identifier,
        26 when name.SequenceEqual("_SOURCE_REALTIME_TIMESTAMP"u8) => _sourceTime,
        27 when name.SequenceEqual("_SOURCE_MONOTONIC_TIMESTAMP"u8) => _sourceMonotonic,
        _ => null,
    };

    private sealed class Field(int limit)
    {
        private byte[] _bytes = new byte[128];
        private int _length;

        internal bool IsSet { get; private set; }

        internal ReadOnlySpan<byte> Value => _bytes.AsSpan(0, _length);

        internal void Clear()
        {
            _length = 0;
            IsSet = false;
        }

        internal void Append(ReadOnlySpan<byte> value)
        {
            IsSet = true;
            int count = Math.Min(value.Length, limit - _length);
            if (_bytes.Length < _length + count) Array.Resize(ref _bytes, Math.Max(_length + count, 2 * _bytes.Length));
            value[..count].CopyTo(_bytes.AsSpan(_length));
            _length += count;
        }
    }
}
