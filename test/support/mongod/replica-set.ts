import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Document, MongoClient } from 'mongodb';

/** One member of a replica set: a mongod with files of its own. */
export interface Member {
  readonly port: number;
  readonly directory: string;
  process: ChildProcess;
}

/** In memory where there is a file system in memory: a flush costs little there. */
const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A replica set on this machine, of as many members as asked for, ready for writes. Stopping it removes its files. */
export class ReplicaSet {
  readonly members: Member[] = [];
  readonly #binary: string;

  private constructor(binary: string) {
    this.#binary = binary;
  }

  /** `hostOf`: how a member is called, where that is not by its own port; `firstPort`: where the first member listens. */
  static async start(
    binary: string,
    size: number,
    hostOf: (port: number) => string | Promise<string> = (port) => `127.0.0.1:${port}`,
    firstPort?: number,
  ): Promise<ReplicaSet> {
    const set = new ReplicaSet(binary);
    try {
      // Held until all are chosen: a port that was let go would be given to the next who asks, before a member has it.
      const held = await Promise.all(Array.from({ length: firstPort === undefined ? size : size - 1 }, holdPort));
      const ports = [...(firstPort === undefined ? [] : [firstPort]), ...held.map(({ port }) => port)];
      const hosts = await Promise.all(ports.map(hostOf));
      await Promise.all(held.map(({ letGo }) => letGo()));
      for (const port of ports) {
        const directory = mkdtempSync(join(base, 'oriel-mongod-'));
        set.members.push({ port, directory, process: set.#spawn(port, directory) });
      }
      await set.#initiate(hosts);
      return set;
    } catch (error) {
      await set.stop();
      throw error;
    }
  }

  /** Where clients connect. */
  get uri(): string {
    return `mongodb://${this.members.map(({ port }) => `127.0.0.1:${port}`).join()}/?replicaSet=rs`;
  }

  /** Asks a member itself, whatever its host is. */
  async ask(member: Member, command: Document): Promise<Document> {
    const client = new MongoClient(`mongodb://127.0.0.1:${member.port}/?directConnection=true`);
    try {
      return await client.db('admin').command(command);
    } finally {
      await client.close();
    }
  }

  /** The member that takes writes now, where there is one. */
  async primary(): Promise<Member | undefined> {
    for (const member of this.members) {
      if (hasEnded(member.process)) continue;
      if ((await this.ask(member, { hello: 1 })).isWritablePrimary) return member;
    }
    return undefined;
  }

  /** Starts a member again that was killed, on its files. */
  restart(member: Member): void {
    member.process = this.#spawn(member.port, member.directory);
  }

  async stop(): Promise<void> {
    await Promise.all(this.members.map(({ process: mongod }) => ended(mongod)));
    for (const { directory } of this.members) rmSync(directory, { recursive: true, force: true });
  }

  #spawn(port: number, directory: string): ChildProcess {
    const parameters = [
      'enableTestCommands=1',
      'diagnosticDataCollectionEnabled=false',
      'transactionLifetimeLimitSeconds=20',
    ];
    return spawn(
      this.#binary,
      [
        ...['--replSet', 'rs', '--dbpath', directory, '--port', String(port), '--bind_ip', '127.0.0.1'],
        ...['--wiredTigerCacheSizeGB', '0.25', '--oplogSize', '64', '--logpath', join(directory, 'log'), '--quiet'],
        ...parameters.flatMap((parameter) => ['--setParameter', parameter]),
      ],
      { stdio: 'ignore' },
    );
  }

  async #initiate(hosts: readonly string[]): Promise<void> {
    const [first] = this.members;
    if (first === undefined) return;
    try {
      // The first one asks the others, and gives up where one does not answer yet.
      await Promise.all(this.members.map((member) => this.ask(member, { ping: 1 })));
      // Fast enough for tests that kill the primary. All members are equal, and a new primary does not catch up with a member
      // that it cannot reach: one behind a cut network can still speak, and would win elections and be waited for without end.
      const settings = { electionTimeoutMillis: 1000, heartbeatIntervalMillis: 200, catchUpTimeoutMillis: 1000 };
      const members = hosts.map((host, _id) => ({ _id, host }));
      await this.ask(first, { replSetInitiate: { _id: 'rs', members, settings } });
      while (!(await this.primary())) await new Promise((again) => setTimeout(again, 20));
    } catch (error) {
      throw new Error(`no replica set: ${error}\n${logOf(first)}`);
    }
  }
}

/** The end of what a member has logged. */
export function logOf({ directory }: Member): string {
  const path = join(directory, 'log');
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(-20).join('\n') : '';
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function ended(mongod: ChildProcess): Promise<void> {
  if (hasEnded(mongod)) return Promise.resolve();
  return new Promise((resolve) => {
    mongod.once('exit', () => resolve());
    mongod.kill('SIGKILL');
  });
}

export async function freePort(): Promise<number> {
  const { port, letGo } = await holdPort();
  await letGo();
  return port;
}

/** A port that nobody else is given until it is let go. */
function holdPort(): Promise<{ readonly port: number; readonly letGo: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({ port, letGo: () => new Promise((done) => server.close(() => done())) });
    });
  });
}
