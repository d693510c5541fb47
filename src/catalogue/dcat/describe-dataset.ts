import type { Dataset, Publisher } from '../dataset/dataset.ts';
import {
  availabilityUri,
  fileTypeUri,
  frequencies,
  frequencyUri,
  highValueCategories,
  highValueLegislation,
  type Licence,
  languageUri,
  publicAccessUri,
  themes,
  themeUri,
} from '../dataset/vocabularies.ts';
import type { Format } from '../formats/format.ts';
import type { Formats } from '../formats/formats.ts';
import type { Links } from '../links.ts';
import type { Snapshot } from '../snapshots/snapshot.ts';
import type { Description, Thing } from './description.ts';

/** What a dataset is described with. */
export interface DatasetSource {
  readonly dataset: Dataset;
  readonly links: Links;
  readonly formats: Formats;
  /** The newest first. */
  readonly snapshots: readonly Snapshot[];
}

/** Snapshots that are described: those before them are to be had, but portals need not keep them all. */
const describedSnapshots = 12;

/** What identifies a dataset: what its publisher said, or else its page. */
export function datasetUri({ id, terms }: Dataset, links: Links): string {
  return terms.uri ?? links.dataset(id);
}

/** A dataset with its distributions and the services that answer for it. [DCAT-AP 3.0.1] [DCAT-AP HVD 3.0.0] */
export function describeDataset(to: Description, source: DatasetSource): void {
  const { dataset, links, formats, snapshots } = source;
  const { id, terms, title, description, contact, publisher } = dataset;
  const thing = to.thing(datasetUri(dataset, links), 'dcat:Dataset');
  thing.text('dct:identifier', id);
  thing.texts('dct:title', title).texts('dct:description', description);
  thing.link('dct:publisher', describePublisher(to, publisher, links));
  if (contact !== undefined) thing.link('dcat:contactPoint', describeContact(to, dataset, links));
  for (const [language, words] of dataset.keywords)
    for (const word of words) thing.text('dcat:keyword', word, language);
  for (const code of terms.themes ?? []) {
    thing.link('dcat:theme', to.thing(themeUri(code), 'skos:Concept').texts('skos:prefLabel', themes[code]));
  }
  for (const language of languagesIn(dataset)) thing.link('dct:language', languageThing(to, language));
  if (terms.frequency !== undefined) {
    const frequency = to.thing(frequencyUri(terms.frequency), 'dct:Frequency', 'skos:Concept');
    thing.link('dct:accrualPeriodicity', frequency.texts('skos:prefLabel', frequencies[terms.frequency]));
  }
  thing.link('dct:accessRights', to.thing(publicAccessUri, 'dct:RightsStatement'));
  describeCoverage(to, thing, dataset);
  thing.instant('dct:issued', dataset.issuedAt).instant('dct:modified', describedAt(source));
  thing.link('dcat:landingPage', to.thing(links.dataset(id, 'html'), 'foaf:Document'));
  if (terms.documentation !== undefined) thing.link('foaf:page', to.thing(terms.documentation, 'foaf:Document'));
  for (const standard of terms.conformsTo ?? []) thing.link('dct:conformsTo', to.thing(standard, 'dct:Standard'));
  if (dataset.provenance !== undefined) {
    const statement = to.thing(`${links.dataset(id)}#provenance`, 'dct:ProvenanceStatement');
    thing.link('dct:provenance', statement.texts('rdfs:label', dataset.provenance));
  }
  describeLaw(to, thing, dataset);
  thing.link('odrl:hasPolicy', describePolicy(to, dataset, links));

  const services = describeServices(to, source);
  for (const code of dataset.formats) {
    const format = formats[code];
    thing.link('dcat:distribution', describeLive(to, source, format));
  }
  for (const service of services) thing.link('dcat:distribution', service.distribution);
  for (const snapshot of snapshots.slice(0, describedSnapshots)) {
    for (const file of snapshot.files) thing.link('dcat:distribution', describeSnapshot(to, source, snapshot, file));
  }
}

/** When what is described changed last: what was said of it, or its snapshots. The rows themselves change all the time. */
export function describedAt({ dataset, snapshots }: Pick<DatasetSource, 'dataset' | 'snapshots'>): number {
  return Math.max(dataset.modifiedAt, snapshots[0]?.takenAt ?? 0);
}

