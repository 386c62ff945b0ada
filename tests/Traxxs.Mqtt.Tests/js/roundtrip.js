// Connects with MQTT.js, sends a message at each QoS to itself, and prints what came back as one JSON line.
const mqtt = require("mqtt");
const [, , url, version] = process.argv;
const client = mqtt.connect(url, { protocolVersion: Number(version), clientId: `mqttjs-${version}`, reconnectPeriod: 0, connectTimeout: 10000 });
const received = [];
client.on("error", error => { console.error(error.message); process.exit(1); });
client.on("message", (topic, payload, packet) => {
  received.push({ topic, payload: payload.toString(), qos: packet.qos, retain: packet.retain, contentType: packet.properties?.contentType });
  if (received.length === 4) client.end(false, {}, () => console.log(JSON.stringify(received)));
});
client.on("connect", async () => {
  await client.publishAsync("js/kept", "kept", { qos: 1, retain: true });
  await client.subscribeAsync("js/#", { qos: 2 });
  for (const qos of [0, 1, 2]) await client.publishAsync(`js/${qos}`, `message ${qos}`, { qos, properties: version === "5" ? { contentType: "text" } : undefined });
});
