import { Type } from 'typebox';
import { severities } from '../../core/model/model-policy.ts';

/** What the routes about data models share, for the API document. */

export const modelsTag = 'Data models';

export const modelPath = { type: Type.String({ description: 'Entity type', examples: ['AirQualityObserved'] }) };

export const versionParameter = {
  version: Type.String({ description: 'Version of the model; without it, the one that the policy takes' }),
};

export const severitySchema = Type.Union(severities.map((severity) => Type.Literal(severity)));

export const violationSchema = Type.Object(
  {
    path: Type.String({ description: 'Into the key-value form of the entity: a JSON Pointer' }),
    value: Type.Optional(Type.Unknown({ description: 'What stands there; long values are cut' })),
    rule: Type.String({
      description: 'The keyword of JSON Schema that says no; or attributeType, unit, unknownAttribute, unknownType',
    }),
    message: Type.String({ description: 'What would be right' }),
    model: Type.Optional(Type.String({ description: 'Type and version of the model' })),
  },
  {
    examples: [
      {
        path: '/no2',
        value: -4,
        rule: 'minimum',
        message: 'must be at least 0',
        model: 'AirQualityObserved 1.0.0',
      },
    ],
  },
);
