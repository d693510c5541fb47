import type { EntityDraft } from '../../core/change/entity-draft.ts';
import type { AttributeWrite } from '../../core/change/mutation.ts';
import type { EntityRef } from '../../core/entity/entity-ref.ts';
import { checkPathIdentifier } from '../../dialects/ngsiv2/identifiers.ts';
import type { NgsiOption } from '../../dialects/ngsiv2/options-parameter.ts';
import type { PayloadForm } from '../../dialects/ngsiv2/parse-attribute.ts';
import type { TextRules } from '../../dialects/ngsiv2/text-rules.ts';

/** Parameters of the paths below `/v2/entities/{entityId}`, percent-decoded. */
export interface EntityPath {
  readonly entityId: string;
}

export interface AttributePath extends EntityPath {
  readonly attrName: string;
}

/** The entity that path and `type` name. Refuses what cannot be an id. */
export function entityRef({ entityId: id }: EntityPath, type: string | undefined, rules: TextRules): EntityRef {
  checkPathIdentifier('entity id', id, rules);
  return type === undefined ? { id } : { id, type };
}

/** The attribute that the path names. Refuses what cannot be a name. */
export function attributeNameOf({ attrName }: AttributePath, rules: TextRules): string {
  checkPathIdentifier('attribute name', attrName, rules);
  return attrName;
}

/** What a request about the entity writes to it; nothing where it is about the entity itself. */
export function draftOf({ id, type }: EntityRef, writes: readonly AttributeWrite[] = []): EntityDraft {
  return { id, types: type === undefined ? [] : [type], writes };
}

/** Of a request that has none. */
export const noOptions = { overrideMetadata: false, forced: false } as const;

/** How the body writes attributes. */
export function payloadForm(options: ReadonlySet<NgsiOption>): PayloadForm {
  return options.has('keyValues') ? 'keyValues' : 'normalized';
}

/** What `options` asks of every kind of write. */
export function writeOptions(options: ReadonlySet<NgsiOption>): { overrideMetadata: boolean; forced: boolean } {
  return { overrideMetadata: options.has('overrideMetadata'), forced: options.has('forcedUpdate') };
}
