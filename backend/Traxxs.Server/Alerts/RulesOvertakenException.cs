using System.Globalization;

namespace Traxxs.Server.Alerts;

/// <summary>
/// The rules' cursor is not where this engine left it: another process committed, or a commit of this one happened though it was told
/// otherwise. The engine is of no use any more; what is stored is right, and a new one goes on from there.
/// </summary>
/// <param name="left">Position where the engine stood.</param>
/// <param name="found">Position where the cursor stands.</param>
public sealed class RulesOvertakenException(long left, long found) : Exception(string.Create(CultureInfo.InvariantCulture,
    $"the rules were taken on from {left} to {found} by another commit: they begin again where that stands (where this goes on, two processes evaluate alerts: stop one of them)"));
