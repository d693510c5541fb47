import type { BuiltinPath, Path } from '../../core/query/query.ts';

/** What the broker knows of an entity, under the names that NGSIv2 gives it among attributes. [V2 builtin attributes] */
const builtinAttributes: ReadonlyMap<string, BuiltinPath['name']> = new Map([
  ['dateCreated', 'createdAt'],
  ['dateModified', 'modifiedAt'],
  ['dateExpires', 'expiresAt'],
  ['servicePath', 'scope'],
]);

/** What the broker knows of an attribute, under the names that NGSIv2 gives it among metadata. [V2 builtin metadata] */
const builtinMetadata: ReadonlyMap<string, BuiltinPath['name']> = new Map([
  ['dateCreated', 'createdAt'],
  ['dateModified', 'modifiedAt'],
]);

/** Tells whether the broker itself knows what an attribute of that name is. [V2 builtin attributes] */
export function isBuiltinAttribute(name: string): boolean {
  return builtinAttributes.has(name);
}

/**
 * The path to an attribute, or into its value. A builtin name means the builtin, even where a user's attribute has
 * that name: so the reference implementation filters and orders. [V2 builtin attributes]
 */
export function attributePath(attribute: string, members: readonly string[] = []): Path {
  const name = members.length === 0 ? builtinAttributes.get(attribute) : undefined;
  if (name !== undefined) return { kind: 'builtin', name };
  return { kind: 'attribute', attribute, subAttributes: [], members };
}

/** The path to a metadata, or into its value; builtin names as in `attributePath`. [V2 builtin metadata] */
export function metadataPath(attribute: string, metadata: string, members: readonly string[] = []): Path {
  const name = members.length === 0 ? builtinMetadata.get(metadata) : undefined;
  if (name !== undefined) return { kind: 'builtin', name, attribute };
  return { kind: 'attribute', attribute, subAttributes: [metadata], members };
}
