using System.Collections.Frozen;

namespace Fail2Ban.Detection.Dates;

/// <summary>The zone abbreviations that dates and <c>logtimezone</c> may use. Each is a fixed offset, also where the name is ambiguous.</summary>
internal static class ZoneAbbreviations
{
    // Minutes east of UTC → the names that mean it.
    private static readonly (int Minutes, string Names)[] Table =
    [
        (-720, "Y"),
        (-660, "X NUT SST"),
        (-600, "W CKT HAST HST TAHT TKT"),
        (-570, "MART MIT"),
        (-540, "V AKST GAMT GIT HADT HNY"),
        (-480, "U AKDT CIST HAY HNP PST PT"),
        (-420, "T HAP HNR MST PDT"),
        (-360, "S CST EAST GALT HAR HNC MDT"),
        (-300, "R CDT COT EASST ECT EST ET HAC HNE PET"),
        (-270, "HLV VET"),
        (-240, "Q AST BOT CLT COST EDT FKT GYT HAE HNA PYT"),
        (-210, "HNT NST NT"),
        (-180, "P ADT ART BRT CLST FKST GFT HAA PMST PYST SRT UYT WGT"),
        (-150, "HAT NDT"),
        (-120, "O BRST FNT PMDT UYST WGST"),
        (-60, "N AZOT CVT EGT"),
        (0, "Z EGST GMT UTC WET WT"),
        (60, "A CET DFT WAT WEDT WEST"),
        (120, "B CAT CEDT CEST EET SAST WAST"),
        (180, "C EAT EEDT EEST IDT MSK"),
        (210, "IRST"),
        (240, "D AMT AZT GET GST KUYT MSD MUT RET SAMT SCT"),
        (270, "AFT IRDT"),
        (300, "E AMST AQTT AZST HMT MAWT MVT PKT TFT TJT TMT UZT YEKT"),
        (330, "SLT"),
        (345, "NPT"),
        (360, "F ALMT BIOT BTT IOT KGT NOVT OMST YEKST"),
        (390, "CCT MMT"),
        (420, "G CXT DAVT HOVT ICT KRAT NOVST OMSST THA WIB"),
        (480, "H ACT AWST BDT BNT CAST HKT IRKT KRAST MYT PHT SGT ULAT WITA WST"),
        (540, "I AWDT IRKST JST KST PWT TLT WDT WIT YAKT"),
        (570, "ACST"),
        (600, "K AEST PGT VLAT YAKST YAPT"),
        (630, "ACDT LHST"),
        (660, "L AEDT LHDT MAGT NCT PONT SBT VLAST VUT"),
        (690, "NFT"),
        (720, "M ANAST ANAT FJT GILT MAGST MHT NZST PETST PETT TVT WFT"),
        (780, "FJST NZDT"),
    ];

    private static readonly FrozenDictionary<ulong, int> Offsets = Table
        .SelectMany(row => row.Names.Split(' ').Select(name => (Key: Pack(System.Text.Encoding.ASCII.GetBytes(name)), row.Minutes)))
        .ToFrozenDictionary(entry => entry.Key, entry => entry.Minutes);

    /// <param name="name">One to five upper-case letters.</param>
    /// <param name="minutes">East of UTC.</param>
    public static bool TryGet(ReadOnlySpan<byte> name, out int minutes) => Offsets.TryGetValue(Pack(name), out minutes);

    // A name as a number, so that looking one up in a line makes no string.
    private static ulong Pack(ReadOnlySpan<byte> name)
    {
        ulong packed = 0;
        foreach (byte letter in name) packed = packed << 8 | letter;
        return packed;
    }
}
