namespace Traxxs.Nano.Tests
{
    /// <summary>Bytes written as hexadecimal digits.</summary>
    internal static class Hex
    {
        private const string Digits = "0123456789abcdef";

        /// <summary>The bytes of a text of lower-case digits.</summary>
        public static byte[] Parse(string text)
        {
            byte[] bytes = new byte[text.Length / 2];
            for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)((Digits.IndexOf(text[2 * i]) << 4) | Digits.IndexOf(text[2 * i + 1]));
            return bytes;
        }

        /// <summary>The digits of the first bytes.</summary>
        public static string Format(byte[] bytes, int count)
        {
            char[] text = new char[2 * count];
            for (int i = 0; i < count; i++)
            {
                text[2 * i] = Digits[bytes[i] >> 4];
                text[2 * i + 1] = Digits[bytes[i] & 15];
            }

            return new string(text);
        }
    }
}
