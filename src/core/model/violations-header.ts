import { type EntityViolations, renderViolation } from './violation.ts';

/** Violations as JSON, for programs: beside the body of an error, which keeps its shape, and beside a warning. */
export const violationsHeader = 'oriel-violations';

/** Most characters of the header: clients take some kilobytes of headers in all. */
const maxLength = 4096;

/** A list of violations, each with the entity that it is of; as many as there is room for. */
export function renderViolationsHeader(found: readonly EntityViolations[]): string {
  const items: string[] = [];
  let length = '[]'.length;
  for (const { entity, violations } of found) {
    for (const violation of violations) {
      const item = inAscii(JSON.stringify({ ...entity, ...violation }));
      length += item.length + ','.length;
      if (length > maxLength) return `[${items.join()}]`;
      items.push(item);
    }
  }
  return `[${items.join()}]`;
}

/** Most violations that a `Warning` header tells of. */
const maxWarnings = 5;

/** The value of a `Warning` header: code 199, and a line for each of the first violations. [RFC 7234 5.5] */
export function renderWarningHeader(found: readonly EntityViolations[]): string {
  const lines: string[] = [];
  let count = 0;
  for (const { entity, violations } of found) {
    count += violations.length;
    for (const violation of violations) {
      if (lines.length < maxWarnings) lines.push(`${entity.id} ${renderViolation(violation)}`);
    }
  }
  if (count > lines.length) lines.push(`${count - lines.length} more`);
  return lines.map((line) => `199 oriel ${quoted(line)}`).join(', ');
}

/** What is beyond printable ASCII is written as in JSON. */
function inAscii(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function quoted(text: string): string {
  return `"${inAscii(text.replaceAll(/["\\]/g, '\\$&'))}"`;
}
