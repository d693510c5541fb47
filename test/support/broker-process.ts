import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A broker in a process of its own, to be killed. */
export interface BrokerProcess {
  readonly url: string;
  readonly mqttUrl: string;
  readonly pid: number;
  /** Lines of the log that say something of this name, so far. */
  logged(msg: string): readonly Readonly<Record<string, unknown>>[];
  /** Asks the process to stop; resolves with its exit code. */
  stop(): Promise<number | null>;
  /** Resolves when the process is gone. */
  kill(): Promise<void>;
}

/** Starts the built broker and resolves when it is ready. Ports that are 0 are free ones. */
export function startBrokerProcess(
  data: string,
  ports: { readonly http: number; readonly mqtt: number } = { http: 0, mqtt: 0 },
  variables: Readonly<Record<string, string>> = {},
): Promise<BrokerProcess> {
  const env = {
    ...process.env,
    ORIEL_DATA: data,
    ORIEL_PORT: String(ports.http),
    ORIEL_MQTT: 'on',
    ORIEL_MQTT_PORT: String(ports.mqtt),
    ORIEL_MQTT_ACCESS: 'open',
    ORIEL_DEVICE_MESSAGES_PER_SECOND: '0',
    ...variables,
  };
  const child = spawn(process.execPath, ['dist/cli.js', 'start'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    let url = '';
    const lines: Record<string, unknown>[] = [];
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`the broker ended with ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const read = JSON.parse(line) as { url?: string; mqtt?: string[]; msg?: string };
      lines.push(read);
      url = read.url ?? url;
      if (read.msg !== 'ready') return;
      resolve({
        url,
        mqttUrl: read.mqtt?.[0] ?? '',
        pid: child.pid ?? 0,
        logged: (msg) => lines.filter((one) => one.msg === msg),
        kill: () => ended(child, 'SIGKILL').then(() => undefined),
        stop: () => ended(child, 'SIGTERM'),
      });
    });
  });
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.removeAllListeners('exit');
    child.once('exit', resolve);
    child.kill(signal);
  });
}
