import { closeSync, openSync, writeSync } from 'node:fs';
import type { Mutable } from '../core/mutable.ts';
import { type Issue, type IssueEffect, issueEffects } from './issue.ts';

/** Issues that are alike, for the summary. */
export interface IssueGroup {
  readonly effect: IssueEffect;
  readonly mapping: string;
  readonly attribute: string | undefined;
  readonly column: string | undefined;
  readonly reason: string;
  readonly count: number;
  /** The first few. */
  readonly examples: readonly Issue[];
}

/** Collects what could not be loaded: counted by kind in memory, in full in a file where one is asked for. */
export interface IssueReport {
  add(issue: Issue): void;
  /** By effect, most frequent first. */
  groups(): readonly IssueGroup[];
  /** Writes what is left; the file is complete after that. */
  close(): void;
}

const examplesPerGroup = 3;
/** Refusals of a broker may be worded differently for each entity; beyond this they share a group. */
const mostGroups = 500;
const flushAtBytes = 65_536;

type Group = Mutable<IssueGroup> & { examples: Issue[] };

/**
 * An issue of the same row, attribute, column and reason as one just before it counts once: a wide row that unfolds into 24
 * readings has its station's wrong position once. With `file`, each issue is a line of JSON in it.
 */
export function createIssueReport(file?: string): IssueReport {
  const groups = new Map<string, Group>();
  const lines = file === undefined ? undefined : openLines(file);
  let place = '';
  const here = new Set<string>();

  return {
    add(issue) {
      const { effect, mapping, attribute, reason, family, column = family } = issue;
      const kind = [effect, mapping, attribute, family ?? column, reason].join('\u0000');
      const newPlace = `${issue.mapping}\u0000${issue.row}`;
      if (newPlace !== place) here.clear();
      place = newPlace;
      if (here.has(`${kind}\u0000${column}`)) return;
      here.add(`${kind}\u0000${column}`);

      lines?.write(`${JSON.stringify(issue)}\n`);
      const group = groups.size < mostGroups || groups.has(kind) ? kind : `${effect}\u0000${mapping}`;
      let found = groups.get(group);
      if (found === undefined) {
        found =
          group === kind
            ? { effect, mapping, attribute, column: family ?? column, reason, count: 0, examples: [] }
            : {
                effect,
                mapping,
                attribute: undefined,
                column: undefined,
                reason: 'for other reasons',
                count: 0,
                examples: [],
              };
        groups.set(group, found);
      }
      found.count += 1;
      if (found.examples.length < examplesPerGroup) found.examples.push(issue);
    },
    groups() {
      return [...groups.values()].sort(
        (a, b) => issueEffects.indexOf(a.effect) - issueEffects.indexOf(b.effect) || b.count - a.count,
      );
    },
    close() {
      lines?.close();
    },
  };
}

/** Written at once, in large pieces: a slow disk holds the load up instead of filling the memory. */
function openLines(file: string): { write(line: string): void; close(): void } {
  const descriptor = openSync(file, 'w');
  let pending = '';
  const flush = () => {
    writeSync(descriptor, pending);
    pending = '';
  };
  return {
    write(line) {
      pending += line;
      if (pending.length >= flushAtBytes) flush();
    },
    close() {
      flush();
      closeSync(descriptor);
    },
  };
}
