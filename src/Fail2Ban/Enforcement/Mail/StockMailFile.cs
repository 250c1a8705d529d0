using System.Security.Cryptography;

namespace Fail2Ban.Enforcement.Mail;

/// <summary>Tells whether a file is the stock <c>smtp.py</c>, which is built in, or one that somebody has changed.</summary>
internal static class StockMailFile
{
    // SHA-256 of the files that the built-in mail stands for: that of fail2ban 1.0.2, and ours.
    private static readonly string[] Known =
    [
        "01bc34c7393d3da140c33fee5822bed085eb8bc558db657857470cb8a3be5ba5",
        "ad08cb32434ab2dd3d278192e2777a5ec98a5891b1456c2111adb65cf241b46e",
    ];

    /// <summary>Whether it is; false also where it cannot be read.</summary>
    public static bool Is(string path)
    {
        if (Path.GetFileName(path) != "smtp.py") return false;
        try
        {
            using FileStream file = File.OpenRead(path);
            return Known.Contains(Convert.ToHexStringLower(SHA256.HashData(file)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
