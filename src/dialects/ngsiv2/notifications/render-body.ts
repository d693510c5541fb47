import { decodePercent } from '../../../core/expression/decode-percent.ts';
import { type Expansion, expandJson, expandText } from '../../../core/expression/macros.ts';
import type { CustomBody } from '../../../core/subscription/delivery.ts';
import type { Subscription } from '../../../core/subscription/subscription.ts';
import type { Representation } from '../projection.ts';
import { type Builtins, renderEntity } from '../render-entity.ts';
import { withChangeMetadata } from './change-metadata.ts';
import type { ChangedEntity } from './changed-entity.ts';
import type { BodyLabel } from './notification-headers.ts';
import { patchEntity } from './patch-entity.ts';
import { selectAttributes } from './select-attributes.ts';

/** A body, absent where there is none, and what the headers say of it. */
export interface RenderedBody extends BodyLabel {
  readonly body?: string;
}

type PresentBody = RenderedBody & { readonly body: string };

/** What of a subscription its notifications show. */
export type ShowingSubscription = Pick<Subscription, 'id' | 'notifyOnMetadataChange' | 'notification'>;

const json = 'application/json; charset=utf-8';
const plainText = 'text/plain; charset=utf-8';

/** The usual body: the entity in the format of the subscription. [V2 notification messages] */
export function renderBody(subscription: ShowingSubscription, changed: ChangedEntity): PresentBody {
  return renderChange(subscription, changed, new Set());
}

/** The body of a custom notification. [V2 custom notifications] */
export function renderCustomBody(
  subscription: ShowingSubscription,
  changed: ChangedEntity,
  custom: CustomBody,
  expansion: Expansion,
): RenderedBody {
  switch (custom.kind) {
    case 'default':
      return renderBody(subscription, changed);
    case 'none':
      return { format: 'custom' };
    case 'text': {
      // Decoded when everything is in place, as receivers of the reference implementation know it.
      const body = decodePercent(expandText(custom.template, { ...expansion, absent: 'null' }));
      return { contentType: plainText, format: 'custom', body };
    }
    case 'json':
      return { contentType: json, format: 'custom', body: JSON.stringify(expandJson(custom.template, expansion)) };
    case 'patch': {
      const entity = patchEntity(changed, custom.patch, expansion);
      const patched = new Set(custom.patch.attributes.map(({ name }) => name));
      return renderChange(subscription, { ...changed, entity }, patched);
    }
  }
}

/** `patched`: the attributes that are not what the change made of them. */
function renderChange(
  subscription: ShowingSubscription,
  changed: ChangedEntity,
  patched: ReadonlySet<string>,
): PresentBody {
  const { metadata, format } = subscription.notification;
  const selected = selectAttributes(changed, subscription, patched);
  const entity = withChangeMetadata({ ...changed, entity: selected.entity }, metadata, patched);
  const projection = {
    representation: representations[format],
    ...(selected.attrs !== undefined && { attrs: selected.attrs }),
    ...(metadata.length > 0 && { metadata }),
  };
  const text = renderEntity(entity, projection, builtinsOf(changed));
  const isBare = format === 'simplifiedNormalized' || format === 'simplifiedKeyValues';
  const body = isBare ? text : `{"subscriptionId":${JSON.stringify(subscription.id)},"data":[${text}]}`;
  return { contentType: json, format, body };
}

const representations: Readonly<Record<Subscription['notification']['format'], Representation>> = {
  normalized: 'normalized',
  keyValues: 'keyValues',
  values: 'values',
  simplifiedNormalized: 'normalized',
  simplifiedKeyValues: 'keyValues',
};

/** What only a notification knows of an entity. [V2 builtin attributes] */
function builtinsOf({ alteration }: ChangedEntity): Builtins {
  return new Map([['alterationType', { type: 'Text', value: JSON.stringify(alteration) }]]);
}
