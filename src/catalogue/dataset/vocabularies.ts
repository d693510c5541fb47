import type { LocalizedText } from './localized-text.ts';

/*
 * The few entries that a city needs of the controlled vocabularies that DCAT-AP prescribes. The codes are those of the
 * authority tables of the Publications Office of the European Union; the labels are for people.
 */

const authority = 'http://publications.europa.eu/resource/authority';

/** Themes of datasets, by code. [DCAT-AP 3.0.1 dcat:theme] */
export const themes: Readonly<Record<string, LocalizedText>> = {
  AGRI: {
    en: 'Agriculture, fisheries, forestry and food',
    es: 'Agricultura, pesca, silvicultura y alimentación',
    ca: 'Agricultura, pesca, silvicultura i alimentació',
    de: 'Landwirtschaft, Fischerei, Forstwirtschaft und Nahrungsmittel',
    fr: 'Agriculture, pêche, sylviculture et alimentation',
  },
  ECON: {
    en: 'Economy and finance',
    es: 'Economía y finanzas',
    ca: 'Economia i finances',
    de: 'Wirtschaft und Finanzen',
    fr: 'Économie et finances',
  },
  EDUC: {
    en: 'Education, culture and sport',
    es: 'Educación, cultura y deportes',
    ca: 'Educació, cultura i esports',
    de: 'Bildung, Kultur und Sport',
    fr: 'Éducation, culture et sport',
  },
  ENER: { en: 'Energy', es: 'Energía', ca: 'Energia', de: 'Energie', fr: 'Énergie' },
  ENVI: { en: 'Environment', es: 'Medio ambiente', ca: 'Medi ambient', de: 'Umwelt', fr: 'Environnement' },
  GOVE: {
    en: 'Government and public sector',
    es: 'Gobierno y sector público',
    ca: 'Govern i sector públic',
    de: 'Regierung und öffentlicher Sektor',
    fr: 'Gouvernement et secteur public',
  },
  HEAL: { en: 'Health', es: 'Salud', ca: 'Salut', de: 'Gesundheit', fr: 'Santé' },
  INTR: {
    en: 'International issues',
    es: 'Asuntos internacionales',
    ca: 'Afers internacionals',
    de: 'Internationale Themen',
    fr: 'Questions internationales',
  },
  JUST: {
    en: 'Justice, legal system and public safety',
    es: 'Justicia, sistema judicial y seguridad pública',
    ca: 'Justícia, sistema judicial i seguretat pública',
    de: 'Justiz, Rechtssystem und öffentliche Sicherheit',
    fr: 'Justice, système juridique et sécurité publique',
  },
  OP_DATPRO: {
    en: 'Provisional data',
    es: 'Datos provisionales',
    ca: 'Dades provisionals',
    de: 'Vorläufige Daten',
    fr: 'Données provisoires',
  },
  REGI: {
    en: 'Regions and cities',
    es: 'Regiones y ciudades',
    ca: 'Regions i ciutats',
    de: 'Regionen und Städte',
    fr: 'Régions et villes',
  },
  SOCI: {
    en: 'Population and society',
    es: 'Población y sociedad',
    ca: 'Població i societat',
    de: 'Bevölkerung und Gesellschaft',
    fr: 'Population et société',
  },
  TECH: {
    en: 'Science and technology',
    es: 'Ciencia y tecnología',
    ca: 'Ciència i tecnologia',
    de: 'Wissenschaft und Technologie',
    fr: 'Science et technologie',
  },
  TRAN: { en: 'Transport', es: 'Transporte', ca: 'Transport', de: 'Verkehr', fr: 'Transports' },
};

