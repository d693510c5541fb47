import type { DataModel } from '../../src/core/model/data-model.ts';

/** schemas/models/README.md, made of the models themselves. */
export function renderModelIndex(models: readonly DataModel[]): string {
  const rows = models.map(({ type, version, subject, description, attributes, derivedFrom }) => {
    const personal = [...attributes].filter(([, { personal }]) => personal).map(([name]) => `\`${name}\``);
    return `| [${type}](${subject}/${type}.schema.json) | ${subject} | ${version} | ${description} | ${attributes.size} | ${personal.join(', ')} | [${derivedFrom?.includes('schema.org') ? 'schema.org' : 'Smart Data Models'}](${derivedFrom}) |`;
  });
  return `# Shared data models

${models.length} models of what a city measures and runs, as JSON Schema 2020-12 of the key-value form of an entity. Names, types, units and enumerations of the attributes are those of
the [Smart Data Models](https://smartdatamodels.org); the wording is ours, under the [Apache License 2.0](../../LICENSE). [Data models](../../docs/data-models.md) tells how a broker
uses them, and how to add others.

| model | subject | version | what it is of | attributes | personal data | derived from |
| ----- | ------- | ------- | ------------- | ---------: | ------------- | ------------ |
${rows.join('\n')}

Beside the keywords of JSON Schema a model has \`x-version\`, \`x-subject\`, \`x-license-url\` and \`x-derived-from\`; an attribute has \`x-ngsi\` with its kind (\`type\`), the codes of
UN/CEFACT that its unit may have (\`unitCodes\`), and \`privacy\` where it tells of people. Each model has two \`examples\`. Definitions that several models share are in \`commons\`, under the names
that the Smart Data Models give them. A test writes and checks this page: \`npx tsx test/models/write-model-index.ts\`.
`;
}
