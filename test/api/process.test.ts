import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';

interface Started {
  readonly process: ChildProcess;
  readonly url: string;
  /** Every line of the log so far. */
  readonly lines: readonly { readonly msg: string }[];
  /** The exit code, once the process has ended. */
  readonly ended: Promise<number | null>;
}

const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});

/** The command as it is built; `npm test` builds it first. */
function oriel(args: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['dist/cli.js', ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  return child;
}

/** Starts a broker on a free port and waits until it is ready. */
async function start(data: string, ...args: readonly string[]): Promise<Started> {
  const child = oriel(['start', '--port', '0', '--data', data, ...args]);
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const lines: { msg: string; url?: string }[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (text) => {
      const line = JSON.parse(text) as { msg: string; url: string };
      lines.push(line);
      if (line.msg === 'ready') resolve(line.url);
    });
    void ended.then((code) => reject(new Error(`ended with ${code} before it was ready`)));
  });
  return { process: child, url, lines, ended };
}

/** Runs a command to its end. */
async function run(args: readonly string[], environment: Record<string, string> = {}) {
  const child = oriel(args, environment);
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const [code] = await once(child, 'close');
  return { code, output, errors };
}

const cutOff = 'requests under way took too long and are cut off';

const json = { 'content-type': 'application/json' };

