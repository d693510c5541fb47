import type { JsonObject } from '../../core/json.ts';

export const presetNames = ['the-things-stack', 'chirpstack'] as const;

/** What network servers send of an uplink: ids, time, decoded payload, and how the best gateway heard it. Units by UN/CEFACT. */
export const presets: Readonly<Record<(typeof presetNames)[number], JsonObject>> = {
  // The Things Stack v3, over MQTT or webhook; what is zero or empty is left out of its messages.
  'the-things-stack': {
    device: 'end_device_ids.device_id',
    observedAt: 'uplink_message.received_at || received_at',
    measures: 'uplink_message.decoded_payload',
    bytes: 'uplink_message.frm_payload',
    attributes: [
      { name: 'rssi', expression: 'uplink_message.rx_metadata[0].rssi', unit: 'DBM' },
      { name: 'snr', expression: 'uplink_message.rx_metadata[0].snr', unit: '2N' },
      { name: 'gateway', type: 'Text', expression: 'uplink_message.rx_metadata[0].gateway_ids.gateway_id' },
      {
        name: 'gatewayLocation',
        type: 'geo:json',
        expression:
          "uplink_message.rx_metadata[0].location ? { type: 'Point', coordinates: [uplink_message.rx_metadata[0].location.longitude, uplink_message.rx_metadata[0].location.latitude] } : null",
        metadata: { ignoreType: { type: 'Boolean', value: true } },
      },
      { name: 'spreadingFactor', expression: 'uplink_message.settings.data_rate.lora.spreading_factor' },
      { name: 'frameCounter', expression: 'uplink_message.f_cnt' },
      { name: 'framePort', expression: 'uplink_message.f_port' },
    ],
  },
  // ChirpStack v4, JSON, over MQTT or HTTP.
  chirpstack: {
    device: 'deviceInfo.devEui',
    observedAt: 'time',
    measures: 'object',
    bytes: 'data',
    attributes: [
      { name: 'rssi', expression: 'rxInfo[0].rssi', unit: 'DBM' },
      { name: 'snr', expression: 'rxInfo[0].snr', unit: '2N' },
      { name: 'gateway', type: 'Text', expression: 'rxInfo[0].gatewayId' },
      {
        name: 'gatewayLocation',
        type: 'geo:json',
        expression:
          "rxInfo[0].location ? { type: 'Point', coordinates: [rxInfo[0].location.longitude, rxInfo[0].location.latitude] } : null",
        metadata: { ignoreType: { type: 'Boolean', value: true } },
      },
      { name: 'spreadingFactor', expression: 'txInfo.modulation.lora.spreadingFactor' },
      { name: 'frameCounter', expression: 'fCnt' },
      { name: 'framePort', expression: 'fPort' },
    ],
  },
};
