import { JsonLdSerializer } from 'jsonld-streaming-serializer';
import { type Quad, Writer } from 'n3';
import { grouped } from './grouped.ts';
import { renderRdfXml } from './render-rdf-xml.ts';
import { prefixes } from './vocabulary.ts';

/** A way to write statements. */
export interface RdfFormat {
  readonly extension: 'ttl' | 'rdf' | 'jsonld';
  readonly mediaType: string;
  render(quads: readonly Quad[]): Promise<string>;
}

/** By the extensions that harvesters use; `xml` is another word for `rdf`. */
export const rdfFormats: readonly RdfFormat[] = [
  { extension: 'ttl', mediaType: 'text/turtle', render: renderTurtle },
  { extension: 'rdf', mediaType: 'application/rdf+xml', render: async (quads) => renderRdfXml(quads) },
  { extension: 'jsonld', mediaType: 'application/ld+json', render: renderJsonLd },
];

export function rdfFormatNamed(extension: string): RdfFormat | undefined {
  return rdfFormats.find((format) => format.extension === (extension === 'xml' ? 'rdf' : extension));
}

/** [RDF 1.1 Turtle] */
function renderTurtle(quads: readonly Quad[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const writer = new Writer({ prefixes });
    writer.addQuads([...grouped(quads)]);
    writer.end((error, text) => (error ? reject(error) : resolve(text)));
  });
}

/** [JSON-LD 1.1] */
async function renderJsonLd(quads: readonly Quad[]): Promise<string> {
  const serializer = new JsonLdSerializer({ context: prefixes, space: ' ' });
  for (const quad of grouped(quads)) serializer.write(quad);
  serializer.end();
  let text = '';
  for await (const piece of serializer) text += piece;
  return text;
}