export function describePublisher(to: Description, { id, name, uri, homepage, type }: Publisher, links: Links): Thing {
  const agent = to.thing(uri ?? `${links.catalogueUri}#publisher-${id}`, 'foaf:Agent').texts('foaf:name', name);
  if (homepage !== undefined) agent.link('foaf:homepage', to.thing(homepage, 'foaf:Document'));
  if (type !== undefined) {
    agent.link(
      'dct:type',
      to.thing(`http://purl.org/adms/publishertype/${type}`, 'skos:Concept').text('skos:prefLabel', type, 'en'),
    );
  }
  return agent;
}

export function languageThing(to: Description, language: string): Thing | undefined {
  const uri = languageUri(language);
  return uri === undefined ? undefined : to.thing(uri, 'dct:LinguisticSystem');
}

export function describeLicence(to: Description, licence: Licence): Thing {
  return to.thing(licence.authority ?? licence.url, 'dct:LicenseDocument');
}

/** The languages that the dataset is described in, sorted. */
export function languagesIn({ title, description }: Dataset): readonly string[] {
  return [...new Set([...Object.keys(title), ...Object.keys(description)])].toSorted();
}

function describeContact(to: Description, { id, contact }: Dataset, links: Links): Thing {
  const point = to
    .thing(`${links.dataset(id)}#contact`, 'vcard:Kind', 'vcard:Organization')
    .texts('vcard:fn', contact?.name);
  if (contact?.email !== undefined) point.link('vcard:hasEmail', `mailto:${contact.email}`);
  return point.link('vcard:hasURL', contact?.url);
}

function describeCoverage(to: Description, thing: Thing, { terms }: Dataset): void {
  const { spatial, temporal } = terms;
  if (spatial !== undefined) {
    const place = to.thing(spatial.uri ?? `${thing.uri}#spatial`, 'dct:Location');
    if (spatial.bbox !== undefined) {
      const [west = 0, south = 0, east = 0, north = 0] = spatial.bbox;
      const ring = [
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
      ];
      place.typed(
        'dcat:bbox',
        `POLYGON((${ring.map((position) => position.join(' ')).join(', ')}))`,
        'geosparql:wktLiteral',
      );
    }
    thing.link('dct:spatial', place);
  }
  if (temporal !== undefined) {
    const period = to.thing(`${thing.uri}#temporal`, 'dct:PeriodOfTime');
    period.typed('dcat:startDate', temporal.start, 'xsd:date').typed('dcat:endDate', temporal.end, 'xsd:date');
    thing.link('dct:temporal', period);
  }
}

/** The law that it is published under, and its category where it is of high value. */
function describeLaw(to: Description, thing: Thing, { terms }: Dataset): void {
  const category = terms.highValueCategory === undefined ? undefined : highValueCategories[terms.highValueCategory];
  const laws = [...(terms.applicableLegislation ?? []), ...(category === undefined ? [] : [highValueLegislation])];
  for (const law of laws) thing.link('dcatap:applicableLegislation', to.thing(law, 'eli:LegalResource'));
  if (category !== undefined) {
    thing.link('dcatap:hvdCategory', to.thing(category.uri, 'skos:Concept').texts('skos:prefLabel', category.label));
  }
}

function describePolicy(to: Description, { id, terms }: Dataset, links: Links): Thing | string | undefined {
  const { policy } = terms;
  if (policy === undefined || typeof policy === 'string') return policy;
  const { uid = `${links.dataset(id)}#policy`, type = 'Offer' } = policy;
  const thing = to.thing(uid, 'odrl:Policy', `odrl:${type}`);
  const rules = [
    ['permission', 'Permission'],
    ['prohibition', 'Prohibition'],
    ['obligation', 'Duty'],
  ] as const;
  for (const [property, type] of rules) {
    for (const [place, action] of (policy[property] ?? []).entries()) {
      const rule = to.thing(`${uid}${uid.includes('#') ? '-' : '#'}${property}-${place + 1}`, `odrl:${type}`);
      thing.link(
        `odrl:${property}`,
        rule.link('odrl:target', terms.uri ?? links.dataset(id)).link('odrl:action', action),
      );
    }
  }
  return thing;
}

/** What every way to get the dataset has. */
function describeDistribution(to: Description, { dataset, links }: DatasetSource, uri: string, name: string): Thing {
  const { id, licence, attribution } = dataset;
  const distribution = to.thing(uri, 'dcat:Distribution').texts('dct:title', titled(dataset, name));
  if (licence !== undefined) distribution.link('dct:license', describeLicence(to, licence));
  if (attribution !== undefined) {
    distribution.link(
      'dct:rights',
      to.thing(`${links.dataset(id)}#rights`, 'dct:RightsStatement').texts('rdfs:label', attribution),
    );
  }
  for (const law of dataset.terms.applicableLegislation ?? []) distribution.link('dcatap:applicableLegislation', law);
  if (dataset.terms.highValueCategory !== undefined)
    distribution.link('dcatap:applicableLegislation', highValueLegislation);
  return distribution;
}

