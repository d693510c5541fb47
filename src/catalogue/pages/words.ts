/** What the pages say, in the languages that they speak. */
export interface Words {
  readonly language: string;
  readonly itself: string;
  readonly catalogue: string;
  readonly skip: string;
  readonly search: string;
  readonly searchButton: string;
  readonly found: (count: number) => string;
  readonly nothing: string;
  readonly themes: string;
  readonly publishers: string;
  readonly formats: string;
  readonly all: string;
  readonly previous: string;
  readonly next: string;
  readonly languages: string;
  readonly downloads: string;
  readonly live: string;
  readonly dated: string;
  readonly about: string;
  readonly publisher: string;
  readonly contact: string;
  readonly licence: string;
  readonly attribution: string;
  readonly frequency: string;
  readonly modified: string;
  readonly issued: string;
  readonly keywords: string;
  readonly provenance: string;
  readonly documentation: string;
  readonly highValue: string;
  readonly rows: string;
  readonly map: string;
  readonly mapOf: (count: number) => string;
  readonly table: string;
  readonly tableOf: (shown: number, count: number) => string;
  readonly chart: string;
  readonly chartOf: (column: string, count: number) => string;
  readonly valuesFrom: (from: string, to: string, count: number) => string;
  readonly columns: string;
  readonly column: string;
  readonly meaning: string;
  readonly unit: string;
  readonly kind: string;
  readonly kinds: Readonly<Record<'text' | 'number' | 'boolean' | 'instant' | 'geometry' | 'json', string>>;
  readonly api: string;
  readonly apiExplained: string;
  readonly metadata: string;
  readonly notFound: string;
  readonly notSaid: string;
  readonly number: Intl.NumberFormat;
  readonly date: Intl.DateTimeFormat;
}

type Spoken = Omit<Words, 'number' | 'date'>;

const en: Spoken = {
  language: 'en',
  itself: 'English',
  catalogue: 'Data sets',
  skip: 'Skip to the content',
  search: 'Search data sets',
  searchButton: 'Search',
  found: (count) => (count === 1 ? '1 data set' : `${count} data sets`),
  nothing: 'Nothing found. Try fewer words.',
  themes: 'Themes',
  publishers: 'Publishers',
  formats: 'Formats',
  all: 'All',
  previous: 'Previous page',
  next: 'Next page',
  languages: 'Languages',
  downloads: 'Download',
  live: 'Live: always the present',
  dated: 'Dated copies',
  about: 'About this data set',
  publisher: 'Publisher',
  contact: 'Contact',
  licence: 'Licence',
  attribution: 'Attribution',
  frequency: 'Updated',
  modified: 'Description changed',
  issued: 'First published',
  keywords: 'Keywords',
  provenance: 'Origin',
  documentation: 'Documentation',
  highValue: 'High-value data set',
  rows: 'Rows',
  map: 'Map',
  mapOf: (count) => `Where the first ${count} rows are`,
  table: 'First rows',
  tableOf: (shown, count) => `The first ${shown} of ${count} rows`,
  chart: 'Chart',
  chartOf: (column, count) => `How the values of ${column} are spread over ${count} rows`,
  valuesFrom: (from, to, count) => `${from} to ${to}: ${count}`,
  columns: 'Columns',
  column: 'Column',
  meaning: 'Meaning',
  unit: 'Unit',
  kind: 'Kind',
  kinds: {
    text: 'text',
    number: 'number',
    boolean: 'yes or no',
    instant: 'date and time',
    geometry: 'place',
    json: 'structure',
  },
  api: 'Use it from a program',
  apiExplained: 'Copy a line and paste it into a terminal.',
  metadata: 'Description for machines',
  notFound: 'There is nothing here.',
  notSaid: 'not said',
};

