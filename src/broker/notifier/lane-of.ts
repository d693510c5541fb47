import type { Delivery } from '../../core/subscription/delivery.ts';

/**
 * The name of the endpoint that notifications go to: those of one endpoint wait for each other, and for nobody else.
 *
 * Of a URL it is scheme, host and port, as they are written: where macros choose the host, all that they choose is one endpoint.
 */
export function laneOf(delivery: Exclude<Delivery, { kind: 'stream' }>): string {
  const { kind, target } = delivery;
  if (target.kind === 'endpoint') return `${kind} endpoint ${target.name}`;
  const [place = target.url] = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(target.url) ?? [];
  return place.replace(/\/\/[^@]*@/, '//').toLowerCase();
}
