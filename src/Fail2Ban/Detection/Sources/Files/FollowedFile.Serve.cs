using Fail2Ban.Detection.Lines;
using Fail2Ban.Logging;
using Fail2Ban.Native.Libc;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Detection.Sources.Files;

internal sealed partial class FollowedFile
{
    // After so many chunks the next file has its turn.
    private const int ChunksATurn = 16;

    private static readonly TimeSpan WarnOfEncoding = TimeSpan.FromDays(1);

    private readonly List<LogCursor> _inStep = [];
    private DateTimeOffset _nextEncodingWarning = DateTimeOffset.MinValue;
    private int _turn;

    private bool Serve(TimeSpan now)
    {
        _turn++;
        int left = ChunksATurn;
        for (int i = 0; i < _logs.Count; i++)
        {
            OpenLog log = _logs[i];
            if (log.Rests) continue;
            while (GatherInStep(log))
            {
                if (left-- == 0) return true;
                ReadOne(log, isNewest: i == _logs.Count - 1, now);
            }

            // Whoever has no room for the rest of this file must not see the next one yet.
            foreach (LogCursor cursor in log.Cursors)
                if (!cursor.AtEnd) cursor.Subscription.HeldUpIn = _turn;
        }

        return false;
    }

    // The first cursor that can go on, and all that stand at its place with its encoding: they share what is read.
    private bool GatherInStep(OpenLog log)
    {
        _inStep.Clear();
        foreach (LogCursor cursor in log.Cursors)
        {
            if (cursor.AtEnd || cursor.Subscription.HeldUpIn == _turn || cursor.Subscription.HasEnded) continue;
            if (_inStep.Count > 0 && (_inStep[0].Offset != cursor.Offset || _inStep[0].Subscription.Codec != cursor.Subscription.Codec)) continue;
            if (cursor.Subscription.HasCredit()) _inStep.Add(cursor);
        }

        return _inStep.Count > 0;
    }

    private void ReadOne(OpenLog log, bool isNewest, TimeSpan now)
    {
        LogCursor first = _inStep[0];
        long start = first.Offset;
        LineCodec codec = Resolve(first.Subscription.Codec, log.File);
        Chunk chunk = ChunkReader.Read(log.File, codec, start, first.Searched, log.Status.Size);
        LineBlock? block = null;
        bool caughtUp = chunk.ReachedEnd && isNewest && chunk.Errno == 0;
        if (chunk.Buffer is not null)
        {
            if (log.Hash.Length == 0) log.ReadHash(now); // the first line is complete only now
            if (chunk.WasCut) _log.LineCut(_path, start, ChunkReader.LongestLine);
            DecodedLines lines = LineDecoder.Decode(codec, chunk.Buffer, chunk.Length);
            if (lines.Unreadable is not null) WarnUndecodable(first.Subscription.Request.Encoding.Name, lines.Unreadable);
            block = NewBlock(log, lines.Buffer, lines.Length, start, chunk.End, caughtUp);
        }

        foreach (LogCursor cursor in _inStep)
        {
            cursor.AtEnd = chunk.ReachedEnd;
            cursor.Searched = chunk.Searched;
            if (chunk.Errno != 0) cursor.Subscription.SetError(Describe(chunk.Errno, _path));
            else if (!_absent) cursor.Subscription.SetError(null);
            if (block is not null)
            {
                cursor.Offset = chunk.End;
                block.AddReference();
                cursor.Subscription.Deliver(block);
            }
            else if (caughtUp && !cursor.Subscription.ToldCaughtUp)
            {
                cursor.Subscription.Deliver(NewBlock(log, [], 0, start, start, caughtUp: true));
            }
        }

        block?.Release();
    }

    private LineBlock NewBlock(OpenLog log, byte[] buffer, int length, long start, long end, bool caughtUp) =>
        new(_path, buffer, length)
        {
            Start = log.Base + start, End = log.Base + end, CaughtUp = caughtUp,
            FirstLineHash = log.Hash, Device = log.Identity.Device, Inode = log.Identity.Inode, Incarnation = log.Incarnation,
        };

    /// <summary>Finds the byte order of a log that tells it by a mark.</summary>
    internal static LineCodec Resolve(LineCodec codec, SafeFileHandle file)
    {
        if (!codec.NeedsFileStart) return codec;
        Span<byte> start = stackalloc byte[4];
        return LogFileHandle.Read(file, start, 0, out int count) == 0 ? codec.Resolve(start[..count]) : codec;
    }

    private void WarnUndecodable(string encoding, byte[] line)
    {
        DateTimeOffset now = _parts.Time.GetUtcNow();
        bool warn = now >= _nextEncodingWarning;
        if (warn) _nextEncodingWarning = now + WarnOfEncoding;
        _log.Undecodable(warn ? LogLevel.Warning : LogLevel.TraceDebug, _path, encoding, line);
    }

    private void Report(TimeSpan now)
    {
        foreach (FileSubscription subscription in _subscriptions)
        {
            long unread = 0, half = 0, size = 0;
            foreach (OpenLog log in _logs)
            {
                foreach (LogCursor cursor in log.Cursors)
                {
                    if (cursor.Subscription != subscription) continue;
                    long rest = Math.Max(0, log.Status.Size - cursor.Offset);
                    unread += rest;
                    if (cursor.AtEnd) half += rest;
                }

                size = log.Base + log.Status.Size;
            }

            subscription.SetUnread(unread, half, size, now);
            subscription.SetWay(_pollReason is not null ? $"polling: {_pollReason}" : _polling ? "polling" : _logs is [.., { Rests: true }] ? "inotify, opened at each change" : "inotify");
        }
    }
}
