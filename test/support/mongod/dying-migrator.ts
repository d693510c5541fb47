import { openMongoStores } from '../../../src/adapters/stores/mongodb/mongo-stores.ts';
import { storeSettings } from '../store-settings.ts';
import { laterForms } from './later-forms.ts';

/*
 * A broker of a later release that is killed in the middle of its migration: `dying-migrator.ts URI PLACE BATCH`, where it dies at the entity of that
 * place.
 */

const [, , uri = '', place = '', batch = ''] = process.argv;
const forms = laterForms(({ _id }) => {
  if (_id === Number(place)) process.kill(process.pid, 'SIGKILL');
});
await openMongoStores({
  ...storeSettings,
  leaseMs: 1000,
  readStalenessMs: 1000,
  forms,
  migrationBatchSize: Number(batch),
  uri,
});
// Waits for its end.
setInterval(() => undefined, 1000);
