namespace Fail2Ban.Detection.Lines;

/// <summary>Python's codecs that the framework has, with the aliases of Python's <c>encodings.aliases</c>.</summary>
internal static class PythonCodecNames
{
    /// <summary>A line each: the framework's code page, the codec's name, its aliases.</summary>
    internal const string Table = """
        20127 ascii 646 ansi_x3.4_1968 ansi_x3.4_1986 ansi_x3_4_1968 cp367 csascii ibm367 iso646_us iso_646.irv_1991 iso_ir_6 us us_ascii
        950 big5 big5_tw csbig5 x_mac_trad_chinese
        37 cp037 037 csibm037 ebcdic_cp_ca ebcdic_cp_nl ebcdic_cp_us ebcdic_cp_wt ibm037 ibm039
        1026 cp1026 1026 csibm1026 ibm1026
        1140 cp1140 1140 ibm1140
        1250 cp1250 1250 windows_1250
        1251 cp1251 1251 windows_1251
        1252 cp1252 1252 windows_1252
        1253 cp1253 1253 windows_1253
        1254 cp1254 1254 windows_1254
        1255 cp1255 1255 windows_1255
        1256 cp1256 1256 windows_1256
        1257 cp1257 1257 windows_1257
        1258 cp1258 1258 windows_1258
        20273 cp273 273 csibm273 ibm273
        20424 cp424 424 csibm424 ebcdic_cp_he ibm424
        437 cp437 437 cspc8codepage437 ibm437
        500 cp500 500 csibm500 ebcdic_cp_be ebcdic_cp_ch ibm500
        720 cp720
        737 cp737
        775 cp775 775 cspc775baltic ibm775
        850 cp850 850 cspc850multilingual ibm850
        852 cp852 852 cspcp852 ibm852
        855 cp855 855 csibm855 ibm855
        857 cp857 857 csibm857 ibm857
        858 cp858 858 csibm858 ibm858
        860 cp860 860 csibm860 ibm860
        861 cp861 861 cp_is csibm861 ibm861
        862 cp862 862 cspc862latinhebrew ibm862
        863 cp863 863 csibm863 ibm863
        864 cp864 864 csibm864 ibm864
        865 cp865 865 csibm865 ibm865
        866 cp866 866 csibm866 ibm866
        869 cp869 869 cp_gr csibm869 ibm869
        874 cp874
        875 cp875
        932 cp932 932 ms932 ms_kanji mskanji
        949 cp949 949 ms949 uhc
        950 cp950 950 ms950
        51932 euc_jp eucjp u_jis ujis
        51949 euc_kr euckr korean ks_c_5601 ks_c_5601_1987 ks_x_1001 ksc5601 ksx1001 x_mac_korean
        54936 gb18030 gb18030_2000
        936 gb2312 chinese csiso58gb231280 euc_cn euccn eucgb2312_cn gb2312_1980 gb2312_80 iso_ir_58 x_mac_simp_chinese
        936 gbk 936 cp936 ms936
        52936 hz hz_gb hz_gb_2312 hzgb
        50220 iso2022_jp csiso2022jp iso2022jp iso_2022_jp
        50225 iso2022_kr csiso2022kr iso2022kr iso_2022_kr
        28603 iso8859_13 iso_8859_13 l7 latin7
        28605 iso8859_15 iso_8859_15 l9 latin9
        28592 iso8859_2 csisolatin2 iso_8859_2 iso_8859_2_1987 iso_ir_101 l2 latin2
        28593 iso8859_3 csisolatin3 iso_8859_3 iso_8859_3_1988 iso_ir_109 l3 latin3
        28594 iso8859_4 csisolatin4 iso_8859_4 iso_8859_4_1988 iso_ir_110 l4 latin4
        28595 iso8859_5 csisolatincyrillic cyrillic iso_8859_5 iso_8859_5_1988 iso_ir_144
        28596 iso8859_6 arabic asmo_708 csisolatinarabic ecma_114 iso_8859_6 iso_8859_6_1987 iso_ir_127
        28597 iso8859_7 csisolatingreek ecma_118 elot_928 greek greek8 iso_8859_7 iso_8859_7_1987 iso_ir_126
        28598 iso8859_8 csisolatinhebrew hebrew iso_8859_8 iso_8859_8_1988 iso_ir_138
        28599 iso8859_9 csisolatin5 iso_8859_9 iso_8859_9_1989 iso_ir_148 l5 latin5
        1361 johab cp1361 ms1361
        20866 koi8_r cskoi8r
        21866 koi8_u
        28591 latin_1 8859 cp819 csisolatin1 ibm819 iso8859 iso8859_1 iso_8859_1 iso_8859_1_1987 iso_ir_100 l1 latin latin1
        10004 mac_arabic
        10082 mac_croatian
        10007 mac_cyrillic maccyrillic
        10006 mac_greek macgreek
        10079 mac_iceland maciceland
        10029 mac_latin2 mac_centeuro maccentraleurope maclatin2
        10000 mac_roman macintosh macroman
        10010 mac_romanian
        10081 mac_turkish macturkish
        932 shift_jis csshiftjis s_jis shiftjis sjis x_mac_japanese
        874 tis_620 iso_ir_166 tis620 tis_620_0 tis_620_2529_0 tis_620_2529_1
        1200 utf_16 u16 utf16
        1201 utf_16_be unicodebigunmarked utf_16be
        1200 utf_16_le unicodelittleunmarked utf_16le
        12000 utf_32 u32 utf32
        12001 utf_32_be utf_32be
        12000 utf_32_le utf_32le
        65001 utf_8 cp65001 u8 utf utf8 utf8_ucs2 utf8_ucs4
        65001 utf_8_sig
        """;
}
