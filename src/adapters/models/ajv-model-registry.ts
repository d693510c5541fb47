import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import type { JsonObject } from '../../core/json.ts';
import { type DataModel, labelOf } from '../../core/model/data-model.ts';
import { ModelError } from '../../core/model/model-note.ts';
import { knownFormats } from '../../core/model/upgrade-schema.ts';
import type { CompiledModel, ModelRegistry } from '../../ports/model-registry.ts';
import { attributeSchema } from './attribute-schema.ts';
import { keyValuesMaker } from './key-values-maker.ts';
import { linearPattern } from './linear-pattern.ts';
import { namesLookedAt } from './names-looked-at.ts';
import { shippedModels } from './shipped-models.ts';
import { uniqueItems } from './unique-items.ts';
import { violationsOf } from './violations-of.ts';

/**
 * Models judged by AJV. A schema is compiled once, when the first entity of its type is judged, and kept for as long as its
 * model is.
 */
export function createModelRegistry(): ModelRegistry {
  const compiled = new WeakMap<DataModel, CompiledModel>();
  const compile = createCompiler();
  return {
    ...shippedModels(),
    compile(model) {
      let known = compiled.get(model);
      if (known === undefined) {
        known = compiledModel(model, compile);
        compiled.set(model, known);
      }
      return known;
    },
  };
}

type Compile = (schema: JsonObject, label: string) => ValidateFunction;

function compiledModel(model: DataModel, compile: Compile): CompiledModel {
  const label = labelOf(model);
  const names = namesLookedAt(model.schema);
  const parts = attributeSchema(model.schema);
  return {
    judge: judgeBy(compile(model.schema, label), label),
    judgePart: parts && judgeBy(compile(parts, label), label),
    emptyKeyValues: keyValuesMaker(names ?? new Set()),
    names,
  };
}

function judgeBy(validate: ValidateFunction, label: string): CompiledModel['judge'] {
  return (keyValues) => (validate(keyValues) ? [] : violationsOf(validate.errors ?? [], label));
}

/** How many schemas one instance of AJV compiles: it keeps what they are made of, and is slow to make. */
const schemasPerInstance = 100;

function createCompiler(): Compile {
  let ajv: Ajv2020 | undefined;
  let compiled = 0;
  return (schema, label) => {
    if (ajv === undefined || compiled === schemasPerInstance) {
      ajv = newAjv();
      compiled = 0;
    }
    compiled++;
    try {
      return ajv.compile(withoutName(schema));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ModelError(`the schema of ${label} cannot be used: ${why}`);
    }
  };
}

function newAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    // Schemas say what the published ones say; `upgradeSchema` has taken out what is no keyword.
    strict: false,
    allErrors: true,
    verbose: true,
    addUsedSchema: false,
    inlineRefs: true,
    loopEnum: 50,
    loopRequired: 50,
    code: { regExp: linearPattern },
    logger: false,
  });
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword(uniqueItems);
  ajvFormats.default(ajv, { formats: [...knownFormats] as [], keywords: false });
  return ajv;
}

/** References are within the schema, so it needs no name; nor does a name tie it to others. */
function withoutName({ $schema: _, $id: _id, ...schema }: JsonObject): object {
  return schema;
}
