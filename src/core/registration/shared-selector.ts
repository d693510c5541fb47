import type { EntitySelector } from '../query/query.ts';
import type { TextPattern } from '../query/text-pattern.ts';

/**
 * The entities that both selectors cover, as far as one selector can say it: what a provider with the first is to be asked
 * by somebody who asks for the second. Undefined where no entity can be covered by both.
 *
 * Of two patterns the one asked for stands: what matches it alone is to be left out of the answer.
 */
export function sharedSelector(own: EntitySelector, asked: EntitySelector): EntitySelector | undefined {
  const ids = sharedTexts(own.ids, own.idPattern, asked.ids, asked.idPattern);
  const types = sharedTexts(own.types, own.typePattern, asked.types, asked.typePattern);
  if (ids === undefined || types === undefined) return undefined;
  return {
    ...(ids.texts !== undefined && { ids: ids.texts }),
    ...(ids.pattern !== undefined && { idPattern: ids.pattern }),
    ...(types.texts !== undefined && { types: types.texts }),
    ...(types.pattern !== undefined && { typePattern: types.pattern }),
  };
}

interface Texts {
  readonly texts?: readonly string[];
  readonly pattern?: TextPattern;
}

function sharedTexts(
  own: readonly string[] | undefined,
  ownPattern: TextPattern | undefined,
  asked: readonly string[] | undefined,
  askedPattern: TextPattern | undefined,
): Texts | undefined {
  const lists = own ?? asked;
  if (lists === undefined) {
    const pattern = askedPattern ?? ownPattern;
    return pattern === undefined ? {} : { pattern };
  }
  const texts = lists.filter(
    (text) =>
      (asked === undefined || asked.includes(text)) &&
      (ownPattern === undefined || ownPattern.test(text)) &&
      (askedPattern === undefined || askedPattern.test(text)),
  );
  return texts.length === 0 ? undefined : { texts };
}
