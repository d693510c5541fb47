import { renderEntity } from '../../src/dialects/ngsiv2/render-entity.ts';
import { anEntity } from '../city/madrid.ts';
import { type Contender, send } from './contender.ts';

/** A broker that was started by somebody else, as `--target` names it. */
export interface TargetAddress {
  readonly name: string;
  readonly url: string;
}

/** `URL` or `NAME=URL`. */
export function parseTarget(text: string): TargetAddress {
  const [, name, address = ''] = /^(?:([^=/:]+)=)?(.*)$/.exec(text) ?? [];
  if (!URL.canParse(address)) throw new Error(`--target takes http://host:port or name=http://host:port, not ${text}`);
  const { origin, host } = new URL(address);
  return { name: name ?? host, url: origin };
}

const batch = 200;

/** Every type of the city's: counted to tell whether a target holds the city. */
const countAll = '/v2/entities?limit=1&options=count';

/**
 * The target with a city of so many entities in a tenant of its own, so that nothing else that it holds is touched. `fresh`: one
 * that workloads write to, filled anew; the other is filled once, and read only.
 */
export async function prepareTarget(address: TargetAddress, entities: number, fresh: boolean): Promise<Contender> {
  const contender: Contender = {
    ...address,
    role: 'target',
    headers: { 'fiware-service': `bench${entities}${fresh ? 'written' : 'read'}` },
  };
  if (fresh || (await countOf(contender)) !== entities) await fill(contender, entities);
  return contender;
}

async function countOf(contender: Contender): Promise<number> {
  const response = await fetch(contender.url + countAll, { headers: contender.headers });
  await response.arrayBuffer();
  return Number(response.headers.get('fiware-total-count'));
}

/** One request after the other: the order of creation is the order of entities without `orderBy`. */
async function fill(contender: Contender, entities: number): Promise<void> {
  console.error(`filling ${contender.name} with ${entities} entities`);
  for (let first = 0; first < entities; first += batch) {
    const some = Array.from({ length: Math.min(batch, entities - first) }, (_, at) =>
      renderEntity(anEntity(first + at), { representation: 'normalized' }),
    );
    const { status, body } = await send(contender, {
      method: 'POST',
      path: '/v2/op/update',
      headers: { 'content-type': 'application/json' },
      body: `{"actionType":"append","entities":[${some.join(',')}]}`,
    });
    if (status !== 204) throw new Error(`${contender.name} takes no entities: ${status} ${body.slice(0, 200)}`);
  }
}
