import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { type ComposedBroker, composeBroker } from './compose.ts';
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
import { createServer } from './http/server.ts';
import type { Logger } from './observe/log.ts';

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
export async function startBroker(config: Config, log: Logger, signal?: AbortSignal): Promise<RunningBroker> {
  const endpoints = endpointsOf(config);
  const contexts = contextsOf(config);
  const availability = new Availability();
  const app = await createServer({
    ...config,
    availability,
    log,
    version: packageVersion,
    limits: { filterLength: config.maxFilterLength },
    hasEndpoint: (protocol, name) => endpoints[protocol].has(name),
  });
  const connections = watchConnections(app.server);
  const url = await listen(app, config);
  log.info(
    { url, store: withoutPassword(config.store), data: config.data, version: packageVersion },
    'listening, loading the data',
  );
  let broker: ComposedBroker;
  try {
    broker = await composeBroker(config, endpoints, log, contexts, {
      onWaiting: (reason) => availability.waiting(reason),
      ...(signal !== undefined && { signal }),
    });
  } catch (error) {
    await app.close();
    if (error instanceof ConfigError) throw new StartError(error.message, error);
    const where = isMongoUri(config.store) ? withoutPassword(config.store) : config.data;
    throw new StartError(`the data in ${where} cannot be opened: ${messageOf(error)}`, error);
  }
  availability.ready(broker);
  const stopSweeper = startExpirySweeper(broker, config.expirySweepSeconds * 1000, log);
  log.info({ url, docs: `${url}/docs`, ...(broker.mqttUrls.length > 0 && { mqtt: broker.mqttUrls }) }, 'ready');
  return {
    url,
    async stop() {
      availability.drain();
      stopSweeper();
      await drain(app, connections, config.shutdownTimeoutMs, log);
      await broker.close();
    },
  };
}

function endpointsOf(config: Config): ConfiguredEndpoints {
  return configured(() => readEndpoints(config.endpoints));
}

function contextsOf(config: Config): KeptContexts {
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

async function listen(app: FastifyInstance, { host, port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
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
async function drain(
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
  } finally {
    clearTimeout(cut);
    clearInterval(hangUp);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
