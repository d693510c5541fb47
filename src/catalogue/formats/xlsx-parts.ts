import { escapeXml } from '../escape-xml.ts';

/* The parts of a workbook that say how its sheets hang together. [ECMA-376 part 1] */

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const officeRelations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packageNamespace = 'http://schemas.openxmlformats.org/package/2006';
const sheetNamespace = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const mediaType = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

export function contentTypes(sheets: number): string {
  return (
    `${declaration}<Types xmlns="${packageNamespace}/content-types">` +
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
    '<Default Extension="xml" ContentType="application/xml"/>' +
    `<Override PartName="/xl/workbook.xml" ContentType="${mediaType}.sheet.main+xml"/>` +
    `<Override PartName="/xl/styles.xml" ContentType="${mediaType}.styles+xml"/>` +
    numbered(
      sheets,
      (number) => `<Override PartName="/xl/worksheets/sheet${number}.xml" ContentType="${mediaType}.worksheet+xml"/>`,
    ) +
    '</Types>'
  );
}

export const packageRelations = `${declaration}<Relationships xmlns="${packageNamespace}/relationships"><Relationship Id="rId1" Type="${officeRelations}/officeDocument" Target="xl/workbook.xml"/></Relationships>`;

export function workbook(names: readonly string[]): string {
  const sheets = names
    .map((name, place) => `<sheet name="${escapeXml(name)}" sheetId="${place + 1}" r:id="rId${place + 1}"/>`)
    .join('');
  return `${declaration}<workbook xmlns="${sheetNamespace}" xmlns:r="${officeRelations}"><sheets>${sheets}</sheets></workbook>`;
}

export function workbookRelations(sheets: number): string {
  return (
    `${declaration}<Relationships xmlns="${packageNamespace}/relationships">` +
    numbered(
      sheets,
      (number) =>
        `<Relationship Id="rId${number}" Type="${officeRelations}/worksheet" Target="worksheets/sheet${number}.xml"/>`,
    ) +
    `<Relationship Id="rId${sheets + 1}" Type="${officeRelations}/styles" Target="styles.xml"/></Relationships>`
  );
}

/** Style 1 is date and time. */
export const styles =
  `${declaration}<styleSheet xmlns="${sheetNamespace}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>` +
  '<fonts count="1"><font/></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
  '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>' +
  '<cellXfs count="2"><xf/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>';

/** A sheet up to its rows: the first of them stays in sight. */
export const sheetBegin =
  `${declaration}<worksheet xmlns="${sheetNamespace}"><sheetViews><sheetView workbookViewId="0">` +
  '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>';

export const sheetEnd = '</sheetData></worksheet>';

/** 0 is A, 25 is Z, 26 is AA. */
export function columnLetters(place: number): string {
  const letter = String.fromCharCode(65 + (place % 26));
  return place < 26 ? letter : `${columnLetters(Math.floor(place / 26) - 1)}${letter}`;
}

export function sheetName(place: number): string {
  return place === 0 ? 'data' : `data ${place + 1}`;
}

function numbered(count: number, render: (number: number) => string): string {
  return Array.from({ length: count }, (_, place) => render(place + 1)).join('');
}
