namespace Fail2Ban.Configuration;

/// <summary>Finds the name that a misspelled one was meant to be.</summary>
internal static class NearNames
{
    // maxretries for maxretry.
    private const int Stem = 6;

    /// <summary>
    /// The nearest of the candidates within two edits (swapped neighbours count as one), or three where they begin alike; null if
    /// none is that near.
    /// </summary>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        string? best = null;
        int least = name.Length < 6 ? 2 : 3;
        foreach (string candidate in candidates)
        {
            int most = best is null && least == 3 && name.AsSpan().CommonPrefixLength(candidate) >= Stem ? 3 : least - 1;
            if (Math.Abs(candidate.Length - name.Length) > most) continue;
            int distance = Distance(name, candidate);
            if (distance > most || distance == 0) continue;
            best = candidate;
            least = distance;
        }

        return best;
    }

    private static int Distance(string left, string right)
    {
        int[][] rows = [new int[right.Length + 1], new int[right.Length + 1], new int[right.Length + 1]];
        for (int column = 0; column <= right.Length; column++) rows[0][column] = column;
        for (int row = 1; row <= left.Length; row++)
        {
            int[] current = rows[row % 3];
            int[] above = rows[(row - 1) % 3];
            current[0] = row;
            for (int column = 1; column <= right.Length; column++)
            {
                int change = left[row - 1] == right[column - 1] ? 0 : 1;
                current[column] = Math.Min(Math.Min(current[column - 1], above[column]) + 1, above[column - 1] + change);
                bool swapped = row > 1 && column > 1 && left[row - 1] == right[column - 2] && left[row - 2] == right[column - 1];
                if (swapped) current[column] = Math.Min(current[column], rows[(row - 2) % 3][column - 2] + 1);
            }
        }

        return rows[left.Length % 3][right.Length];
    }
}
