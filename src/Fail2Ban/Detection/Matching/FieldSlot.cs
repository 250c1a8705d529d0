namespace Fail2Ban.Detection.Matching;

/// <summary>The fields that filters themselves read: each line with a match asks for most of them.</summary>
internal enum FieldSlot
{
    /// <summary>Any other field.</summary>
    None,
    Ip4,
    Ip6,
    Dns,
    Cidr,
    Fid,
    Content,
    MlfId,
    MlfForget,
    MlfGained,
    NoFail,
    User,
    Users,
}
