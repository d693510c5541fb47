import fc from 'fast-check';
import { type AttributesMutation, type AttributeWrite, updateOperators } from '../../src/core/change/mutation.ts';
import {
  arbitraryInstant,
  arbitraryJson,
  arbitraryScalar,
  arbitrarySimpleGeometry,
  attributeNames,
  metadataNames,
} from './arbitrary-entity.ts';
import { anOperation, aWrite, type WriteSpec } from './write-builder.ts';

/* Random mutations over the names and values of `arbitrary-entity.ts`, so that they often meet what is there. */

const arbitraryMetadata = fc.option(fc.dictionary(fc.constantFrom(...metadataNames), arbitraryScalar, { maxKeys: 2 }), {
  nil: undefined,
});

const arbitrarySpec: fc.Arbitrary<WriteSpec> = fc
  .tuple(fc.option(fc.constantFrom('Number', 'Text', 'T.$x'), { nil: undefined }), arbitraryMetadata)
  .map(([type, metadata]) => ({ ...(type !== undefined && { type }), ...(metadata !== undefined && { metadata }) }));

const arbitraryValueWrite: fc.Arbitrary<AttributeWrite> = fc
  .tuple(fc.constantFrom(...attributeNames), arbitraryJson, arbitrarySpec)
  .map(([name, value, spec]) => aWrite(name, value, spec));

const arbitraryPlaceWrite: fc.Arbitrary<AttributeWrite> = fc
  .tuple(fc.constantFrom(...attributeNames), arbitrarySimpleGeometry, arbitrarySpec)
  .map(([name, geometry, spec]) =>
    aWrite(name, null, { ...spec, type: 'geo:json', content: { kind: 'geo', geometry } }),
  );

/** A write that says all by itself: applied again it has nothing more to do. */
const arbitraryPlainWrite: fc.Arbitrary<AttributeWrite> = fc
  .tuple(
    fc.oneof({ weight: 5, arbitrary: arbitraryValueWrite }, { weight: 1, arbitrary: arbitraryPlaceWrite }),
    fc.option(arbitraryInstant, { nil: undefined }),
  )
  .map(([write, observedAt]) => ({ ...write, ...(observedAt !== undefined && { observedAt }) }));

const arbitraryOperation: fc.Arbitrary<AttributeWrite> = fc
  .tuple(fc.constantFrom(...attributeNames), fc.constantFrom(...updateOperators), arbitraryJson, arbitrarySpec)
  .map(([name, operator, argument, spec]) => anOperation(name, operator, argument, spec));

function writesOf(write: fc.Arbitrary<AttributeWrite>): fc.Arbitrary<AttributeWrite[]> {
  return fc.uniqueArray(write, { maxLength: 4, selector: ({ name }) => name });
}

function arbitraryMutationOf(
  write: fc.Arbitrary<AttributeWrite>,
  forced: fc.Arbitrary<boolean>,
): fc.Arbitrary<AttributesMutation> {
  return fc
    .tuple(
      fc.constantFrom('append', 'strict append', 'update', 'replace', 'remove'),
      writesOf(write),
      fc.boolean(),
      forced,
      fc.oneof(fc.constant(undefined), fc.constant(undefined), fc.constant(null), arbitraryInstant),
    )
    .map(([kind, writes, overrideMetadata, forced, expiresAt]): AttributesMutation => {
      const options = { overrideMetadata, forced, ...(expiresAt !== undefined && { expiresAt }) };
      switch (kind) {
        case 'append':
        case 'strict append':
          return { kind: 'append', strict: kind === 'strict append', writes, ...options };
        case 'update':
        case 'replace':
          return { kind, writes, ...options };
        default:
          return { kind: 'remove', names: writes.map(({ name }) => name) };
      }
    });
}

const arbitraryWrite = fc.oneof(
  { weight: 3, arbitrary: arbitraryPlainWrite },
  { weight: 1, arbitrary: arbitraryOperation },
);

/** Writes of different attributes. */
export const arbitraryWrites = writesOf(arbitraryWrite);

export const arbitraryMutation = arbitraryMutationOf(arbitraryWrite, fc.boolean());

/** Neither forced nor with operators. */
export const arbitraryPlainMutation = arbitraryMutationOf(arbitraryPlainWrite, fc.constant(false));
