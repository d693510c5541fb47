import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server in its own process. */
export interface ServerProcess {
  readonly url: string;
  /** Milliseconds from the start of the process to its first answer. */
  readonly readyAfterMs: number;
  /** Processor time used so far, in microseconds, user and system, of all its threads and of the processes that it started. NaN where there is no `/proc`. */
  cpuMicros(): number;
  /** Resident memory now and at its peak, in bytes. NaN where there is no `/proc`. */
  memory(): { readonly resident: number; readonly peak: number };
  stop(): Promise<void>;
}

/** Starts `node <args>` with the port in `ORIEL_PORT` and waits until the health path answers 200. Fails when the process ends before. */
export async function startServer(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  healthPath: string,
): Promise<ServerProcess> {
  const port = await freePort();
  const started = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env, ORIEL_PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(url + healthPath))) {
    if (child.exitCode !== null) throw new Error(`${args.join(' ')} ended with ${child.exitCode} before it was ready`);
    await sleep(20);
  }
  return {
    url,
    readyAfterMs: performance.now() - started,
    cpuMicros: () => cpuMicrosOf(child),
    memory: () => memoryOf(child),
    stop: () => stop(child),
  };
}

/** Runs `node <args>` to its end; fails when it does. */
export async function runToEnd(args: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
}

/** Runs `node <args>` to its end and gives what it printed; fails when it does. */
export async function outputOf(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return output;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** As `ServerProcess.cpuMicros`. */
export function cpuMicrosOf(child: ChildProcess): number {
  const started = readProc(child.pid, `task/${child.pid}/children`)
    .split(' ')
    .filter((pid) => pid !== '');
  return [child.pid, ...started].reduce<number>((sum, pid) => sum + cpuMicrosOfProcess(pid), 0);
}

function cpuMicrosOfProcess(pid: number | string | undefined): number {
  const fields = readProc(pid, 'stat').split(') ')[1]?.split(' ') ?? [];
  // Clock ticks are 100 a second on every Linux.
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

function memoryOf(child: ChildProcess): { resident: number; peak: number } {
  const status = readProc(child.pid, 'status');
  const kilobytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
  return { resident: kilobytes('VmRSS') * 1024, peak: kilobytes('VmHWM') * 1024 };
}

/** Empty where there is none: on other systems than Linux, and of a process that has ended. */
function readProc(pid: number | string | undefined, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
