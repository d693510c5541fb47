import type { EntityChoice } from '../../broker/entities/patch-entity.ts';
import type { Awaitable } from '../../core/awaitable.ts';
import { invalidRequest } from '../../core/errors.ts';
import { isUri } from '../../core/names/uri.ts';
import type { LdVocabulary } from '../../dialects/ngsi-ld/context/context-vocabulary.ts';
import type { Parameters } from '../../dialects/ngsi-ld/query/parameters.ts';
import { parseTypeSelection, typesFilter } from '../../dialects/ngsi-ld/query/type-selection.ts';

export interface EntityPath {
  readonly entityId: string;
}

export interface AttributePath extends EntityPath {
  readonly attrId: string;
}

/**
 * The entity that the path and the parameter `type` name.
 *
 * Ids of NGSI-LD are URIs, those of NGSIv2 need not be: an entity is addressed by its id as it is. Only what does not exist is
 * refused for its form, see `refuseForeignId`.
 */
export function entityChoice({ entityId }: EntityPath, parameters: Parameters, vocabulary: LdVocabulary): EntityChoice {
  const type = parameters.get('type');
  if (type === undefined || type === '*') return { id: entityId };
  return { id: entityId, filter: typesFilter(parseTypeSelection(type, vocabulary)) };
}

/** Refuses an id that is no URI, once it is clear that no entity has it. [LD 5.7.1] */
export function refuseForeignId<Result>(id: string, act: () => Awaitable<Result>): Awaitable<Result> {
  return isUri(id) ? act() : refuseWhereMissing(id, act);
}

async function refuseWhereMissing<Result>(id: string, act: () => Awaitable<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    const isMissing = error instanceof Error && 'reason' in error && isNotFound(error.reason);
    throw isMissing ? invalidRequest(`${JSON.stringify(id)} is no URI, and no entity has it as its id`) : error;
  }
}

function isNotFound(reason: unknown): boolean {
  return typeof reason === 'object' && reason !== null && 'kind' in reason && reason.kind === 'entityNotFound';
}
