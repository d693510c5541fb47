import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { PacketGate } from '../../src/adapters/mqtt/packet-gate.ts';

const unbounded = { messages: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };

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
              gate.follow(bytes.subarray(at, at + cut), unbounded);
              at += cut;
            }
            gate.follow(bytes.subarray(at), unbounded);
          };
          if (isAllowed) follow();
          else expect(follow).toThrow('allowed');
        },
      ),
    );
  });

  it('says where so many packets have ended, however they are cut into chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(300), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 900 }),
        fc.integer({ min: 1, max: 5 }),
        (sizes, chunkBytes, maxPackets) => {
          const gate = new PacketGate(20_000);
          const packets = sizes.map(aPublication);
          const ends = packets.map((_, index) => Buffer.concat(packets.slice(0, index + 1)).length);
          const bytes = Buffer.concat(packets);
          for (let at = 0; at < bytes.length; ) {
            const chunk = bytes.subarray(at, at + chunkBytes);
            const length = gate.follow(chunk, { ...unbounded, messages: maxPackets });
            const ended = ends.filter((end) => end > at && end <= at + length);
            const wouldEnd = ends.filter((end) => end > at && end <= at + chunk.length);
            expect(ended).toEqual(wouldEnd.slice(0, maxPackets));
            expect(length).toBe(ended.length === maxPackets ? (ended.at(-1) ?? 0) - at : chunk.length);
            at += length;
          }
        },
      ),
    );
  });
});