function titled({ title }: Dataset, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(title).map(([language, text]) => [language, `${text} (${name})`]));
}

function withFormat(to: Description, distribution: Thing, format: Format): Thing {
  const [mediaType = ''] = format.mediaType.split(';', 1);
  return distribution
    .link('dct:format', to.thing(fileTypeUri(format.fileType), 'dct:MediaTypeOrExtent'))
    .link('dcat:mediaType', to.thing(`http://www.iana.org/assignments/media-types/${mediaType}`, 'dct:MediaType'));
}

function describeLive(to: Description, source: DatasetSource, format: Format): Thing {
  const { dataset, links } = source;
  const url = links.live(dataset.id, format.code);
  const distribution = describeDistribution(to, source, `${links.dataset(dataset.id)}#${format.code}`, format.label);
  distribution.link('dcat:accessURL', url).link('dcat:downloadURL', url);
  withFormat(to, distribution, format);
  distribution.link(
    'dcatap:availability',
    to.thing(availabilityUri('STABLE'), 'skos:Concept').text('skos:prefLabel', 'stable', 'en'),
  );
  return distribution.instant('dct:issued', dataset.issuedAt);
}

function describeSnapshot(
  to: Description,
  source: DatasetSource,
  snapshot: Snapshot,
  file: Snapshot['files'][number],
): Thing {
  const { dataset, links, formats } = source;
  const { moment, takenAt } = snapshot;
  const url = links.snapshot(dataset.id, moment, file.format);
  const distribution = describeDistribution(
    to,
    source,
    `${links.dataset(dataset.id)}#${file.format}-${moment}`,
    `${formats[file.format].label}, ${moment}`,
  );
  distribution.link('dcat:accessURL', url).link('dcat:downloadURL', url);
  withFormat(to, distribution, formats[file.format]);
  distribution.typed('dcat:byteSize', String(file.bytes), 'xsd:nonNegativeInteger');
  const checksum = to.thing(`${distribution.uri}-checksum`, 'spdx:Checksum');
  checksum
    .link('spdx:algorithm', 'http://spdx.org/rdf/terms#checksumAlgorithm_sha256')
    .typed('spdx:checksumValue', file.sha256, 'xsd:hexBinary');
  return distribution.link('spdx:checksum', checksum).instant('dct:issued', takenAt).instant('dct:modified', takenAt);
}

/** The APIs that serve the dataset, each with the distribution that it is found by. */
function describeServices(to: Description, source: DatasetSource): readonly { service: Thing; distribution: Thing }[] {
  const { dataset, links } = source;
  const { id, view } = dataset;
  const services = [
    {
      name: 'ngsi',
      label: 'NGSIv2',
      endpoint: links.ngsi(id),
      standard: 'https://fiware.github.io/specifications/ngsiv2/stable/',
    },
    ...(view.geometry === undefined
      ? []
      : [
          {
            name: 'features',
            label: 'OGC API – Features',
            endpoint: links.collection(id),
            standard: 'http://www.opengis.net/spec/ogcapi-features-1/1.0',
          },
        ]),
  ];
  return services.map(({ name, label, endpoint, standard }) => {
    const service = to.thing(`${links.dataset(id)}#service-${name}`, 'dcat:DataService');
    service.texts('dct:title', titled(dataset, label)).texts('dct:description', dataset.description);
    service.link('dcat:endpointURL', endpoint).link('dcat:endpointDescription', links.apiDescription);
    service.link('dcat:servesDataset', datasetUri(dataset, links));
    service.link('dct:publisher', describePublisher(to, dataset.publisher, links));
    if (dataset.contact !== undefined) service.link('dcat:contactPoint', describeContact(to, dataset, links));
    if (dataset.licence !== undefined) service.link('dct:license', describeLicence(to, dataset.licence));
    service.link('dct:conformsTo', to.thing(standard, 'dct:Standard'));
    service.link('dct:accessRights', publicAccessUri);
    service.link('foaf:page', to.thing(dataset.terms.documentation ?? links.apiPage, 'foaf:Document'));
    describeLaw(to, service, dataset);
    const distribution = describeDistribution(to, source, `${links.dataset(id)}#${name}`, label);
    distribution.link('dcat:accessURL', endpoint).link('dcat:accessService', service);
    distribution.link(
      'dct:format',
      to.thing(fileTypeUri(name === 'ngsi' ? 'JSON' : 'GEOJSON'), 'dct:MediaTypeOrExtent'),
    );
    return { service, distribution };
  });
}
