/*
 * How fast a large dataset is exported, and what that does to others: rows a second beside a bare write of the same bytes, the
 * memory of the process at its highest beside that before, and the 99th percentile of a point read every few milliseconds with
 * and without an export, which another process fetches. The broker is started as `npm start` does, and anew after it was filled. Needs a build.
 *
 *     npx tsx bench/micro/open-data-exports.ts [entities] [formats, joined by commas]
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Pool } from 'undici';
import { startArguments } from '../city/prepare-data.ts';

const entities = Number(process.argv[2] ?? 1_000_000);
const formats = (process.argv[3] ?? 'csv,geojson').split(',');
const batch = 1000;
const everyMs = 5;
const directory = mkdtempSync(join(tmpdir(), 'oriel-exports-'));

let { broker, pool } = await start();

try {
  await load();
  await stop();
  ({ broker, pool } = await start());
  for (const format of formats) await measure(format);
} finally {
  await stop();
  rmSync(directory, { recursive: true, force: true });
}

async function start(): Promise<{ broker: { process: ChildProcess; url: string }; pool: Pool }> {
  const process = spawn(
    execPath,
    [...startArguments, '--port', '0', '--admin', 'on', '--data', join(directory, 'data')],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const url = await new Promise<string>((resolve) => {
    createInterface(process.stdout).on('line', (line) => {
      const { msg, url: at } = JSON.parse(line) as { msg: string; url: string };
      if (msg === 'ready') resolve(at);
    });
  });
  return {
    broker: { process, url },
    pool: new Pool(url, { connections: 4, headersTimeout: 600_000, bodyTimeout: 600_000 }),
  };
}

async function stop(): Promise<void> {
  await pool.close();
  broker.process.kill('SIGTERM');
  await new Promise((resolve) => broker.process.once('close', resolve));
}

async function measure(format: string): Promise<void> {
  const idle = await percentile(sleep(5000));
  const before = memory('VmRSS');
  let highest = before;
  const sampling = setInterval(() => {
    highest = Math.max(highest, memory('VmRSS'));
  }, 50);
  const exported = download(format);
  const busy = await percentile(exported);
  clearInterval(sampling);
  const { bytes, sha256, tookMs } = await exported;
  const bare = bareWrite(bytes);
  const rate = (entities / tookMs) * 1000;
  console.log(
    `${format}: ${bytes} bytes (${sha256.slice(0, 8)}) in ${(tookMs / 1000).toFixed(1)} s, ${rate.toFixed(0)} rows/s; ` +
      `a bare write takes ${(bare / 1000).toFixed(2)} s (${(tookMs / bare).toFixed(1)} times); ` +
      `memory ${before.toFixed(0)} MB before, ${highest.toFixed(0)} MB at most; ` +
      `p99 of others ${idle.toFixed(2)} ms before, ${busy.toFixed(2)} ms meanwhile (${(busy / idle).toFixed(1)} times)`,
  );
}

async function load(): Promise<void> {
  for (let from = 0; from < entities; from += batch) {
    const chunk = Array.from({ length: Math.min(batch, entities - from) }, (_, place) => {
      const number = from + place;
      const coordinates = [-3.7 + (number % 1000) / 5000, 40.4 + (number % 777) / 5000];
      return {
        id: `urn:ngsi-ld:ParkingSpot:${number}`,
        type: 'ParkingSpot',
        status: { value: number % 3 === 0 ? 'free' : 'occupied' },
        temperature: { value: 20.5 },
        name: { value: `Spot ${number}` },
        floor: { value: number % 7 },
        location: { type: 'geo:json', value: { type: 'Point', coordinates } },
      };
    });
    await send('POST', '/v2/op/update', { actionType: 'append', entities: chunk });
  }
  await send('PUT', '/admin/datasets/spots', {
    id: 'spots',
    published: true,
    title: 'Spots',
    description: 'For the bench',
    publisher: { name: 'Bench' },
    requestsPerMinute: 1_000_000,
    view: { types: ['ParkingSpot'], attributes: ['status', 'temperature', 'name', 'floor', 'location'] },
  });
}

async function send(method: 'POST' | 'PUT', path: string, body: object): Promise<void> {
  const answer = await pool.request({
    method,
    path,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode} ${text}`);
}

async function download(format: string): Promise<{ bytes: number; sha256: string; tookMs: number }> {
  const url = `${broker.url}/dataset/spots/data.${format}`;
  const { stdout } = await promisify(execFile)(execPath, ['--import', 'tsx', 'bench/load/download.ts', url]);
  return JSON.parse(stdout) as { bytes: number; sha256: string; tookMs: number };
}

/** The 99th percentile of point reads, in milliseconds, until the other work is done. */
async function percentile(until: Promise<unknown>): Promise<number> {
  let done = false;
  void until.finally(() => {
    done = true;
  });
  const taken: number[] = [];
  while (!done) {
    const start = performance.now();
    const { body } = await pool.request({
      method: 'GET',
      path: `/v2/entities/urn:ngsi-ld:ParkingSpot:${taken.length % entities}`,
    });
    await body.text();
    taken.push(performance.now() - start);
    await sleep(everyMs);
  }
  taken.sort((a, b) => a - b);
  return taken[Math.floor(taken.length * 0.99)] ?? 0;
}

/** The limit: as many bytes written to the same disk, and nothing else; in milliseconds. */
function bareWrite(bytes: number): number {
  const piece = Buffer.alloc(256 * 1024, 'x');
  const file = openSync(join(directory, 'bare'), 'w');
  const start = performance.now();
  for (let written = 0; written < bytes; )
    written += writeSync(file, piece, 0, Math.min(piece.length, bytes - written));
  closeSync(file);
  return performance.now() - start;
}

/** In MB. */
function memory(field: 'VmRSS'): number {
  const found = new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${broker.process.pid}/status`, 'utf8'));
  return Number(found?.[1] ?? 0) / 1024;
}
