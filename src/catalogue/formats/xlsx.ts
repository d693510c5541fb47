import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { Entity } from '../../core/entity/entity.ts';
import type { JsonValue } from '../../core/json.ts';
import type { Column, RowShape } from '../dataset/dataset.ts';
import { escapeXml } from '../escape-xml.ts';
import { cellOf, placeOf } from '../view/cell.ts';
import { middleOf } from '../view/middle-of.ts';
import { wktOf } from '../view/wkt.ts';
import { csvHeader } from './csv.ts';
import type { ExportSource } from './export-source.ts';
import {
  columnLetters,
  contentTypes,
  packageRelations,
  sheetBegin,
  sheetEnd,
  sheetName,
  styles,
  workbook,
  workbookRelations,
} from './xlsx-parts.ts';

/** Rows after which another sheet begins: a sheet may have 1,048,576, and a batch has fewer than what is left. [ECMA-376] */
const sheetRows = 1_047_576;

/** Characters that a cell may have; what is more is cut off. */
const maxCellLength = 32_767;

/** A workbook with the columns of the CSV; instants are dates, the first row stays in sight. [ECMA-376] */
export async function* encodeXlsx({ dataset, batches }: ExportSource): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const output = Readable.from(zip.outputStream as Readable);
  void addParts(zip, dataset.view, batches).catch((error: Error) => output.destroy(error));
  for await (const chunk of output) yield chunk as Uint8Array;
}

/** Every part of the package, the sheets one after the other; resolves when the last of them has been read. */
async function addParts(zip: ZipFile, view: RowShape, batches: ExportSource['batches']): Promise<void> {
  const entities = batches[Symbol.asyncIterator]();
  let sheets = 0;
  let ended = false;
  do {
    sheets += 1;
    await new Promise<void>((resolve, reject) => {
      const sheet = Readable.from(
        sheetOf(view, entities, (isLast) => (ended = isLast)),
        { objectMode: false },
      );
      sheet.once('end', resolve).once('error', reject);
      zip.addReadStream(sheet, `xl/worksheets/sheet${sheets}.xml`, partOptions);
    });
  } while (!ended);
  add(zip, '[Content_Types].xml', contentTypes(sheets));
  add(zip, '_rels/.rels', packageRelations);
  add(zip, 'xl/workbook.xml', workbook(Array.from({ length: sheets }, (_, place) => sheetName(place))));
  add(zip, 'xl/_rels/workbook.xml.rels', workbookRelations(sheets));
  add(zip, 'xl/styles.xml', styles);
  zip.end();
}

/** Equal data gives equal bytes: the parts have no time of their own. */
const partOptions = { mtime: new Date(1980, 0, 1), mode: 0o100644, compress: true };

function add(zip: ZipFile, name: string, text: string): void {
  zip.addBuffer(Buffer.from(text), name, partOptions);
}

/** One sheet; takes entities until it is full or there are no more. */
async function* sheetOf(
  view: RowShape,
  entities: AsyncIterator<readonly Entity[]>,
  onEnd: (isLast: boolean) => void,
): AsyncGenerator<Buffer> {
  const header = csvHeader(view);
  const columns = header.map((_, place) => columnLetters(place));
  yield Buffer.from(`${sheetBegin}${row(1, columns, header.map(textCell))}`);
  let rows = 1;
  let isLast = true;
  for (let next = await entities.next(); !next.done; next = await entities.next()) {
    let text = '';
    for (const entity of next.value) {
      rows += 1;
      text += row(rows, columns, cellsOf(entity, view));
    }
    yield Buffer.from(text);
    if (rows >= sheetRows) {
      isLast = false;
      break;
    }
  }
  yield Buffer.from(sheetEnd);
  onEnd(isLast);
}

/** What a cell is, without its address: attributes and content of its element; undefined for an empty one. */
type Cell = string | undefined;

function row(number: number, columns: readonly string[], cells: readonly Cell[]): string {
  let text = `<row r="${number}">`;
  for (const [place, cell] of cells.entries()) {
    if (cell !== undefined) text += `<c r="${columns[place]}${number}"${cell}</c>`;
  }
  return `${text}</row>`;
}

function cellsOf(entity: Entity, { columns, geometry }: RowShape): Cell[] {
  const cells: Cell[] = [textCell(entity.id), textCell(entity.types[0] ?? '')];
  for (const column of columns) cells.push(cellFor(cellOf(entity, column), column));
  if (geometry !== undefined) {
    const [lon, lat] = middleOf(placeOf(entity, geometry)) ?? [];
    cells.push(numberCell(lat), numberCell(lon));
  }
  return cells;
}

function cellFor(value: JsonValue | undefined, { kind }: Column): Cell {
  if (value === undefined || value === null) return undefined;
  switch (typeof value) {
    case 'number':
      return numberCell(value);
    case 'boolean':
      return ` t="b"><v>${value ? 1 : 0}</v>`;
    case 'string':
      return kind === 'instant' ? instantCell(value) : textCell(value);
    default: {
      const isPlace = kind === 'geometry' && ('coordinates' in value || 'geometries' in value);
      return textCell(isPlace ? wktOf(value as never) : JSON.stringify(value));
    }
  }
}

function numberCell(value: number | undefined): Cell {
  return value === undefined ? undefined : `><v>${value}</v>`;
}

function textCell(text: string): string {
  return ` t="inlineStr"><is><t xml:space="preserve">${escapeXml(text.slice(0, maxCellLength))}</t></is>`;
}

/** Days since 30 December 1899, in UTC; spreadsheets know no dates before 1900. */
function instantCell(text: string): string {
  const days = Date.parse(text) / 86_400_000 + 25_569;
  return days >= 61 ? ` s="1"><v>${days}</v>` : textCell(text);
}
