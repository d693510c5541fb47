import type { Entity } from '../../../core/entity/entity.ts';
import { renderSystemTimes, shownInstances } from './render-attribute.ts';
import { asOlder, type EntityRendering, hasScopes, renderAttributes, renderTypes } from './render-entity.ts';

/** How an entity becomes a feature. */
export interface FeatureRendering extends EntityRendering {
  /** Kept name of the attribute whose place is that of the feature. [LD 4.5.16.1] */
  readonly geometryProperty: string;
}

/** An entity as a GeoJSON Feature. [LD 5.2.29] */
export function renderFeature(entity: Entity, rendering: FeatureRendering): string {
  const { view, context, added = [] } = rendering;
  if (view.version !== undefined) return renderFeature(...asOlder(entity, rendering));
  const properties = [`"type":${renderTypes(entity, view)}`];
  if (hasScopes(entity))
    properties.push(`"scope":${JSON.stringify(entity.scopes.length === 1 ? entity.scopes[0] : entity.scopes)}`);
  if (view.sysAttrs) properties.push(renderSystemTimes(entity).slice(1));
  properties.push(...renderAttributes(entity, rendering), ...added);
  const own = `"id":${JSON.stringify(entity.id)},"type":"Feature","geometry":${renderGeometry(entity, rendering)}`;
  const last = context === undefined ? '' : `,"@context":${context}`;
  return `{${own},"properties":{${properties.join(',')}}${last}}`;
}

/** Entities as a GeoJSON FeatureCollection; `features` is the JSON text of an array. [LD 5.2.30] */
export function renderFeatureCollection(features: string, context: string | undefined): string {
  const last = context === undefined ? '' : `,"@context":${context}`;
  return `{"type":"FeatureCollection","features":${features}${last}}`;
}

/** The place of the default instance, or of the only one that is shown; null where there is none. [LD 4.5.16.1] */
function renderGeometry(entity: Entity, { view, geometryProperty }: FeatureRendering): string {
  const instances = entity.attributes.get(geometryProperty);
  const shown = instances === undefined ? [] : shownInstances(instances, view);
  const chosen = shown.find(({ datasetId }) => datasetId === undefined) ?? (shown.length === 1 ? shown[0] : undefined);
  return chosen?.kind === 'geo' ? JSON.stringify(chosen.geometry) : 'null';
}
