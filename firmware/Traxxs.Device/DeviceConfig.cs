using System;
using System.IO;

namespace Traxxs.Device
{
    /// <summary>
    /// Who the device is and how it reaches its server: a file of <c>key=value</c> lines (UTF-8, # begins a comment), written
    /// with the values of <c>traxxs provision</c> and copied to the board (firmware/README.md). Keys it does not know are skipped, so an older image reads a newer file.
    /// </summary>
    public sealed class DeviceConfig
    {
        /// <summary>Longest device id: a level of a topic.</summary>
        public const int IdLengthMax = 64;

        /// <summary>MQTT port with TLS.</summary>
        public const int TlsPort = 8883;

        /// <summary>MQTT port without TLS.</summary>
        public const int PlainPort = 1883;

        /// <summary><c>id</c>: the device's identity, also MQTT client id and user name. Letters, digits, -, _ and ., the first a letter or digit.</summary>
        public string Id = "";

        /// <summary><c>secret</c>: MQTT password.</summary>
        public string Secret = "";

        /// <summary><c>ssid</c>: name of the Wi-Fi network.</summary>
        public string Ssid = "";

        /// <summary><c>psk</c>: its password; empty for an open network.</summary>
        public string Psk = "";

        /// <summary><c>host</c>: name or address of the server.</summary>
        public string Host = "";

        /// <summary><c>port</c>: 8883 with a CA, 1883 without, where the file does not say.</summary>
        public int Port;

        /// <summary>
        /// <c>ca</c>: file with the CA certificate (DER) that the server's certificate must be signed by; empty means no
        /// TLS, for a server on the bench only.
        /// </summary>
        public string CaFile = "";

        /// <summary><c>lightsleep</c>: off keeps the chip awake between steps, for a debugger on its USB port.</summary>
        public bool LightSleep = true;

        /// <summary>Whether the link is TLS.</summary>
        public bool UsesTls
        {
            get { return CaFile.Length > 0; }
        }

        /// <summary>Reads the file. Where it is missing or wrong, <paramref name="problem"/> says what and what to do, and the result is null.</summary>
        public static DeviceConfig TryLoad(string path, out string problem)
        {
            string text;
            try
            {
                if (!File.Exists(path))
                {
                    problem = Problem("is not on the board");
                    return null;
                }

                text = File.ReadAllText(path);
            }
            catch (Exception)
            {
                problem = Problem("cannot be read");
                return null;
            }

            return TryParse(text, out problem);
        }

        /// <summary>Reads the file's text; see <see cref="TryLoad"/>.</summary>
        public static DeviceConfig TryParse(string text, out string problem)
        {
            DeviceConfig config = new DeviceConfig();
            string[] lines = text.Split(new char[] { '\n' });
            for (int i = 0; i < lines.Length; i++)
            {
                string line = lines[i].Trim();
                if (line.Length == 0 || line[0] == '#') continue;
                if (!config.TrySet(line))
                {
                    problem = Problem("line " + (i + 1).ToString() + " cannot be understood: expected key=value, port 1..65535, lightsleep on or off");
                    return null;
                }
            }

            if (config.Port == 0) config.Port = config.UsesTls ? TlsPort : PlainPort;
            problem = config.FindGap();
            return problem == null ? config : null;
        }

        private static string Problem(string what)
        {
            return Board.ConfigFile + " " + what + ". Make it with 'traxxs provision ID' as firmware/README.md says and copy it to the board";
        }

        private bool TrySet(string line)
        {
            int equals = line.IndexOf('=');
            if (equals <= 0) return false;
            string key = line.Substring(0, equals).Trim();
            string value = line.Substring(equals + 1).Trim();
            if (key == "port") return int.TryParse(value, out Port) && Port > 0 && Port <= 65535;
            if (key == "lightsleep")
            {
                LightSleep = value == "on";
                return LightSleep || value == "off";
            }

            switch (key)
            {
                case "id": Id = value; break;
                case "secret": Secret = value; break;
                case "ssid": Ssid = value; break;
                case "psk": Psk = value; break;
                case "host": Host = value; break;
                case "ca": CaFile = value; break;
            }

            return true;
        }

        private string FindGap()
        {
            if (!IsId(Id)) return Gap("id", "1 to 64 letters, digits, -, _ or ., the first a letter or digit");
            if (Secret.Length == 0) return Gap("secret", "the device's MQTT password");
            if (Ssid.Length == 0) return Gap("ssid", "the name of the Wi-Fi network");
            if (Host.Length == 0) return Gap("host", "the server's name or address");
            return null;
        }

        private static string Gap(string key, string expected)
        {
            return Problem("has no valid '" + key + "': expected " + expected);
        }

        private static bool IsId(string id)
        {
            if (id.Length == 0 || id.Length > IdLengthMax || !IsLetterOrDigit(id[0])) return false;
            for (int i = 1; i < id.Length; i++)
            {
                char c = id[i];
                if (!IsLetterOrDigit(c) && c != '-' && c != '_' && c != '.') return false;
            }

            return true;
        }

        private static bool IsLetterOrDigit(char c)
        {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        }
    }
}
