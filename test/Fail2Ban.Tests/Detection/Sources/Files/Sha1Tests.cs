using System.Security.Cryptography;
using CsCheck;
using Fail2Ban.Detection.Sources.Files;

namespace Fail2Ban.Tests.Detection.Sources.Files;

public sealed class Sha1Tests
{
    [Fact]
    public void Any_text_in_any_pieces_has_the_hash_that_the_framework_gives_it() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Int[0, 300]).Sample((data, cut) =>
        {
            cut = Math.Min(cut, data.Length);
            var hash = new Sha1();
            hash.Append(data.AsSpan(0, cut));
            hash.Append(data.AsSpan(cut));
#pragma warning disable CA5350 // compared, not relied on
            string expected = Convert.ToHexStringLower(SHA1.HashData(data));
#pragma warning restore CA5350
            return hash.Finish() == expected && Sha1.Hex(data) == expected;
        });
}
