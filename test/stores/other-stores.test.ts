import { embeddedEngine, memoryEngine } from '../support/store-engines.ts';
import { describeDocumentStore } from './document-store-contract.ts';
import { describeOutbox } from './outbox-contract.ts';
import { describeSubscriptionStore } from './subscription-store-contract.ts';

for (const [name, engine] of [
  ['memory', memoryEngine],
  ['embedded', embeddedEngine()],
] as const) {
  describeSubscriptionStore(name, engine);
  describeOutbox(name, engine);
  describeDocumentStore(name, engine);
}
