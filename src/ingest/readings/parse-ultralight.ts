import { wrongSyntax } from '../iot-refusal.ts';
import { parseEach } from './parse-json-payload.ts';
import { parseObservedAt } from './parse-observed-at.ts';
import type { CommandResult, ParsedPayload, Reading } from './reading.ts';

/** Groups of measures in one payload. */
const maxGroups = 1000;

/**
 * A payload of Ultralight 2.0: groups of measures, each of which is a reading.
 *
 *     payload = group { "#" group }
 *     group   = [ timestamp "|" ] name "|" value { "|" name "|" value }  |  device "@" command "|" result
 *
 * A group that is wrong leaves the others as they are. Refuses with `wrongSyntax` and `badTimestamp`. [UL2.0 measure payload]
 */
export function parseUltralight(payload: string): ParsedPayload {
  const groups = payload.trim().split('#');
  if (groups.length > maxGroups) throw wrongSyntax(`a payload has at most ${maxGroups} groups of measures`);
  const results: CommandResult[] = [];
  const parsed = parseEach(groups, (group) => {
    const result = resultIn(group);
    if (result === undefined) return readingOf(group);
    results.push(result);
    return undefined;
  });
  return { ...parsed, results };
}

function readingOf(group: string): Reading {
  const fields = group.split('|');
  // With a timestamp before the pairs their number is odd.
  const timestamp = fields.length % 2 === 1 ? fields.shift() : undefined;
  if (fields.length === 0) {
    throw wrongSyntax(`${JSON.stringify(group.slice(0, 100))} has no measure: write name|value, or time|name|value`);
  }
  const measures = new Map<string, string>();
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at]?.trim() ?? '';
    if (name === '') throw wrongSyntax(`a measure of ${JSON.stringify(group.slice(0, 100))} has no name`);
    measures.set(name, fields[at + 1] ?? '');
  }
  return {
    measures,
    isTextual: true,
    ...(timestamp !== undefined && { observedAt: parseObservedAt(timestamp) }),
  };
}

/** `device@command|result`; a measure may have the character in its value, but not in its name. [UL2.0 commands syntax] */
function resultIn(group: string): CommandResult | undefined {
  const found = /^[^@|#]+@([^|#]+)\|(.*)$/s.exec(group);
  return found === null ? undefined : { command: found[1] ?? '', result: found[2] ?? '' };
}
