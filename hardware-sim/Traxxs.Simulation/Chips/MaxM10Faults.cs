namespace Traxxs.Simulation.Chips;

/// <summary>What goes wrong with the receiver. All off at the start; may change at any time.</summary>
public sealed class MaxM10Faults
{
    /// <summary>Nothing comes out, though the receiver is powered.</summary>
    public bool Silent { get; set; }

    /// <summary>Part of the bytes, 0..1, with one bit flipped.</summary>
    public double GarbledPart { get; set; }

    /// <summary>How far north of the truth every fix lies, m, while the accuracy says 2.5 m.</summary>
    public double LieNorthM { get; set; }

    /// <summary>The receiver is 1024 weeks behind and does not know it.</summary>
    public bool WrongWeek { get; set; }

    /// <summary>How far the receiver's time is ahead of the truth, s; it says that it is sure.</summary>
    public long ClockOffS { get; set; }

    /// <summary>Configuration is answered with ACK-NAK and changes nothing.</summary>
    public bool RefuseConfiguration { get; set; }

    /// <summary>This many configurations are carried out without an answer.</summary>
    public int AnswersLost { get; set; }

    /// <summary>This many messages to the receiver are lost.</summary>
    public int MessagesLost { get; set; }
}
