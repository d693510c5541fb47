import type { Contender } from './contender.ts';
import { fillThroughApi } from './fill.ts';

/** A broker that was started by somebody else, as `--target` names it. */
export interface TargetAddress {
  readonly name: string;
  readonly url: string;
}

/** `URL` or `NAME=URL`. */
export function parseTarget(text: string): TargetAddress {
  const [, name, address = ''] = /^(?:([^=/:]+)=)?(.*)$/.exec(text) ?? [];
  if (!URL.canParse(address)) throw new Error(`--target takes http://host:port or name=http://host:port, not ${text}`);
  const { origin, host } = new URL(address);
  return { name: name ?? host, url: origin };
}

/**
 * The target with a city of so many entities in a tenant of its own, so that nothing else that it holds is touched. `fresh`: one
 * that workloads write to, filled anew; the other is filled once, and read only.
 */
export async function prepareTarget(address: TargetAddress, entities: number, fresh: boolean): Promise<Contender> {
  const contender: Contender = {
    ...address,
    role: 'target',
    headers: { 'fiware-service': `bench${entities}${fresh ? 'written' : 'read'}` },
  };
  await fillThroughApi(contender, entities, fresh);
  return contender;
}