const es: Spoken = {
  language: 'es',
  itself: 'Español',
  catalogue: 'Conjuntos de datos',
  skip: 'Ir al contenido',
  search: 'Buscar conjuntos de datos',
  searchButton: 'Buscar',
  found: (count) => (count === 1 ? '1 conjunto de datos' : `${count} conjuntos de datos`),
  nothing: 'No se ha encontrado nada. Pruebe con menos palabras.',
  themes: 'Temas',
  publishers: 'Publicadores',
  formats: 'Formatos',
  all: 'Todos',
  previous: 'Página anterior',
  next: 'Página siguiente',
  languages: 'Idiomas',
  downloads: 'Descargar',
  live: 'En vivo: siempre el presente',
  dated: 'Copias con fecha',
  about: 'Sobre este conjunto de datos',
  publisher: 'Publicador',
  contact: 'Contacto',
  licence: 'Licencia',
  attribution: 'Atribución',
  frequency: 'Actualización',
  modified: 'Descripción modificada',
  issued: 'Publicado por primera vez',
  keywords: 'Palabras clave',
  provenance: 'Origen',
  documentation: 'Documentación',
  highValue: 'Conjunto de datos de alto valor',
  rows: 'Filas',
  map: 'Mapa',
  mapOf: (count) => `Dónde están las primeras ${count} filas`,
  table: 'Primeras filas',
  tableOf: (shown, count) => `Las primeras ${shown} de ${count} filas`,
  chart: 'Gráfico',
  chartOf: (column, count) => `Cómo se reparten los valores de ${column} en ${count} filas`,
  valuesFrom: (from, to, count) => `de ${from} a ${to}: ${count}`,
  columns: 'Columnas',
  column: 'Columna',
  meaning: 'Significado',
  unit: 'Unidad',
  kind: 'Tipo',
  kinds: {
    text: 'texto',
    number: 'número',
    boolean: 'sí o no',
    instant: 'fecha y hora',
    geometry: 'lugar',
    json: 'estructura',
  },
  api: 'Usarlo desde un programa',
  apiExplained: 'Copie una línea y péguela en un terminal.',
  metadata: 'Descripción para máquinas',
  notFound: 'Aquí no hay nada.',
  notSaid: 'no se indica',
};

const ca: Spoken = {
  language: 'ca',
  itself: 'Català',
  catalogue: 'Conjunts de dades',
  skip: 'Vés al contingut',
  search: 'Cerca conjunts de dades',
  searchButton: 'Cerca',
  found: (count) => (count === 1 ? '1 conjunt de dades' : `${count} conjunts de dades`),
  nothing: 'No s’ha trobat res. Proveu amb menys paraules.',
  themes: 'Temes',
  publishers: 'Publicadors',
  formats: 'Formats',
  all: 'Tots',
  previous: 'Pàgina anterior',
  next: 'Pàgina següent',
  languages: 'Llengües',
  downloads: 'Baixa',
  live: 'En viu: sempre el present',
  dated: 'Còpies amb data',
  about: 'Sobre aquest conjunt de dades',
  publisher: 'Publicador',
  contact: 'Contacte',
  licence: 'Llicència',
  attribution: 'Atribució',
  frequency: 'Actualització',
  modified: 'Descripció modificada',
  issued: 'Publicat per primer cop',
  keywords: 'Paraules clau',
  provenance: 'Origen',
  documentation: 'Documentació',
  highValue: 'Conjunt de dades d’alt valor',
  rows: 'Files',
  map: 'Mapa',
  mapOf: (count) => `On són les primeres ${count} files`,
  table: 'Primeres files',
  tableOf: (shown, count) => `Les primeres ${shown} de ${count} files`,
  chart: 'Gràfic',
  chartOf: (column, count) => `Com es reparteixen els valors de ${column} en ${count} files`,
  valuesFrom: (from, to, count) => `de ${from} a ${to}: ${count}`,
  columns: 'Columnes',
  column: 'Columna',
  meaning: 'Significat',
  unit: 'Unitat',
  kind: 'Tipus',
  kinds: {
    text: 'text',
    number: 'nombre',
    boolean: 'sí o no',
    instant: 'data i hora',
    geometry: 'lloc',
    json: 'estructura',
  },
  api: 'Feu-lo servir des d’un programa',
  apiExplained: 'Copieu una línia i enganxeu-la en un terminal.',
  metadata: 'Descripció per a màquines',
  notFound: 'Aquí no hi ha res.',
  notSaid: 'no s’indica',
};

