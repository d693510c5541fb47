import { type ContextTerms, contextVocabulary, coreVocabulary, type LdVocabulary } from './context-vocabulary.ts';
import { coreNames, corePrefixes, type KeptNames, keptNames } from './kept-names.ts';

/** The vocabularies of contexts for tenants of one default context, each made once. */
export interface TenantVocabularies {
  /** Of the core context alone. */
  readonly core: LdVocabulary;
  of(context: ContextTerms): LdVocabulary;
}

/** For tenants whose names are kept by a default context. Cost: a look-up, after the first time. */
export function tenantVocabularies(defaultContext: ContextTerms): TenantVocabularies {
  let vocabularies = known.get(defaultContext);
  if (vocabularies === undefined) {
    const names = keptNames(defaultContext.terms);
    const core = contextVocabulary({ terms: new Map(), prefixes: corePrefixes }, names);
    vocabularies = { core, of: remembered(names) };
    known.set(defaultContext, vocabularies);
  }
  return vocabularies;
}

const known = new WeakMap<ContextTerms, TenantVocabularies>();

/** For tenants without a default context. */
export const withoutDefault: TenantVocabularies = { core: coreVocabulary, of: remembered(coreNames) };

function remembered(names: KeptNames): TenantVocabularies['of'] {
  const made = new WeakMap<ContextTerms, LdVocabulary>();
  return (context) => {
    let vocabulary = made.get(context);
    if (vocabulary === undefined) {
      vocabulary = contextVocabulary(context, names);
      made.set(context, vocabulary);
    }
    return vocabulary;
  };
}
