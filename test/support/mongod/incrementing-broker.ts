import { openMongoStores } from '../../../src/adapters/stores/mongodb/mongo-stores.ts';
import type { TenantName } from '../../../src/core/scope.ts';
import { byId, numberOf, update, withNumber } from '../store-commands.ts';
import { storeSettings } from '../store-settings.ts';

/*
 * A process that adds one to an entity that others add to as well: `incrementing-broker.ts URI TIMES`. It says `done` when MongoDB has
 * acknowledged all of it.
 */

const [, , uri = '', times = ''] = process.argv;
const stores = await openMongoStores({ ...storeSettings, leaseMs: 2000, readStalenessMs: 1000, uri });
const { entities } = stores.tenant('city' as TenantName);
const addOne = update(byId('Counter'), (entity) => withNumber(entity, 'n', numberOf(entity, 'n') + 1));
const writers = 20;
await Promise.all(
  Array.from({ length: writers }, async () => {
    for (let done = 0; done < Number(times) / writers; done++) await entities.write([addOne]);
  }),
);
await stores.close();
process.stdout.write('done\n');
