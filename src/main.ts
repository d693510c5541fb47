import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { type ComposedBroker, composeBroker, hostAliasOf } from './compose.ts';
import type { KeptContexts } from './compose-contexts.ts';
import { ConfigError } from './config/config.ts';
import { readContexts, readDefaultContexts } from './config/contexts.ts';
import { type ConfiguredEndpoints, readEndpoints } from './config/endpoints.ts';
import { isMongoUri, withoutPassword } from './config/option-kinds.ts';
import { type Config, flagOf, variableOf } from './config/options.ts';
import { packageVersion } from './config/package-version.ts';
import { startExpirySweeper } from './expiry-sweeper.ts';
import { Availability } from './http/availability.ts';
import { watchConnections } from './http/open-connections.ts';
import { createServer, type ServerOptions } from './http/server.ts';
import type { Logger } from './observe/log.ts';
import { SharedWork } from './workers/shared-work.ts';

/** A broker that serves requests. */
export interface RunningBroker {
  /** Where it listens, as a URL. */
  readonly url: string;
  /** Stops accepting, lets requests under way end for at most the configured time, and closes the stores. */
  stop(): Promise<void>;
}

/** The process cannot start, for a reason that its operator can change; the message says what to change. */
export class StartError extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'StartError';
  }
}

/**
 * Starts a broker: listens, so that health checks are answered, then loads the data, and is ready when this resolves.
 *
 * Where the data is in a MongoDB that cannot be reached, it waits; the signal ends that.
 *
 * Throws a `StartError` when the port, the data directory or the endpoints cannot be had; nothing is left open then.
 */
export async function startBroker(given: Config, log: Logger, signal?: AbortSignal): Promise<RunningBroker> {
  const config = given.workers > 1 ? inCommon(given) : given;
  const endpoints = endpointsOf(config);
  const contexts = contextsOf(config);
  const availability = new Availability();
  const sharing = config.workers > 1 ? await shareWork(config, log) : undefined;
  const app = await serverFor(config, endpoints, availability, log, sharing && { worker: 1 });
  const connections = watchConnections(app.server);
  const url = await listen(app, config, sharing);
  log.info(
    { url, store: withoutPassword(config.store), data: config.data, version: packageVersion },
    'listening, loading the data',
  );
  let broker: ComposedBroker;
  try {
    broker = await composeBroker(config, endpoints, log, contexts, {
      onWaiting: (reason) => availability.waiting(reason),
      ...(signal !== undefined && { signal }),
      ...(sharing?.followers !== undefined && { followers: sharing.followers }),
    });
  } catch (error) {
    await sharing?.stop();
    await app.close();
    if (error instanceof ConfigError) throw new StartError(error.message, error);
    const where = isMongoUri(config.store) ? withoutPassword(config.store) : config.data;
    throw new StartError(`the data in ${where} cannot be opened: ${messageOf(error)}`, error);
  }
  availability.ready(broker);
  await sharing?.start();
  const stopSweeper = startExpirySweeper(broker, config.expirySweepSeconds * 1000, log);
  log.info({ url, docs: `${url}/docs`, ...(broker.mqttUrls.length > 0 && { mqtt: broker.mqttUrls }) }, 'ready');
  return {
    url,
    async stop() {
      availability.drain();
      stopSweeper();
      await sharing?.stop();
      await drain(app, connections, config.shutdownTimeoutMs, log);
      await broker.close();
    },
  };
}

/**
 * What the processes of one broker have in common: a name, by which each knows what another forwarded; and on MongoDB no reads from
 * memory, which may miss for a moment what another has just acknowledged.
 */
function inCommon(config: Config): Config {
  return { ...config, hostAlias: hostAliasOf(config), readStalenessMs: 0 };
}

async function shareWork(config: Config, log: Logger): Promise<SharedWork> {
  if (config.store === 'memory') {
    const where = `${variableOf('store')} or ${flagOf('store')}`;
    throw new StartError(
      `${variableOf('workers')} is ${config.workers}, and what is in memory alone, one process has alone; set ${where} to embedded`,
      undefined,
    );
  }
  return SharedWork.open(config, log);
}

/** The server of one process, for the configuration that all have. */
export function serverFor(
  config: Config,
  endpoints: ConfiguredEndpoints,
  availability: Availability,
  log: Logger,
  part: Pick<ServerOptions, 'worker' | 'elsewhere'> = {},
): Promise<FastifyInstance> {
  return createServer({
    ...config,
    ...part,
    availability,
    log,
    version: packageVersion,
    limits: { filterLength: config.maxFilterLength },
    hasEndpoint: (protocol, name) => endpoints[protocol].has(name),
  });
}

export function endpointsOf(config: Config): ConfiguredEndpoints {
  return configured(() => readEndpoints(config.endpoints));
}

export function contextsOf(config: Config): KeptContexts {
  return configured(() => ({
    documents: readContexts(config.contexts),
    defaultFor: readDefaultContexts(config.defaultContext),
  }));
}

function configured<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError) throw new StartError(error.message, error);
    throw error;
  }
}

async function listen(app: FastifyInstance, { host, port }: Config, sharing: SharedWork | undefined): Promise<string> {
  try {
    return await (sharing?.listen(app) ?? app.listen({ host, port }));
  } catch (error) {
    await sharing?.stop();
    await app.close();
    throw new StartError(whyNotListening(error, host, port), error);
  }
}

function whyNotListening(error: unknown, host: string, port: number): string {
  const hint = (name: 'host' | 'port') => `set ${variableOf(name)} or ${flagOf(name)}`;
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is in use; stop what listens there, or ${hint('port')} to another one`;
    case 'EACCES':
      return `port ${port} on ${host} may not be used by this user; ${hint('port')} to one above 1023`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is not an address of this machine; ${hint('host')} to one that is`;
    default:
      return `cannot listen on ${host}, port ${port}: ${messageOf(error)}`;
  }
}

/** How soon a connection that has become idle is closed while the server stops. */
const idleCheckMs = 50;

/** Lets requests under way end; those that take longer are cut off, and so is whoever still holds a connection. */
export async function drain(
  app: FastifyInstance,
  connections: ReadonlySet<Socket>,
  timeoutMs: number,
  log: Logger,
): Promise<void> {
  const cut = setTimeout(() => {
    log.warn({ timeoutMs }, 'requests under way took too long and are cut off');
    for (const connection of connections) connection.destroy();
  }, timeoutMs);
  // A connection whose last request has just been answered would otherwise be kept for the client's next one.
  const hangUp = setInterval(() => app.server.closeIdleConnections(), idleCheckMs);
  try {
    await app.close();
    // The server itself does not wait for connections that it was given.
    for (let [open] = connections; open !== undefined; [open] = connections) await closed(open);
  } finally {
    clearTimeout(cut);
    clearInterval(hangUp);
  }
}

function closed(connection: Socket): Promise<void> {
  return new Promise((resolve) => connection.once('close', () => resolve()));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
