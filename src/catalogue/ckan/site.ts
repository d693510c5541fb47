import type { Formats } from '../formats/formats.ts';
import type { Links } from '../links.ts';

/** Where a CKAN answers from, and in which languages. */
export interface CkanSite {
  readonly links: Links;
  readonly formats: Formats;
  /** The first that a text has is shown. */
  readonly languages: readonly string[];
}