/** How often data changes, by code. [DCAT-AP 3.0.1 dct:accrualPeriodicity] */
export const frequencies: Readonly<Record<string, LocalizedText>> = {
  CONT: { en: 'continuously', es: 'continua', ca: 'contínua', de: 'kontinuierlich', fr: 'en continu' },
  '1MIN': { en: 'every minute', es: 'cada minuto', ca: 'cada minut', de: 'jede Minute', fr: 'toutes les minutes' },
  '5MIN': {
    en: 'every five minutes',
    es: 'cada cinco minutos',
    ca: 'cada cinc minuts',
    de: 'alle fünf Minuten',
    fr: 'toutes les cinq minutes',
  },
  '10MIN': {
    en: 'every ten minutes',
    es: 'cada diez minutos',
    ca: 'cada deu minuts',
    de: 'alle zehn Minuten',
    fr: 'toutes les dix minutes',
  },
  '15MIN': {
    en: 'every quarter of an hour',
    es: 'cada quince minutos',
    ca: 'cada quinze minuts',
    de: 'alle fünfzehn Minuten',
    fr: "tous les quarts d'heure",
  },
  '30MIN': {
    en: 'every half hour',
    es: 'cada media hora',
    ca: 'cada mitja hora',
    de: 'halbstündlich',
    fr: 'toutes les demi-heures',
  },
  HOURLY: { en: 'hourly', es: 'cada hora', ca: 'cada hora', de: 'stündlich', fr: 'toutes les heures' },
  DAILY: { en: 'daily', es: 'diaria', ca: 'diària', de: 'täglich', fr: 'quotidienne' },
  WEEKLY: { en: 'weekly', es: 'semanal', ca: 'setmanal', de: 'wöchentlich', fr: 'hebdomadaire' },
  MONTHLY: { en: 'monthly', es: 'mensual', ca: 'mensual', de: 'monatlich', fr: 'mensuelle' },
  QUARTERLY: { en: 'quarterly', es: 'trimestral', ca: 'trimestral', de: 'vierteljährlich', fr: 'trimestrielle' },
  ANNUAL: { en: 'yearly', es: 'anual', ca: 'anual', de: 'jährlich', fr: 'annuelle' },
  IRREG: { en: 'irregularly', es: 'irregular', ca: 'irregular', de: 'unregelmäßig', fr: 'irrégulière' },
  AS_NEEDED: {
    en: 'as needed',
    es: 'según necesidad',
    ca: 'segons necessitat',
    de: 'bei Bedarf',
    fr: 'selon les besoins',
  },
  UNKNOWN: { en: 'unknown', es: 'desconocida', ca: 'desconeguda', de: 'unbekannt', fr: 'inconnue' },
};

/** High-value dataset categories, by the word that a publisher writes. [Reg. (EU) 2023/138] [DCAT-AP HVD 3.0.0] */
export const highValueCategories: Readonly<Record<string, { readonly uri: string; readonly label: LocalizedText }>> = {
  geospatial: { uri: 'http://data.europa.eu/bna/c_ac64a52d', label: { en: 'Geospatial' } },
  'earth-observation': {
    uri: 'http://data.europa.eu/bna/c_dd313021',
    label: { en: 'Earth observation and environment' },
  },
  meteorological: { uri: 'http://data.europa.eu/bna/c_164e0bf5', label: { en: 'Meteorological' } },
  statistics: { uri: 'http://data.europa.eu/bna/c_e1da4e07', label: { en: 'Statistics' } },
  companies: { uri: 'http://data.europa.eu/bna/c_a9135398', label: { en: 'Companies and company ownership' } },
  mobility: { uri: 'http://data.europa.eu/bna/c_b79e35eb', label: { en: 'Mobility' } },
};

/** The law that makes datasets high-value ones. */
export const highValueLegislation = 'http://data.europa.eu/eli/reg_impl/2023/138/oj';

/** A licence by what publishers call it. */
export interface Licence {
  /** As CKAN names it. */
  readonly id: string;
  readonly title: string;
  /** Where its text is. */
  readonly url: string;
  /** Its entry in the European authority table, where there is one. */
  readonly authority?: string;
  /** It satisfies the open definition. */
  readonly open: boolean;
  /** Free enough for high-value datasets: CC BY 4.0 or less restrictive. [Reg. (EU) 2023/138 art. 4] */
  readonly highValue: boolean;
}

