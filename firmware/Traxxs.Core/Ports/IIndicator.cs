namespace Traxxs.Core.Ports
{
    /// <summary>What the wearer feels and sees: vibration motor and LED.</summary>
    public interface IIndicator
    {
        /// <summary>Plays a pattern; one that is playing is replaced.</summary>
        void Show(IndicatorPattern pattern);
    }
}
