import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import type { JsonObject } from '../../core/json.ts';
import { type DataModel, labelOf } from '../../core/model/data-model.ts';
import { ModelError } from '../../core/model/model-note.ts';
import { knownFormats } from '../../core/model/upgrade-schema.ts';
import type { JudgeKeyValues, ModelRegistry } from '../../ports/model-registry.ts';
import { linearPattern } from './linear-pattern.ts';
import { shippedModels } from './shipped-models.ts';
import { uniqueItems } from './unique-items.ts';
import { violationsOf } from './violations-of.ts';

/**
 * Models judged by AJV. A schema is compiled once, when the first entity of its type is judged, and kept for as long as its
 * model is.
 */
export function createModelRegistry(): ModelRegistry {
  const judges = new WeakMap<DataModel, JudgeKeyValues>();
  const compile = createCompiler();
  return {
    ...shippedModels(),
    compile(model) {
      let judge = judges.get(model);
      if (judge === undefined) {
        judge = judgeOf(model, compile(model));
        judges.set(model, judge);
      }
      return judge;
    },
  };
}

function judgeOf(model: DataModel, validate: ValidateFunction): JudgeKeyValues {
  const label = labelOf(model);
  return (keyValues) => (validate(keyValues) ? [] : violationsOf(validate.errors ?? [], label));
}

/** How many schemas one instance of AJV compiles: it keeps what they are made of, and is slow to make. */
const schemasPerInstance = 100;

function createCompiler(): (model: DataModel) => ValidateFunction {
  let ajv: Ajv2020 | undefined;
  let compiled = 0;
  return (model) => {
    if (ajv === undefined || compiled === schemasPerInstance) {
      ajv = newAjv();
      compiled = 0;
    }
    compiled++;
    try {
      return ajv.compile(withoutAnnotations(model.schema));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ModelError(`the schema of ${labelOf(model)} cannot be used: ${why}`);
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
function withoutAnnotations({ $schema: _, $id: _id, ...schema }: JsonObject): object {
  return schema;
}
