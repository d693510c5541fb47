import { initialState, type StoredSubscription } from '../../src/core/subscription/subscription.ts';
import { noon } from './entity-builder.ts';

/** An active subscription to everything, made at noon, except for what is said of it. */
export function aStoredSubscription(spec: Partial<StoredSubscription> = {}): StoredSubscription {
  return {
    id: 'S',
    dialect: 'ngsiv2',
    scopes: [],
    document: {},
    state: initialState('active'),
    createdAt: noon,
    modifiedAt: noon,
    ...spec,
  };
}
