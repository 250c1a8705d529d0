namespace Fail2Ban.Configuration;

/// <summary>Ends the reading of the whole configuration; caught where the reader returns to its caller.</summary>
/// <param name="message">The text that follows "Failed during configuration: ".</param>
internal sealed class ConfigurationException(string message) : Exception(message);

/// <summary>Ends the reading of one jail; the others go on.</summary>
/// <param name="message">The reason in the <c>config-error</c> command.</param>
/// <param name="place">Where the mistake stands, if known.</param>
/// <param name="hint">Continues the message with what was probably meant.</param>
internal sealed class JailException(string message, ConfigurationPlace? place, string hint = "") : Exception(message)
{
    public string Hint => hint;

    public ConfigurationPlace? Place => place;
}
