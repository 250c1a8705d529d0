namespace Fail2Ban.Enforcement.Mail;

/// <summary>What a mail server answers.</summary>
/// <param name="Code">Three digits; 4xx and 5xx are refusals.</param>
/// <param name="Text">What stands behind them, lines joined by line ends.</param>
internal readonly record struct MailReply(int Code, string Text)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Code} {Text.ReplaceLineEndings(" ")}";
}
