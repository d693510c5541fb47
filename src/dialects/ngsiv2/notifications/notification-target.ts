import { expandText, type TextExpansion } from '../../../core/expression/macros.ts';
import type { DeliveryTarget, Template } from '../../../core/subscription/delivery.ts';
import type { OutgoingTarget, Unsendable } from '../../../core/subscription/outgoing-notification.ts';
import { parseReceiverUrl } from '../subscriptions/receiver-url.ts';

/** Where a notification goes whose subscription says it outright. */
export function plainTarget(target: DeliveryTarget): OutgoingTarget {
  return target.kind === 'url' ? target : { ...target, query: '' };
}

/**
 * Where a custom notification goes, once the macros in URL and query are filled in. A URL that is none then, or none of HTTP,
 * makes it unsendable. [V2 macro substitution] [V2 additional considerations]
 */
export function customTarget(
  target: DeliveryTarget,
  query: ReadonlyMap<Template, Template>,
  expansion: TextExpansion,
): OutgoingTarget | Unsendable {
  const added = renderQuery(query, expansion);
  if (target.kind === 'endpoint') return { ...target, query: added };
  const text = expandText(target.url, expansion);
  const url = parseReceiverUrl(text);
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return { kind: 'unsendable', reason: `the notification has no valid URL: ${text.slice(0, 200)}` };
  }
  if (added !== '') url.search = url.search === '' ? added : `${url.search}&${added}`;
  url.hash = '';
  return { kind: 'url', url: url.href };
}

/** Without parameters that have no name or no value. */
function renderQuery(query: ReadonlyMap<Template, Template>, expansion: TextExpansion): string {
  const parts: string[] = [];
  for (const [nameTemplate, valueTemplate] of query) {
    const name = queryText(nameTemplate, expansion);
    const value = queryText(valueTemplate, expansion);
    if (name !== '' && value !== '') parts.push(`${name}=${value}`);
  }
  return parts.join('&');
}

/**
 * A name or a value of a query. What the client wrote stays, escapes included, as far as a query can have it; a macro's value
 * is escaped, so that it stays one value whatever is in it.
 */
function queryText(template: Template, expansion: TextExpansion): string {
  return expandText(template, { ...expansion, escape: escaped }).replace(
    /[^\w\-.~!$'()*,;:@/?%+=[\]]/gu,
    escapedCharacter,
  );
}

/** Escapes that are there stay: clients cannot store every character otherwise. */
function escaped(text: string): string {
  return text.replace(/%(?![0-9a-f]{2})|[^\w\-.~%]/giu, escapedCharacter);
}

function escapedCharacter(character: string): string {
  return /^[\ud800-\udfff]$/.test(character)
    ? '%EF%BF%BD'
    : encodeURIComponent(character).replace(/[!'()*]/g, hexadecimal);
}

function hexadecimal(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
