import { BrokerConnection } from './adapters/mqtt/broker-connection.ts';
import { EmbeddedBroker } from './adapters/mqtt/embedded-broker.ts';
import { WaitingRoom } from './adapters/mqtt/waiting-room.ts';
import { systemTimers } from './adapters/runtime/system-timers.ts';
import type { Endpoints } from './adapters/transports/endpoints.ts';
import type { Broker } from './broker/broker.ts';
import { ConfigError } from './config/config.ts';
import { readMqttFiles } from './config/mqtt.ts';
import type { Config } from './config/options.ts';
import type { OutgoingHttp } from './core/subscription/outgoing-notification.ts';
import { DeviceAccess } from './ingest/access/device-access.ts';
import { Commands } from './ingest/commands/commands.ts';
import { Delivery } from './ingest/commands/delivery.ts';
import { DeviceOwner } from './ingest/commands/device-owner.ts';
import { startExpiringCommands } from './ingest/commands/expire-commands.ts';
import { LazyReading } from './ingest/commands/lazy-reading.ts';
import type { Ingest, IngestParts } from './ingest/ingest.ts';
import { deviceTopicFilters } from './ingest/messages/device-topic.ts';
import { MessageIntake } from './ingest/messages/message-intake.ts';
import { MessageLinks } from './ingest/messages/message-links.ts';
import { ngsiTopicFilter } from './ingest/messages/ngsi-message.ts';
import { AutoProvisioning } from './ingest/provisioning/auto-provisioning.ts';
import { ObservationWriter } from './ingest/readings/observation-writer.ts';
import { Pace } from './ingest/readings/pace.ts';
import { RefusedReadings } from './ingest/refused/refused-readings.ts';
import { DeviceRegistry } from './ingest/registry/device-registry.ts';
import type { Logger } from './observe/log.ts';
import { SparseLog } from './observe/sparse-log.ts';
import type { Transport } from './ports/transport.ts';

/** What takes readings, with the ways by which they come. */
export interface ComposedIngest {
  readonly ingest: Ingest;
  /** Where devices can connect, as URLs. */
  readonly urls: readonly string[];
  /** Stops taking messages. */
  close(): Promise<void>;
}

/** Bytes of messages that wait to be stored; most messages are far smaller than they may be. */
const maxWaitingBytes = 67_108_864;

/**
 * Puts together what takes readings of devices, and opens the ways to them that the configuration asks for. Throws a
 * `ConfigError` where one cannot be had.
 */
export async function composeIngest(
  broker: Broker,
  config: Config,
  endpoints: Endpoints,
  http: Transport<OutgoingHttp>,
  log: Logger,
): Promise<ComposedIngest> {
  const text = { restricted: config.textRestricted };
  const registry = new DeviceRegistry(broker.stores, text, log);
  const refused = new RefusedReadings(broker.stores, broker.random, log, {
    most: config.maxRefusedReadings,
    later: setImmediate,
  });
  const commands = new Commands(broker.stores, log);
  await Promise.all([registry.load(), refused.load(), commands.load()]);
  const links = new MessageLinks();
  const parts: IngestParts = {
    broker,
    timers: systemTimers,
    registry,
    provisioning: new AutoProvisioning(registry, text, config.maxDevices),
    writer: new ObservationWriter(broker, setImmediate),
    refused,
    commands,
    pace: new Pace(config.deviceMessagesPerSecond),
    links,
    rules: { text, maxFutureMs: config.maxFutureSeconds * 1000 },
    limits: { devicesPerTenant: config.maxDevices, groupsPerTenant: config.maxServiceGroups },
    strangers: new SparseLog(log, broker.clock),
  };
  const delivery = new Delivery(parts, http);
  const lazy = new LazyReading(parts, config.lazyTimeoutMs);
  const ingest: Ingest = { ...parts, delivery, lazy };
  broker.owners.register(new DeviceOwner(ingest, delivery, lazy));
  const stopExpiring = startExpiringCommands(ingest);
  const listener = new MessageIntake(ingest);
  const listen = (): void => {
    const mapped = [...registry.mappedGroups()].flatMap(({ mapping }) => mapping.topics);
    links.listen([...new Set([...deviceTopicFilters, ngsiTopicFilter, ...mapped])]);
  };
  registry.onMappings(listen);
  listen();
  const room = new WaitingRoom({ messages: config.mqttMaxWaiting, bytes: maxWaitingBytes });
  const urls: string[] = [];
  try {
    if (config.mqtt) {
      const embedded = await openEmbedded(ingest, listener, room, config);
      links.add(embedded);
      urls.push(...embedded.urls);
    }
    if (config.mqttBroker !== 'none') links.add(connectionTo(config, endpoints, listener, room, log));
  } catch (error) {
    stopExpiring();
    await links.close();
    throw error;
  }
  delivery.wakeAll();
  return {
    ingest,
    urls,
    async close() {
      stopExpiring();
      await links.close();
    },
  };
}

async function openEmbedded(
  ingest: Ingest,
  listener: MessageIntake,
  room: WaitingRoom,
  config: Config,
): Promise<EmbeddedBroker> {
  const { users, tls } = readMqttFiles(config);
  if (!config.mqttPlain && tls === undefined) {
    throw new ConfigError(['ORIEL_MQTT_PLAIN is off: set ORIEL_MQTT_CERT and ORIEL_MQTT_KEY for connections with TLS']);
  }
  try {
    return await EmbeddedBroker.open({
      host: config.host,
      port: config.mqttPlain ? config.mqttPort : undefined,
      ...(tls !== undefined && { tls: { port: config.mqttTlsPort, ...tls } }),
      maxClients: config.mqttMaxClients,
      maxPacketBytes: config.mqttMaxPacketBytes,
      access: new DeviceAccess(ingest.registry, users, config.mqttAccess === 'open'),
      listener,
      room,
      log: ingest.strangers,
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError([
      `the MQTT broker for devices cannot be started: ${why}; see ORIEL_MQTT_PORT and ORIEL_MQTT_CERT`,
    ]);
  }
}

function connectionTo(
  config: Config,
  endpoints: Endpoints,
  listener: MessageIntake,
  room: WaitingRoom,
  log: Logger,
): BrokerConnection {
  const endpoint = endpoints.mqtt.get(config.mqttBroker);
  if (endpoint === undefined) {
    throw new ConfigError([
      `ORIEL_MQTT_BROKER is ${JSON.stringify(config.mqttBroker)}; it must be the name of an mqtt endpoint in ORIEL_ENDPOINTS`,
    ]);
  }
  return new BrokerConnection({
    endpoint,
    clientId: config.mqttClientId,
    ...(config.mqttShare !== 'none' && { share: config.mqttShare }),
    listener,
    room,
    log,
  });
}
