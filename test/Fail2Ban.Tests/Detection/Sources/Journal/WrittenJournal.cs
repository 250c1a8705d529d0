using System.Diagnostics;

namespace Fail2Ban.Tests.Detection.Sources.Journal;

/// <summary>A directory with real journal files, written by systemd's own tool from entries of a test's choice.</summary>
internal sealed class WrittenJournal : IDisposable
{
    private static readonly string[] Tools = ["/lib/systemd/systemd-journal-remote", "/usr/lib/systemd/systemd-journal-remote"];

    private Process? _writer;

    /// <summary>Skips the test where the tool or the library is missing.</summary>
    public WrittenJournal()
    {
        if (!Array.Exists(Tools, File.Exists)) Assert.Skip("systemd-journal-remote is not installed");
        if (!Fail2Ban.Native.Journal.JournalLibrary.IsAvailable) Assert.Skip("libsystemd is not installed");
        Folder = Directory.CreateTempSubdirectory("fail2ban-journal.").FullName;
        Name = "system.journal";
    }

    public string Folder { get; }

    /// <summary>The file that is written now.</summary>
    public string Name { get; private set; }

    public string CurrentFile => Path.Combine(Folder, Name);

    /// <summary>Writes entries; they can be read soon after this returns.</summary>
    public void Write(params IEnumerable<SampleEntry> entries)
    {
        if (_writer is null)
        {
            _writer = Process.Start(new ProcessStartInfo(Array.Find(Tools, File.Exists)!, ["-o", CurrentFile, "-"]) { RedirectStandardInput = true, RedirectStandardError = true })!;
            _writer.ErrorDataReceived += static (_, _) => { }; // it tells how many it wrote
            _writer.BeginErrorReadLine();
        }

        foreach (SampleEntry entry in entries) _writer.StandardInput.BaseStream.Write(entry.Export());
        _writer.StandardInput.BaseStream.Flush();
        while (!File.Exists(CurrentFile) && !_writer.HasExited) Thread.Yield();
    }

    /// <summary>Ends the file; what was written is there when this returns.</summary>
    public void Finish()
    {
        if (_writer is null) return;
        _writer.StandardInput.Close();
        _writer.WaitForExit();
        _writer.Dispose();
        _writer = null;
    }

    /// <summary>Archives the file as journald does: it gets another name, the next entries go into a new one.</summary>
    public void Rotate(int number)
    {
        Finish();
        File.Move(CurrentFile, Path.Combine(Folder, $"system@0123-{number}.journal"));
    }

    public void Dispose()
    {
        Finish();
        Directory.Delete(Folder, recursive: true);
    }
}
