import { constants, platform, setPriority } from 'node:os';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { EncodingRequest, FromEncoding, ToEncoding } from './encoding-messages.ts';
import { Inbox } from './inbox.ts';

/** Batches that are asked for, and steps that are told, before the other side has answered: neither side waits for the other then. */
const ahead = 4;

/** Makes what a job says of the entities, as `Encoder` has it; tells plain data. */
type Encode<Job> = (job: Job, batches: AsyncIterable<readonly string[]>) => AsyncIterable<unknown>;

/** Encodes what `EncodingThread` asks for, in the thread that it runs; several jobs by turns. `setup` is what that was given. */
export function serveEncoding<Job, Setup>(encodeWith: (setup: Setup) => Encode<Job>): void {
  // Where others wait for a core, they go first. Only Linux knows priorities of threads: elsewhere that of the process would change.
  if (platform() === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const encode = encodeWith(workerData as Setup);
  parentPort?.on('message', ({ job, port }: EncodingRequest<Job>) => {
    void serve(port, (batches) => encode(job, batches));
  });
}

async function serve(
  port: MessagePort,
  encode: (batches: AsyncIterable<readonly string[]>) => AsyncIterable<unknown>,
): Promise<void> {
  const send = (message: FromEncoding<unknown>) => port.postMessage(message);
  const batches = new Inbox<readonly string[] | 'end'>();
  const taken = new Inbox<'taken'>();
  port.on('message', (message: ToEncoding) => {
    if (message.kind === 'taken') taken.put('taken');
    else batches.put(message.kind === 'end' ? 'end' : message.texts);
  });
  port.on('close', () => {
    const error = new Error('the file is wanted no more');
    batches.fail(error);
    taken.fail(error);
  });
  try {
    let sent = 0;
    for await (const progress of encode(given(batches, () => send({ kind: 'wanted' })))) {
      send({ kind: 'progress', progress });
      sent += 1;
      if (sent > ahead) await taken.next();
    }
    send({ kind: 'done' });
  } catch (error) {
    send({ kind: 'failed', error: error instanceof Error ? error : new Error(String(error)) });
  }
}

async function* given(batches: Inbox<readonly string[] | 'end'>, want: () => void): AsyncGenerator<readonly string[]> {
  for (let asked = 0; asked < ahead; asked += 1) want();
  for (let batch = await batches.next(); batch !== 'end'; batch = await batches.next()) {
    want();
    yield batch;
  }
}
