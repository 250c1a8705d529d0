namespace Fail2Ban.Configuration.Ini;

/// <summary>Why a file could not be read.</summary>
/// <param name="File">Path as it was opened.</param>
/// <param name="Line">1-based; 0 when the whole file is meant.</param>
/// <param name="Message">In the original's words, which name file and line themselves.</param>
internal sealed record IniError(string File, int Line, string Message);
