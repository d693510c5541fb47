import { Type } from 'typebox';

/** What the public routes share, for the API document. */

export const openDataTag = 'Open data';

export const datasetParameter = { dataset: Type.String({ description: 'Id of the dataset', examples: ['parking'] }) };
