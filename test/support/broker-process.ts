import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A broker in a process of its own, to be killed. */
export interface BrokerProcess {
  readonly url: string;
  readonly mqttUrl: string;
  /** Resolves when the process is gone. */
  kill(): Promise<void>;
}

/** Starts the built broker and resolves when it is ready. Ports that are 0 are free ones. */
export function startBrokerProcess(
  data: string,
  ports: { readonly http: number; readonly mqtt: number } = { http: 0, mqtt: 0 },
): Promise<BrokerProcess> {
  const env = {
    ...process.env,
    ORIEL_DATA: data,
    ORIEL_PORT: String(ports.http),
    ORIEL_MQTT: 'on',
    ORIEL_MQTT_PORT: String(ports.mqtt),
    ORIEL_MQTT_ACCESS: 'open',
    ORIEL_DEVICE_MESSAGES_PER_SECOND: '0',
  };
  const child = spawn(process.execPath, ['dist/cli.js', 'start'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    let url = '';
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`the broker ended with ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { url: told, mqtt, msg } = JSON.parse(line) as { url?: string; mqtt?: string[]; msg?: string };
      url = told ?? url;
      if (msg === 'ready') resolve({ url, mqttUrl: mqtt?.[0] ?? '', kill: () => killed(child) });
    });
  });
}

function killed(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.removeAllListeners('exit');
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
