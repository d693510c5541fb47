import { memoryEngine } from '../support/store-engines.ts';
import { describeEntityStore } from './entity-store-contract.ts';

describeEntityStore('memory', memoryEngine);
