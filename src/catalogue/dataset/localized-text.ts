/** A text in several languages, by their ISO 639-1 codes; at least one. */
export type LocalizedText = Readonly<Record<string, string>>;

/** The languages of a text, sorted. */
export function languagesOf(text: LocalizedText): readonly string[] {
  return Object.keys(text).toSorted();
}

/** The text in the first of the languages that it has, else in the first that there is. */
export function textIn(text: LocalizedText, languages: readonly string[]): string {
  return text[languageFor(text, languages)] ?? '';
}

/** The language in which `textIn` answers. */
export function languageFor(text: LocalizedText, languages: readonly string[]): string {
  return languages.find((language) => text[language] !== undefined) ?? Object.keys(text)[0] ?? '';
}
