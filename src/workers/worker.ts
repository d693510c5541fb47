import { rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { openReplicaStores } from '../adapters/stores/embedded/replica/replica-stores.ts';
import { type ComposedBroker, composeBroker } from '../compose.ts';
import type { ConfiguredEndpoints } from '../config/endpoints.ts';
import { isMongoUri } from '../config/option-kinds.ts';
import type { Config } from '../config/options.ts';
import { Availability } from '../http/availability.ts';
import { watchConnections } from '../http/open-connections.ts';
import { answeredByFirst, answeredByWriter } from '../http/who-answers.ts';
import { contextsOf, drain, endpointsOf, serverFor } from '../main.ts';
import { createLog, type Logger } from '../observe/log.ts';
import { connectionMessage, type FromWorker, feedDescriptor, socketOf, type ToWorker } from './messages.ts';
import { PassOn } from './pass-on.ts';
import { serveConnection } from './serve-connection.ts';

// A worker process: answers what it can of the connections that the first process gives it, and passes on the rest.

async function run({ config, worker, sockets }: Extract<ToWorker, { kind: 'begin' }>): Promise<void> {
  const log = createLog(config.logLevel).child({ worker });
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'a bug; this worker ends, and is replaced');
    process.exit(1);
  });
  process.on('disconnect', () => {
    // Nobody is left who would.
    rmSync(sockets, { recursive: true, force: true });
    process.exit(1);
  });
  const availability = new Availability();
  const passOn = new PassOn(socketOf(sockets, 1));
  const readsReplica = !isMongoUri(config.store);
  const endpoints = endpointsOf(config);
  const app = await serverFor(config, endpoints, availability, log, {
    worker,
    elsewhere: {
      answers: (request) =>
        // What is too large is refused before it is read, by whoever would have to read it.
        !(Number(request.headers['content-length']) > config.maxBodyBytes) &&
        (readsReplica ? answeredByWriter : answeredByFirst)(request, availability),
      pass: (...passed) => passOn.pass(...passed),
      connect: (request, socket, head) => passOn.connect(request, socket, head),
    },
  });
  const connections = watchConnections(app.server);
  const ownSocket = socketOf(sockets, worker);
  // One that was killed leaves its own behind.
  rmSync(ownSocket, { force: true });
  await app.listen({ path: ownSocket });
  const broker = await compose(config, endpoints, readsReplica, log);
  availability.ready(broker);

  process.on('message', (message: ToWorker | typeof connectionMessage, connection: Socket | undefined) => {
    if (message === connectionMessage) {
      // It may have ended on the way.
      if (connection !== undefined) serveConnection(app.server, connection);
    } else if (message.kind === 'stop') void stop();
  });
  const stop = async (): Promise<void> => {
    availability.drain();
    await drain(app, connections, config.shutdownTimeoutMs, log);
    await passOn.close();
    await broker.close();
    process.exit(0);
  };
  const ready: FromWorker = { kind: 'ready' };
  process.send?.(ready);
}

function compose(
  config: Config,
  endpoints: ConfiguredEndpoints,
  readsReplica: boolean,
  log: Logger,
): Promise<ComposedBroker> {
  // What devices connect to is there once.
  const own: Config = { ...config, mqtt: false, mqttBroker: 'none' };
  return composeBroker(own, endpoints, log, contextsOf(config), {
    filesAreOwn: true,
    ...(readsReplica && {
      openStores: () =>
        openReplicaStores({
          directory: config.data,
          channel: new Socket({ fd: feedDescriptor, readable: true, writable: true }),
          cacheBytes: config.cacheMb * 1024 * 1024,
          queryTimeoutMs: config.queryTimeoutMs,
        }),
    }),
  });
}

// The first process stops its workers; a signal for the whole group must not come before that.
process.on('SIGTERM', () => undefined);
process.on('SIGINT', () => undefined);
process.once('message', (message: ToWorker) => {
  if (message.kind === 'stop') process.exit(0);
  void run(message);
});
