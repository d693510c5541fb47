import type { Entity } from './entity.ts';
import { decodeEntity, encodeEntity } from './stored-form.ts';

/** Characters of stored forms from which on those before them are forgotten; at most twice as many are remembered. */
const maxCharacters = 500_000;

/** Stored forms and entities, both ways. */
interface Forms {
  readonly texts: Map<Entity, string>;
  readonly entities: Map<string, Entity>;
  characters: number;
}

let latest = noForms();
let before = noForms();

/**
 * As `encodeEntity`, for a text that is soon asked for again, or read: the stored form of a change is wanted by the row of its
 * entity, by the outbox and by each notification, all within moments (bench/notify-one). Nothing depends on what is
 * remembered, and it is never much.
 */
export function encodeForReuse(entity: Entity): string {
  const known = latest.texts.get(entity) ?? before.texts.get(entity);
  if (known !== undefined) return known;
  const text = encodeEntity(entity);
  latest.texts.set(entity, text);
  latest.entities.set(text, entity);
  latest.characters += text.length;
  if (latest.characters > maxCharacters) {
    before = latest;
    latest = noForms();
  }
  return text;
}

/** As `encodeEntity`. */
export function encodedEntity(entity: Entity): string {
  return latest.texts.get(entity) ?? before.texts.get(entity) ?? encodeEntity(entity);
}

/** As `decodeEntity`, of a text that `encodeForReuse` may have rendered; two calls may give the same object. A -0 may still be one. */
export function decodedEntity(text: string): Entity {
  return latest.entities.get(text) ?? before.entities.get(text) ?? decodeEntity(text);
}

function noForms(): Forms {
  return { texts: new Map(), entities: new Map(), characters: 0 };
}
