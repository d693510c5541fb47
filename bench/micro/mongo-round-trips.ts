/*
 * Oriel on MongoDB beside a server that asks MongoDB once a request: `GET` of entities by id and `PUT` of one value, by 50 connections, in
 * turns, on the same data. The bars are 5 and 3. It starts a mongod of its own, unless `MONGODB_URI` names one.
 *
 *     npm run build && npx tsx bench/micro/mongo-round-trips.ts [entities] [seconds] [rounds]
 */
import { renderEntity } from '../../src/dialects/ngsiv2/render-entity.ts';
import { findMongod } from '../../test/support/mongod/mongod-binary.ts';
import { ReplicaSet } from '../../test/support/mongod/replica-set.ts';
import { anEntity, counterCount, counterId } from '../city/madrid.ts';
import { seededRandom, whole } from '../city/seeded-random.ts';
import { type BenchRequest, type Contender, send } from '../contenders/contender.ts';
import { cpuMicrosOf, type ServerProcess, startServer } from '../contenders/server-process.ts';
import { steadyLoad } from '../load/steady-load.ts';

const entities = Number(process.argv[2] ?? 20_000);
const seconds = Number(process.argv[3] ?? 4);
const rounds = Number(process.argv[4] ?? 3);
const connections = 50;
const batch = 500;
/** What is measured has been compiled by then. */
const warmUpSeconds = 5;

interface Measured extends Contender {
  readonly process: ServerProcess;
}

async function started(
  name: string,
  role: Contender['role'],
  args: readonly string[],
  store: string,
  health: string,
): Promise<Measured> {
  const env = { ORIEL_STORE: store, ORIEL_LOG_LEVEL: 'warn' };
  const server = await startServer(args, env, health);
  return { name, role, url: server.url, headers: {}, process: server };
}

async function fill(broker: Contender): Promise<void> {
  for (let first = 0; first < entities; first += batch) {
    const some = Array.from({ length: Math.min(batch, entities - first) }, (_, at) =>
      renderEntity(anEntity(first + at), { representation: 'normalized' }),
    );
    const body = `{"actionType":"append","entities":[${some.join(',')}]}`;
    const headers = { 'content-type': 'application/json' };
    const { status } = await send(broker, { method: 'POST', path: '/v2/op/update', headers, body });
    if (status !== 204) throw new Error(`no entities: ${status}`);
  }
}

const random = seededRandom(7);
const several = (make: (id: string, at: number) => BenchRequest) => {
  const ids = Array.from({ length: 10_000 }, () => counterId(whole(random, counterCount(entities))));
  return ids.flatMap((id, at) => [make(id, 2 * at), make(id, 2 * at + 1)]);
};
const workloads: readonly {
  readonly name: string;
  readonly bar: number;
  readonly requests: readonly BenchRequest[];
}[] = [
  { name: 'GET by id', bar: 5, requests: several((id) => ({ method: 'GET', path: `/v2/entities/${id}` })) },
  {
    name: 'PUT value',
    bar: 3,
    // Each another value than the one before, round and round: an update that changes nothing is none.
    requests: several((id, at) => ({
      method: 'PUT',
      path: `/v2/entities/${id}/attrs/intensity/value`,
      headers: { 'content-type': 'text/plain' },
      body: String(2 * whole(random, 3500) + (at % 2)),
    })),
  },
];

const given = process.env.MONGODB_URI;
const binary = await findMongod();
if (given === undefined && 'missing' in binary) throw new Error(binary.missing);
const set = given === undefined && 'path' in binary ? await ReplicaSet.start(binary.path, 1) : undefined;
const uri = (given ?? set?.uri ?? '').replace(/\/\?/, '/orielbench?');
const first = set?.members[0];
/** Processor time of the mongod that this has started; NaN of another one. */
const mongodMicros = () => (first === undefined ? Number.NaN : cpuMicrosOf(first.process));
const oriel = await started('oriel', 'oriel', ['dist/cli.js', 'start'], uri, '/health/ready');
await fill(oriel);
const plain = await started('one by one', 'limit', ['--import', 'tsx', 'bench/limits/mongo-one-by-one.ts'], uri, '/');
try {
  for (const { name, bar, requests } of workloads) {
    const rates = { oriel: [] as number[], plain: [] as number[] };
    const mongod = { oriel: [] as number[], plain: [] as number[] };
    const micros = { oriel: [] as number[], plain: [] as number[] };
    for (const contender of [oriel, plain]) await steadyLoad(contender, requests, warmUpSeconds, connections);
    for (let round = 0; round < rounds; round++) {
      for (const [key, contender] of [
        ['oriel', oriel],
        ['plain', plain],
      ] as const) {
        const mongodBefore = mongodMicros();
        const stretch = await steadyLoad(contender, requests, seconds, connections);
        rates[key].push(stretch.requests / stretch.seconds);
        micros[key].push(stretch.cpuMicros / stretch.requests);
        mongod[key].push((mongodMicros() - mongodBefore) / stretch.requests);
      }
    }
    const best = (of: readonly number[]) => Math.max(...of);
    const least = (of: readonly number[]) => Math.round(Math.min(...of));
    const ratio = best(rates.oriel) / best(rates.plain);
    console.log(
      `${name.padEnd(12)} ${Math.round(best(rates.oriel))}/s beside ${Math.round(best(rates.plain))}/s one by one: ` +
        `ratio ${ratio.toFixed(2)} (bar ${bar}) ${ratio >= bar ? 'ok' : 'BELOW'}; processor time a request, in µs: ` +
        `Oriel ${least(micros.oriel)} and mongod ${least(mongod.oriel)}, beside ${least(micros.plain)} and ${least(mongod.plain)}`,
    );
  }
} finally {
  await plain.process.stop();
  await oriel.process.stop();
  await set?.stop();
}
