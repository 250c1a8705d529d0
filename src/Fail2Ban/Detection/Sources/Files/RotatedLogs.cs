using System.IO.Compression;
using System.Text.RegularExpressions;
using Fail2Ban.Native.Libc;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Detection.Sources.Files;

/// <summary>
/// Finds the rest of a log that was rotated while nobody held it open: the file under its new name, its copy
/// (<c>copytruncate</c>), or what gzip made of it; and the logs that came and went after it.
/// </summary>
/// <remarks>Looks in the log's own directory, for the names that logrotate gives (<c>a.log.1</c>, <c>a.log-20260131.gz</c>, <c>a-20260131.log</c>).</remarks>
internal static class RotatedLogs
{
    /// <summary>So many rotations are made up for.</summary>
    internal const int Most = 32;

    // A separator and digits; what is longer is a date.
    private const int LongestNumber = 5;

    // Unpacked in memory: a log of this size in one findtime is an attack of its own.
    private const int MostUnpacked = 64 * 1024 * 1024;

    /// <summary>Looks.</summary>
    /// <param name="path">The log's path, absolute.</param>
    /// <param name="known">How far it was read, and which file it was.</param>
    /// <param name="current">What is behind the path now; default where nothing is.</param>
    /// <param name="size">How big it was at least; a copy may lack what was written between it and the cut, and is taken if there is nothing better.</param>
    /// <returns>Oldest first; empty where the file that was read is not found.</returns>
    internal static IReadOnlyList<RotatedLog> Find(string path, LogPosition known, FileStatus current, long size)
    {
        if (known is { Inode: 0, FirstLineHash: "" }) return [];
        List<(string Path, FileStatus Status, string Form)> siblings = Siblings(path, current);
        RotatedLog? first = null;
        string form = "";
        foreach ((string sibling, FileStatus status, string itsForm) in siblings.OrderByDescending(sibling => IsSame(sibling.Status, known)).ThenByDescending(sibling => sibling.Status.Modified))
        {
            if (Open(sibling, status, known) is not { } candidate) continue;
            bool isWhole = IsSame(status, known) || candidate.Size >= size;
            if (first is null || isWhole)
            {
                first?.File.Dispose();
                first = candidate;
                form = itsForm;
            }
            else candidate.File.Dispose();

            if (isWhole) break;
        }

        if (first is null) return [];
        List<RotatedLog> found = [first];
        foreach ((string sibling, FileStatus status, _) in siblings.Where(sibling => sibling.Form == form && sibling.Status.Modified > first.Status.Modified).OrderBy(sibling => sibling.Status.Modified))
        {
            if (found.Count == Most) break;
            if (OpenWhole(sibling, status) is { } next) found.Add(next);
        }

        return found;
    }

    private static List<(string Path, FileStatus Status, string Form)> Siblings(string path, FileStatus current)
    {
        List<(string, FileStatus, string)> found = [];
        string directory = Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : "/";
        Regex names = Names(Path.GetFileName(path));
        try
        {
            foreach (string other in Directory.EnumerateFiles(directory))
            {
                Match name = names.Match(Path.GetFileName(other));
                if (!name.Success || FileStatus.Of(other, out FileStatus status) != 0) continue;
                if (status.IsRegular && !status.IsSameFile(current)) found.Add((other, status, Form(name)));
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // What cannot be listed holds nothing that could be read.
        }

        return found;
    }

    private static Regex Names(string name)
    {
        const string Turn = @"[.-]\d[\d.T_-]*)";
        string extension = Path.GetExtension(name);
        string plain = Regex.Escape(name) + "(?<behind>" + Turn;
        string within = extension.Length > 1 ? "|" + Regex.Escape(name[..^extension.Length]) + "(?<within>" + Turn + Regex.Escape(extension) : "";
        return new Regex($"^(?:{plain}{within})(?:\\.gz)?\\z", RegexOptions.CultureInvariant);
    }

    // The logs of one rotation have names of one form; beside app.log and app.log.1, app-2.log is somebody else's.
    private static string Form(Match name)
    {
        Group within = name.Groups["within"];
        string turn = within.Success ? within.Value : name.Groups["behind"].Value;
        return $"{(within.Success ? "within" : "behind")} {turn[0]} {(turn.Length > LongestNumber ? "date" : "number")}";
    }

    private static bool IsSame(FileStatus status, LogPosition known) => known.Inode != 0 && status.Inode == known.Inode && status.Device == known.Device;

    private static RotatedLog? Open(string path, FileStatus status, LogPosition known)
    {
        bool isSame = IsSame(status, known);
        if (known.FirstLineHash.Length == 0 && !isSame) return null;
        if (path.EndsWith(".gz", StringComparison.Ordinal)) return isSame ? null : Unpack(path, status, known);
        if (FollowedFile.OpenRegular(path, out SafeFileHandle file, out FileStatus opened) != 0) return null;
        string hash = FirstLine.Hash(file, out _);
        if (hash == known.FirstLineHash || (isSame && known.FirstLineHash.Length == 0)) return new RotatedLog(file, opened, hash, Math.Min(known.Offset, opened.Size));
        file.Dispose();
        return null;
    }

    private static RotatedLog? OpenWhole(string path, FileStatus status)
    {
        if (path.EndsWith(".gz", StringComparison.Ordinal)) return Unpack(path, status, null);
        if (FollowedFile.OpenRegular(path, out SafeFileHandle file, out FileStatus opened) != 0) return null;
        return new RotatedLog(file, opened, FirstLine.Hash(file, out _), 0);
    }

    // Only the rest is kept, and only if the first line is the one that is known.
    private static RotatedLog? Unpack(string path, FileStatus status, LogPosition? known)
    {
        SafeFileHandle? rest = null;
        byte[] buffer = new byte[ChunkReader.ChunkSize];
        try
        {
            using var packed = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
            rest = MemoryFile.Create("rotated log");
            var first = new Sha1();
            string hash = "";
            long at = 0, skip = known?.Offset ?? 0, kept = 0;
            for (int count; (count = packed.Read(buffer)) > 0; at += count)
            {
                if (hash.Length == 0)
                {
                    int end = buffer.AsSpan(0, count).IndexOf((byte)'\n');
                    first.Append(buffer.AsSpan(0, end < 0 ? count : end + 1));
                    if (end >= 0) hash = first.Finish();
                    if (end >= 0 && known is { } wanted && wanted.FirstLineHash != hash) break;
                }

                int from = (int)Math.Clamp(skip - at, 0, count);
                int take = (int)Math.Min(count - from, MostUnpacked - kept);
                RandomAccess.Write(rest, buffer.AsSpan(from, take), kept);
                kept += take;
                if (kept == MostUnpacked) break;
            }

            skip = Math.Min(skip, at);
            if (known is null || known.Value.FirstLineHash == hash) return new RotatedLog(rest, status, hash, skip, skip) { Size = at };
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            // Half packed, damaged or not ours to read: the same as not found.
        }

        rest?.Dispose();
        return null;
    }
}
