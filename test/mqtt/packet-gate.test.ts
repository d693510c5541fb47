import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { PacketGate } from '../../src/adapters/mqtt/packet-gate.ts';

const aPublication = (bytes: number) =>
  generate({ cmd: 'publish', topic: 't', payload: Buffer.alloc(bytes), qos: 0, retain: false, dup: false });

describe('A packet gate', () => {
  it('lets packets pass that are small enough, however they are cut into chunks, and none that is too large', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(40_000), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 5000 })),
        (sizes, cuts) => {
          const gate = new PacketGate(20_000);
          const bytes = Buffer.concat(sizes.map(aPublication));
          const isAllowed = sizes.every((size) => size + 3 <= 20_000);
          const follow = (): void => {
            let at = 0;
            for (const cut of cuts) {
              gate.follow(bytes.subarray(at, at + cut));
              at += cut;
            }
            gate.follow(bytes.subarray(at));
          };
          if (isAllowed) follow();
          else expect(follow).toThrow('allowed');
        },
      ),
    );
  });
});
