import type { LdVocabulary } from '../context/context-vocabulary.ts';

/** How a payload is read. */
export interface Reading {
  readonly vocabulary: LdVocabulary;
  /**
   * What NGSI-LD Null may do: nothing (`none`), take attributes and members away (`members`), or also members inside of values
   * (`values`). [LD 5.5.4]
   */
  readonly nulls: 'none' | 'members' | 'values';
  /** Attributes are bare values, which mean what the attributes that they meet make of them. [LD 4.5.4] */
  readonly simplified?: boolean;
  /** The language of bare texts that meet a LanguageProperty. [LD 5.6.17] */
  readonly lang?: string;
}
