import type { Quad } from 'n3';
import { escapeXml } from '../escape-xml.ts';
import { grouped } from './grouped.ts';
import { prefixes } from './vocabulary.ts';

/**
 * Statements about things with URIs as RDF/XML: a description a thing, an element a statement. No kept library writes RDF/XML
 * alone. [RDF 1.1 XML Syntax 2.2 to 2.9]
 */
export function renderRdfXml(quads: readonly Quad[]): string {
  const namespaces = Object.entries(prefixes).map(([prefix, uri]) => `xmlns:${prefix}="${uri}"`);
  let text = `<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF ${namespaces.join(' ')}>\n`;
  let subject: string | undefined;
  for (const quad of grouped(quads)) {
    if (quad.subject.value !== subject) {
      if (subject !== undefined) text += '</rdf:Description>\n';
      subject = quad.subject.value;
      text += `<rdf:Description rdf:about="${escapeXml(subject)}">\n`;
    }
    text += `  ${property(quad)}\n`;
  }
  return `${text}${subject === undefined ? '' : '</rdf:Description>\n'}</rdf:RDF>\n`;
}

function property({ predicate, object }: Quad): string {
  const name = prefixed(predicate.value);
  if (object.termType !== 'Literal') return `<${name} rdf:resource="${escapeXml(object.value)}"/>`;
  const { language, datatype } = object;
  const plain = datatype.value === `${prefixes.xsd}string`;
  const kind =
    language !== '' ? ` xml:lang="${language}"` : plain ? '' : ` rdf:datatype="${escapeXml(datatype.value)}"`;
  return `<${name}${kind}>${escapeXml(object.value)}</${name}>`;
}

function prefixed(uri: string): string {
  for (const [prefix, namespace] of Object.entries(prefixes)) {
    if (uri.startsWith(namespace)) return `${prefix}:${uri.slice(namespace.length)}`;
  }
  throw new Error(`no prefix for ${uri}`);
}
