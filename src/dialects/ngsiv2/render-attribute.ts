import type { Attribute } from '../../core/entity/entity.ts';
import { renderInstant } from '../../core/time/instant.ts';
import { shownType, shownValue } from './render-value.ts';

/** One attribute in the normalized form: type, value, metadata. `metadata` as in `Projection`. [V2 JSON attribute representation] */
export function renderNormalized(attribute: Attribute, metadata: readonly string[] | undefined): string {
  const type = JSON.stringify(shownType(attribute));
  return `{"type":${type},"value":${renderShown(attribute)},"metadata":${renderMetadata(attribute, metadata)}}`;
}

/** The value alone, as JSON. */
export function renderShown(attribute: Attribute): string {
  return JSON.stringify(shownValue(attribute));
}

function renderMetadata(attribute: Attribute, names: readonly string[] | undefined): string {
  // By far the most common: nothing to show.
  if (names === undefined && attribute.subAttributes === undefined && !hasOwnMetadata(attribute)) return '{}';
  let text = '';
  for (const name of namesShown(attribute, names)) {
    const item = renderItem(attribute, name);
    if (item !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${item}`;
  }
  return `{${text}}`;
}

/** The names to look for, in the order of the answer: a list's own, or the attribute's and then the builtins named beside `*`. */
function namesShown(attribute: Attribute, names: readonly string[] | undefined): Iterable<string> {
  if (names !== undefined && !names.includes('*')) return names;
  const shown = new Set(attribute.subAttributes?.keys());
  for (const name of ownMetadata) shown.add(name);
  if (names !== undefined) for (const name of timeMetadata) if (names.includes(name)) shown.add(name);
  return shown;
}

/** What NGSI-LD keeps beside the value, and NGSIv2 knows as metadata. */
const ownMetadata = ['observedAt', 'unitCode'] as const;
const timeMetadata = ['dateCreated', 'dateModified'] as const;

function hasOwnMetadata(attribute: Attribute): boolean {
  return attribute.observedAt !== undefined || (attribute.kind === 'property' && attribute.unitCode !== undefined);
}

function renderItem(attribute: Attribute, name: string): string | undefined {
  const sub = attribute.subAttributes?.get(name);
  if (sub !== undefined) return `{"type":${JSON.stringify(shownType(sub))},"value":${renderShown(sub)}}`;
  switch (name) {
    case 'dateCreated':
      return renderTime(attribute.createdAt);
    case 'dateModified':
      return renderTime(attribute.modifiedAt);
    case 'observedAt':
      return attribute.observedAt === undefined ? undefined : renderTime(attribute.observedAt);
    case 'unitCode':
      return attribute.kind === 'property' && attribute.unitCode !== undefined
        ? `{"type":"Text","value":${JSON.stringify(attribute.unitCode)}}`
        : undefined;
    default:
      return undefined;
  }
}

function renderTime(instant: number): string {
  return `{"type":"DateTime","value":"${renderInstant(instant)}"}`;
}
