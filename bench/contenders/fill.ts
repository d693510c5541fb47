import { renderEntity } from '../../src/dialects/ngsiv2/render-entity.ts';
import { anEntity } from '../city/madrid.ts';
import { type Contender, send } from './contender.ts';

const batch = 200;

/** Every type of the city's: counted to tell whether a broker holds the city. */
const countAll = '/v2/entities?limit=1&options=count';

/** Has the broker hold a city of so many entities, through its API; one that has as many is left as it is, unless `anew`. */
export async function fillThroughApi(contender: Contender, entities: number, anew: boolean): Promise<void> {
  if (!anew && (await countOf(contender)) === entities) return;
  console.error(`filling ${contender.name} with ${entities} entities`);
  // One request after the other: the order of creation is the order of entities without `orderBy`.
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

async function countOf(contender: Contender): Promise<number> {
  const response = await fetch(contender.url + countAll, { headers: contender.headers });
  await response.arrayBuffer();
  return Number(response.headers.get('fiware-total-count'));
}
