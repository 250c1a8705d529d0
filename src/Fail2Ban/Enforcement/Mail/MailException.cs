namespace Fail2Ban.Enforcement.Mail;

/// <summary>A mail was not sent.</summary>
/// <param name="message">What was being done, and why it failed.</param>
internal sealed class MailException(string message) : Exception(message);
