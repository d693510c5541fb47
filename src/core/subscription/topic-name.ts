/** What can be published to: no wildcards, and at most 65,535 bytes. [MQTT-3.3.2-2] [MQTT-4.7.3-1] [MQTT-4.7.3-2] [MQTT-4.7.3-3] */
export function isTopicName(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the one that MQTT forbids.
  return text !== '' && !/[+#\u0000]/.test(text) && new TextEncoder().encode(text).length <= 65_535;
}
