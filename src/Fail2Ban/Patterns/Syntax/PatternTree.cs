using System.Collections.Immutable;

namespace Fail2Ban.Patterns.Syntax;

/// <summary>A pattern that Python's <c>re</c> accepts, understood.</summary>
/// <param name="Root">The whole.</param>
/// <param name="GlobalFlags">What holds at its head.</param>
/// <param name="GroupCount">Capturing groups, group 0 not counted.</param>
/// <param name="GroupNames">In the order of definition.</param>
internal sealed record PatternTree(Node Root, Flags GlobalFlags, int GroupCount, ImmutableArray<(string Name, int Number)> GroupNames);