/** Those that are named by an id; any other licence is named by its URL. */
export const licences: readonly Licence[] = [
  {
    id: 'cc-by-4.0',
    title: 'Creative Commons Attribution 4.0',
    url: 'https://creativecommons.org/licenses/by/4.0/',
    authority: `${authority}/licence/CC_BY_4_0`,
    open: true,
    highValue: true,
  },
  {
    id: 'cc0-1.0',
    title: 'Creative Commons CC0 1.0',
    url: 'https://creativecommons.org/publicdomain/zero/1.0/',
    authority: `${authority}/licence/CC0`,
    open: true,
    highValue: true,
  },
  {
    id: 'cc-by-sa-4.0',
    title: 'Creative Commons Attribution Share-Alike 4.0',
    url: 'https://creativecommons.org/licenses/by-sa/4.0/',
    authority: `${authority}/licence/CC_BYSA_4_0`,
    open: true,
    highValue: false,
  },
  {
    id: 'odc-by',
    title: 'Open Data Commons Attribution 1.0',
    url: 'https://opendatacommons.org/licenses/by/1-0/',
    authority: `${authority}/licence/ODC_BY`,
    open: true,
    highValue: true,
  },
  {
    id: 'odc-pddl',
    title: 'Open Data Commons Public Domain Dedication and Licence 1.0',
    url: 'https://opendatacommons.org/licenses/pddl/1-0/',
    authority: `${authority}/licence/ODC_PDDL`,
    open: true,
    highValue: true,
  },
  {
    id: 'odc-odbl',
    title: 'Open Database Licence 1.0',
    url: 'https://opendatacommons.org/licenses/odbl/1-0/',
    authority: `${authority}/licence/ODC_BL`,
    open: true,
    highValue: false,
  },
  {
    id: 'dl-de-by-2.0',
    title: 'Data licence Germany, attribution, version 2.0',
    url: 'https://www.govdata.de/dl-de/by-2-0',
    authority: `${authority}/licence/DLDE_BY_2_0`,
    open: true,
    highValue: true,
  },
  {
    id: 'dl-de-zero-2.0',
    title: 'Data licence Germany, zero, version 2.0',
    url: 'https://www.govdata.de/dl-de/zero-2-0',
    authority: `${authority}/licence/DLDE_ZERO_2_0`,
    open: true,
    highValue: true,
  },
  {
    id: 'etalab-2.0',
    title: 'Licence Ouverte / Open Licence 2.0',
    url: 'https://www.etalab.gouv.fr/licence-ouverte-open-licence/',
    authority: `${authority}/licence/FR_LO`,
    open: true,
    highValue: true,
  },
];

/** Three-letter codes of the European language table. */
const languageCodes: Readonly<Record<string, string>> = {
  bg: 'BUL',
  ca: 'CAT',
  cs: 'CES',
  da: 'DAN',
  de: 'DEU',
  el: 'ELL',
  en: 'ENG',
  es: 'SPA',
  et: 'EST',
  eu: 'EUS',
  fi: 'FIN',
  fr: 'FRA',
  ga: 'GLE',
  gl: 'GLG',
  hr: 'HRV',
  hu: 'HUN',
  it: 'ITA',
  lt: 'LIT',
  lv: 'LAV',
  mt: 'MLT',
  nl: 'NLD',
  no: 'NOR',
  pl: 'POL',
  pt: 'POR',
  ro: 'RON',
  sk: 'SLK',
  sl: 'SLV',
  sv: 'SWE',
  tr: 'TUR',
  uk: 'UKR',
};

export const themeUri = (code: string): string => `${authority}/data-theme/${code}`;
export const frequencyUri = (code: string): string => `${authority}/frequency/${code}`;
export const fileTypeUri = (code: string): string => `${authority}/file-type/${code}`;
export const availabilityUri = (code: string): string => `${authority}/planned-availability/${code}`;
export const publicAccessUri = `${authority}/access-right/PUBLIC`;

/** The entry of a language; undefined for one that the table leaves out here. */
export function languageUri(language: string): string | undefined {
  const code = languageCodes[language];
  return code === undefined ? undefined : `${authority}/language/${code}`;
}

/** The licence that a publisher named: one of the table by id or URL, or any by its URL. */
export function licenceNamed(name: string): Licence {
  const bare = (url: string): string => url.replace(/^https?:/, '').replace(/\/$/, '');
  const known = licences.find(
    ({ id, url, authority: entry }) =>
      id === name || bare(url) === bare(name) || (entry !== undefined && bare(entry) === bare(name)),
  );
  return known ?? { id: 'notspecified', title: name, url: name, open: false, highValue: false };
}
