namespace Fail2Ban.Configuration;

/// <summary>Whether there is something at a path once links are followed; the framework counts a dangling link as a file.</summary>
internal static class FilePresence
{
    public static bool Exists(string path)
    {
        try
        {
            FileInfo file = new(path);
            return file.LinkTarget is null ? file.Exists || Directory.Exists(path) : file.ResolveLinkTarget(returnFinalTarget: true) is { Exists: true };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A circle of links, or a path that no system accepts: nothing is there.
            return false;
        }
    }
}
