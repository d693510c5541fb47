import { pipeline, type Readable, Transform } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';
import type { RowIssue } from '../issue.ts';
import type { SourceRule } from '../mapping.ts';
import type { Row } from '../row.ts';
import { SourceError } from './source-error.ts';
import { textDecoder } from './text-decoder.ts';

/** A row, or why there is none. */
export type SourceItem = Row | { readonly number: number; readonly issue: RowIssue };

/** In characters; a quote that is not closed must not take the memory along. */
const longestRecord = 16_000_000;

/**
 * Rows of a CSV file, streaming: memory does not grow with the file. Blank lines are passed over; a line with more or
 * fewer columns than the header is an issue, and so is a quote that is never closed.
 */
export async function* readCsv(bytes: Readable, source: SourceRule): AsyncGenerator<SourceItem> {
  // The parser reads ahead of the loop below, so each says after how many whole records it stands.
  const broken: { readonly after: number; readonly issue: RowIssue }[] = [];
  const parser = parse({
    bom: true,
    delimiter: source.delimiter ?? ',',
    quote: source.quote ?? '"',
    // A quote amid a text is part of it, as for spreadsheets.
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: longestRecord,
    on_skip: (error) => {
      broken.push({ after: Number(error?.records ?? 0), issue: brokenRow(error) });
      return undefined;
    },
  });
  // An error on the way destroys the parser with it, and so reaches the loop below.
  pipeline(bytes, decoder(source.encoding ?? 'utf-8'), parser, () => undefined);

  let header = source.columns;
  let number = header === undefined ? 0 : 1;
  let records = 0;
  const skipped = function* (): Generator<SourceItem> {
    while (broken[0] !== undefined && broken[0].after <= records) {
      number += 1;
      yield { number, issue: broken[0].issue };
      broken.shift();
    }
  };
  try {
    for await (const cells of parser as AsyncIterable<readonly string[]>) {
      yield* skipped();
      number += 1;
      records += 1;
      if (header === undefined) header = cells.map((name) => name.trim());
      else yield rowOf(header, cells, number);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    throw new SourceError(`${source.file} cannot be read as CSV: ${reason}`, { cause: error });
  }
  yield* skipped();
}

function brokenRow(error: CsvError | undefined): RowIssue {
  if (error?.code === 'CSV_QUOTE_NOT_CLOSED') {
    return { effect: 'row refused', reason: 'opens a quote that is never closed; all after it is lost' };
  }
  return { effect: 'row refused', value: error?.message ?? '', reason: 'is not CSV' };
}

function rowOf(header: readonly string[], cells: readonly string[], number: number): SourceItem {
  if (cells.length !== header.length) {
    const reason = `has ${cells.length} columns and not ${header.length}`;
    return { number, issue: { effect: 'row refused', value: cells.join(' | ').slice(0, 200), reason } };
  }
  const columns: Record<string, string> = {};
  for (const [index, name] of header.entries()) columns[name] = cells[index] ?? '';
  return { number, columns };
}

function decoder(encoding: string): Transform {
  const decode = textDecoder(encoding);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, decode.decode(chunk, { stream: true }));
    },
    flush(done) {
      done(null, decode.decode());
    },
  });
}