describe('the process', () => {
  test('serves, stops in order on SIGTERM, and has everything when it starts again', async () => {
    const data = temporaryDirectory();
    const first = await start(data);
    const created = await fetch(`${first.url}/v2/entities`, {
      method: 'POST',
      headers: json,
      body: '{"id":"E","type":"T"}',
    });
    expect(created.status).toBe(201);
    first.process.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(first.lines.map(({ msg }) => msg).slice(-2)).toEqual(['stopping', 'stopped']);

    const second = await start(data);
    expect(await (await fetch(`${second.url}/v2/entities/E`)).json()).toEqual({ id: 'E', type: 'T' });
    second.process.kill('SIGINT');
    expect(await second.ended).toBe(0);
  });

  test('lets a request under way end, and takes no new connection meanwhile', async () => {
    const broker = await start(temporaryDirectory());
    const port = Number(new URL(broker.url).port);
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    await once(socket, 'connect');
    const head =
      'POST /v2/entities HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 21\r\nExpect: 100-continue\r\n\r\n';
    socket.write(head);
    // The broker asks for the body: the request is under way.
    const [proceed] = await once(socket, 'data');
    expect(proceed).toMatch(/^HTTP\/1\.1 100 Continue/);
    broker.process.kill('SIGTERM');
    await expect.poll(() => refused(port)).toBe(true);
    socket.write('{"id":"E","type":"T"}');
    const [answer] = await once(socket, 'data');
    expect(answer).toMatch(/^HTTP\/1\.1 201 Created/);
    expect(await broker.ended).toBe(0);
    expect(broker.lines.map(({ msg }) => msg)).not.toContain(cutOff);
  });

  test('cuts off what takes too long to end', async () => {
    const broker = await start(temporaryDirectory(), '--shutdown-timeout-ms', '50');
    const socket = connect(Number(new URL(broker.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    socket.write(
      'POST /v2/entities HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 21\r\nExpect: 100-continue\r\n\r\n',
    );
    await once(socket, 'data');
    broker.process.kill('SIGTERM');
    expect(await broker.ended).toBe(0);
    expect(broker.lines.map(({ msg }) => msg)).toContain(cutOff);
  });

  test('ends at once on a second signal', async () => {
    const broker = await start(temporaryDirectory());
    const socket = connect(Number(new URL(broker.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(
      'POST /v2/entities HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 21\r\nExpect: 100-continue\r\n\r\n',
    );
    await once(socket, 'data');
    broker.process.kill('SIGTERM');
    await expect.poll(() => broker.lines.some(({ msg }) => msg === 'stopping')).toBe(true);
    broker.process.kill('SIGTERM');
    expect(await broker.ended).toBe(1);
  });

  test('says what to do when its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, errors } = await run(['start', '--port', String(port), '--store', 'memory']);
    expect(code).toBe(1);
    expect(errors).toContain(
      `oriel: port ${port} on 127.0.0.1 is in use; stop what listens there, or set ORIEL_PORT or --port to another one`,
    );
    other.close();
  });

  test('says what to do when its data directory is taken', async () => {
    const data = temporaryDirectory();
    const broker = await start(data);
    const { code, errors } = await run(['start', '--port', '0', '--data', data]);
    expect(code).toBe(1);
    expect(errors).toContain(`oriel: the data in ${data} cannot be opened`);
    broker.process.kill('SIGTERM');
    await broker.ended;
  });

  test('says everything that is wrong with its configuration before it does anything', async () => {
    const { code, output, errors } = await run(['start', '--store', 'paper'], { ORIEL_PORT: 'x', ORIEL_CACHE_MB: '' });
    expect([code, output]).toEqual([1, '']);
    expect(errors).toBe(
      [
        'oriel: ORIEL_PORT is "x"; it must be a whole number from 0 to 65535',
        'oriel: --store is "paper"; it must be one of embedded, memory, or a connection string: mongodb://user:password@host,host/database?replicaSet=name',
        'oriel: see oriel start --help\n',
      ].join('\n'),
    );
  });

  test('says everything that is wrong with its endpoints before it does anything', async () => {
    const file = `${temporaryDirectory()}/endpoints.json`;
    writeFileSync(file, '{"a":{"url":"nowhere","password":"secret"}}');
    const { code, errors } = await run(['start', '--port', '0', '--store', 'memory', '--endpoints', file]);
    expect([code, errors]).toEqual([
      1,
      `oriel: ${file}, endpoint "a": url must be an absolute URL of http, https, mqtt or mqtts\n${file}, endpoint "a": user and password go together\n`,
    ]);
  });

  test('lists every option in oriel start --help', async () => {
    const { code, output } = await run(['start', '--help']);
    expect(code).toBe(0);
    for (const word of [
      '--port',
      'ORIEL_PORT, default 1026',
      'ORIEL_DATA, default ./data',
      'ORIEL_STORE, default embedded',
    ]) {
      expect(output.replaceAll(/\s+/g, ' ')).toContain(word);
    }
  });

  test('moves a tenant whole from one directory to another', async () => {
    const [from, to] = [temporaryDirectory(), temporaryDirectory()];
    const broker = await start(from);
    await fetch(`${broker.url}/v2/entities`, {
      method: 'POST',
      headers: { ...json, 'fiware-service': 'Madrid' },
      body: '{"id":"E","type":"T","a":{"value":1.5}}',
    });
    const first = await run(['export', '--data', from, '--tenant', 'madrid', '--output', `${to}/madrid.ndjson`]);
    expect([first.code, first.errors]).toEqual([0, 'oriel export: 1 entities\n']);
    broker.process.kill('SIGTERM');
    await broker.ended;
    const again = ['import', `${to}/madrid.ndjson`, '--data', to, '--tenant', 'madrid'];
    expect((await run(again)).errors).toBe('oriel import: 1 entities created, 0 unchanged, 0 replaced, 0 skipped\n');
    expect((await run(again)).errors).toBe('oriel import: 0 entities created, 1 unchanged, 0 replaced, 0 skipped\n');
    const [before, after] = [
      await run(['export', '--data', from, '--tenant', 'madrid']),
      await run(['export', '--data', to, '--tenant', 'madrid']),
    ];
    expect(before.output).not.toBe('');
    expect(after.output).toBe(before.output);
    const nobody = await run(['export', '--data', to, '--tenant', 'nobody']);
    expect([nobody.code, nobody.errors]).toEqual([1, `oriel export: tenant 'nobody' has no data in ${to}\n`]);
  });
});

async function refused(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}
