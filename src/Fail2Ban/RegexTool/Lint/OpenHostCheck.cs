using Fail2Ban.Detection.Matching;
using Fail2Ban.Patterns.Prefilter;
using Fail2Ban.Patterns.Syntax;

namespace Fail2Ban.RegexTool.Lint;

/// <summary>Finds patterns that fix neither end of what they match.</summary>
internal static class OpenHostCheck
{
    public static Finding? Look(CompiledRegex regex, bool isMultiLine, PatternPlace place)
    {
        PatternTree tree = PatternParser.Parse(regex.Regex.Expanded, multiLine: false);
        if (isMultiLine || EdgeAnchor.HoldsStart(tree) || EdgeAnchor.HoldsEnd(tree)) return null;
        return new Finding(place, FaultKind.Open,
            "It may begin and end anywhere in a line, and whoever writes a part of the line can write all that it looks for.",
            "Begin it with ^ or end it with $.");
    }
}