const de: Spoken = {
  language: 'de',
  itself: 'Deutsch',
  catalogue: 'Datensätze',
  skip: 'Zum Inhalt',
  search: 'Datensätze suchen',
  searchButton: 'Suchen',
  found: (count) => (count === 1 ? '1 Datensatz' : `${count} Datensätze`),
  nothing: 'Nichts gefunden. Versuchen Sie es mit weniger Wörtern.',
  themes: 'Themen',
  publishers: 'Herausgeber',
  formats: 'Formate',
  all: 'Alle',
  previous: 'Vorige Seite',
  next: 'Nächste Seite',
  languages: 'Sprachen',
  downloads: 'Herunterladen',
  live: 'Live: immer der jetzige Stand',
  dated: 'Kopien mit Datum',
  about: 'Über diesen Datensatz',
  publisher: 'Herausgeber',
  contact: 'Kontakt',
  licence: 'Lizenz',
  attribution: 'Namensnennung',
  frequency: 'Aktualisierung',
  modified: 'Beschreibung geändert',
  issued: 'Zuerst veröffentlicht',
  keywords: 'Schlagwörter',
  provenance: 'Herkunft',
  documentation: 'Dokumentation',
  highValue: 'Hochwertiger Datensatz',
  rows: 'Zeilen',
  map: 'Karte',
  mapOf: (count) => `Wo die ersten ${count} Zeilen liegen`,
  table: 'Erste Zeilen',
  tableOf: (shown, count) => `Die ersten ${shown} von ${count} Zeilen`,
  chart: 'Diagramm',
  chartOf: (column, count) => `Wie sich die Werte von ${column} auf ${count} Zeilen verteilen`,
  valuesFrom: (from, to, count) => `${from} bis ${to}: ${count}`,
  columns: 'Spalten',
  column: 'Spalte',
  meaning: 'Bedeutung',
  unit: 'Einheit',
  kind: 'Art',
  kinds: {
    text: 'Text',
    number: 'Zahl',
    boolean: 'ja oder nein',
    instant: 'Datum und Zeit',
    geometry: 'Ort',
    json: 'Struktur',
  },
  api: 'Aus einem Programm nutzen',
  apiExplained: 'Kopieren Sie eine Zeile in ein Terminal.',
  metadata: 'Beschreibung für Maschinen',
  notFound: 'Hier ist nichts.',
  notSaid: 'keine Angabe',
};

const fr: Spoken = {
  language: 'fr',
  itself: 'Français',
  catalogue: 'Jeux de données',
  skip: 'Aller au contenu',
  search: 'Chercher des jeux de données',
  searchButton: 'Chercher',
  found: (count) => (count === 1 ? '1 jeu de données' : `${count} jeux de données`),
  nothing: 'Rien n’a été trouvé. Essayez avec moins de mots.',
  themes: 'Thèmes',
  publishers: 'Producteurs',
  formats: 'Formats',
  all: 'Tous',
  previous: 'Page précédente',
  next: 'Page suivante',
  languages: 'Langues',
  downloads: 'Télécharger',
  live: 'En direct : toujours le présent',
  dated: 'Copies datées',
  about: 'À propos de ce jeu de données',
  publisher: 'Producteur',
  contact: 'Contact',
  licence: 'Licence',
  attribution: 'Attribution',
  frequency: 'Mise à jour',
  modified: 'Description modifiée',
  issued: 'Première publication',
  keywords: 'Mots-clés',
  provenance: 'Origine',
  documentation: 'Documentation',
  highValue: 'Jeu de données de forte valeur',
  rows: 'Lignes',
  map: 'Carte',
  mapOf: (count) => `Où se trouvent les ${count} premières lignes`,
  table: 'Premières lignes',
  tableOf: (shown, count) => `Les ${shown} premières lignes sur ${count}`,
  chart: 'Graphique',
  chartOf: (column, count) => `Répartition des valeurs de ${column} sur ${count} lignes`,
  valuesFrom: (from, to, count) => `de ${from} à ${to} : ${count}`,
  columns: 'Colonnes',
  column: 'Colonne',
  meaning: 'Signification',
  unit: 'Unité',
  kind: 'Type',
  kinds: {
    text: 'texte',
    number: 'nombre',
    boolean: 'oui ou non',
    instant: 'date et heure',
    geometry: 'lieu',
    json: 'structure',
  },
  api: 'L’utiliser depuis un programme',
  apiExplained: 'Copiez une ligne et collez-la dans un terminal.',
  metadata: 'Description pour les machines',
  notFound: 'Il n’y a rien ici.',
  notSaid: 'non précisé',
};

/** The languages that the pages speak; the first one where a visitor speaks none of them. */
export const spoken: readonly Words[] = [en, es, ca, de, fr].map((words) => ({
  ...words,
  number: new Intl.NumberFormat(words.language, { maximumSignificantDigits: 6 }),
  date: new Intl.DateTimeFormat(words.language, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }),
}));

/** The words in the first of the languages that the pages speak. */
export function wordsIn(languages: readonly string[]): Words {
  const found = languages
    .map((language) => spoken.find((words) => words.language === language))
    .find((words) => words !== undefined);
  return found ?? (spoken[0] as Words);
}
