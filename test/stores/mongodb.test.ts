import { mongoEngine } from '../support/store-engines.ts';
import { describeDocumentStore } from './document-store-contract.ts';
import { describeEntityStore } from './entity-store-contract.ts';
import { describeOutbox } from './outbox-contract.ts';
import { describeSubscriptionStore } from './subscription-store-contract.ts';

const engine = mongoEngine();

if (engine !== undefined) {
  describeEntityStore('mongodb', engine);
  describeSubscriptionStore('mongodb', engine);
  describeOutbox('mongodb', engine);
  describeDocumentStore('mongodb', engine);
}
