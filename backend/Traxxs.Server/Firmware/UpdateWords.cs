using Traxxs.Protocol;
using Traxxs.Store.Service;

namespace Traxxs.Server.Firmware;

/// <summary>Updates in words: for the API, the page and the audit log.</summary>
public static class UpdateWords
{
    /// <summary>A state's word.</summary>
    public static string Of(UpdateState state) => state.ToString().ToLowerInvariant();

    /// <summary>Why a device refused, and what to do.</summary>
    public static string OfRefusal(int reason) => (UpdateRefusal)reason switch
    {
        UpdateRefusal.NoRoom => "The board has no memory, or no place in flash, for a second image.",
        UpdateRefusal.NotNewer => "It is not newer than what the device runs, or no newer than a version that failed there.",
        UpdateRefusal.Signature => "The signature is not that of the key the board knows, or the image was damaged on its way. Offer it again; where that fails too, sign it with the key the boards were provisioned with.",
        UpdateRefusal.NoKey => "The board knows no update key: provision it with --update-key.",
        UpdateRefusal.Malformed => "The image is too large, or not the one that was offered.",
        UpdateRefusal.BatteryLow => "The battery is below 30 %. Charge the insole and offer it again.",
        UpdateRefusal.Flash => "The board's flash did not take it. Offer it again; where that fails too, the board needs a look.",
        UpdateRefusal.GaveUp => "The device asked for parts ten times and none came. Offer it again where the link is better: it goes on where it stopped.",
        UpdateRefusal.WrongBoard => "The image is for another board, or of a format its firmware does not know.",
        _ => $"The device gives a reason this server does not know: {reason}.",
    };
}
