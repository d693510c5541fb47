import type { EntitySelector, OrderKey } from '../../../core/query/query.ts';
import type { Question } from '../../../core/registration/question.ts';
import { attributePath } from '../builtin-names.ts';
import { defaultLimit } from '../page-parameters.ts';
import { renderFilters } from './render-filter.ts';

/** A query operation, and what of the question it says. */
export interface RenderedQuestion {
  readonly body: object;
  /** Of the URL; empty for a handful of entities by their ids, so that providers need not know of pages. */
  readonly parameters: string;
  readonly ordered: boolean;
}

/** A question as `POST /op/query` asks it. [V2 query operation] */
export function renderQuestion(question: Question): RenderedQuestion {
  const { selectors, attributes, times, filters, order, offset, limit, count } = question;
  const expression = renderFilters(filters);
  const orderBy = renderOrder(order, expression?.georel?.startsWith('near') === true);
  const isHandful = selectors.reduce((sum, { ids }) => sum + (ids?.length ?? defaultLimit + 1), 0) <= defaultLimit;
  const parameters = [
    ...(isHandful
      ? []
      : [`limit=${limit}`, ...(offset > 0 ? [`offset=${offset}`] : []), ...(count ? ['options=count'] : [])]),
    ...(orderBy !== undefined && orderBy !== '' ? [`orderBy=${encodeURIComponent(orderBy)}`] : []),
  ];
  const attrs = [
    ...(times ? ['dateCreated', 'dateModified'] : []),
    ...(times && attributes.length === 0 ? ['*'] : attributes),
  ];
  return {
    body: {
      entities: selectors.flatMap(renderSelector),
      ...(attrs.length > 0 && { attrs }),
      ...(expression !== undefined && { expression }),
    },
    parameters: parameters.join('&'),
    ordered: orderBy !== undefined,
  };
}

/** An item for each id and type; where no id is known, every one is meant. */
function renderSelector({ ids, idPattern, types, typePattern }: EntitySelector): object[] {
  const ofIds = ids?.map((id) => ({ id })) ?? [{ idPattern: idPattern?.source ?? '.*' }];
  const ofTypes = types?.map((type) => ({ type })) ?? [
    typePattern === undefined ? {} : { typePattern: typePattern.source },
  ];
  return ofIds.flatMap((one) => ofTypes.map((type) => ({ ...one, ...type })));
}

/** The names to order by; undefined where they do not say the order. */
function renderOrder(order: readonly OrderKey[], isNear: boolean): string | undefined {
  const names: string[] = [];
  for (const [place, { by, descending, collation }] of order.entries()) {
    const name = by.kind === 'distance' ? (isNear && place === 0 ? 'geo:distance' : undefined) : nameOf(by);
    if (name === undefined || collation !== undefined) return undefined;
    names.push(descending ? `!${name}` : name);
  }
  return names.join(',');
}

const builtins = ['dateCreated', 'dateModified', 'dateExpires', 'id', 'type'];

function nameOf(by: Exclude<OrderKey['by'], { kind: 'distance' }>): string | undefined {
  if (by.kind === 'builtin') {
    if (by.attribute === undefined && (by.name === 'id' || by.name === 'type')) return by.name;
    return builtins.find((name) => JSON.stringify(attributePath(name)) === JSON.stringify(by));
  }
  const { attribute } = by;
  const isPlain = JSON.stringify(attributePath(attribute)) === JSON.stringify(by);
  return isPlain && /^[A-Za-z0-9_:@.-]+$/.test(attribute) && !builtins.includes(attribute) ? attribute : undefined;
}
