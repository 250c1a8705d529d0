namespace Fail2Ban.Detection.Sources.Journal;

/// <summary>What became of one turn of a follower that is behind.</summary>
internal enum CatchUpResult
{
    /// <summary>There is more to read.</summary>
    More,

    /// <summary>The sink has no room; the follower is woken when it has.</summary>
    NoRoom,

    /// <summary>The journal could not be read; to be tried again later.</summary>
    Failed,

    /// <summary>The end was reached.</summary>
    AtEnd,
}
