import { describe, expect, it } from 'vitest';
import { Pace } from '../../src/ingest/readings/pace.ts';

describe('The pace of devices', () => {
  it('lets twice as many come at once as a second takes, and has further ones wait their turn', () => {
    const pace = new Pace(2);
    const delays = Array.from({ length: 7 }, () => pace.delayOf('a', 1000));
    expect(delays).toEqual([0, 0, 0, 0, 500, 1000, 1500]);
    expect(pace.delayOf('b', 1000)).toBe(0);
    expect(pace.delayOf('a', 2000)).toBe(1000);
    expect(pace.delayOf('a', 9000)).toBe(0);
  });

  it('admits of a sender that cannot wait what it may send, and tells of the others now and then', () => {
    const pace = new Pace(1);
    const admitted = Array.from({ length: 4 }, () => pace.admit('a', 1000));
    expect(admitted).toEqual(['admitted', 'admitted', 'refused', 'refused again']);
    expect(pace.admit('a', 2000)).toBe('admitted');
    expect(pace.admit('a', 2000)).toBe('refused again');
    expect(pace.admit('b', 2000)).toBe('admitted');
  });

  it('can be without limit', () => {
    const pace = new Pace(0);
    expect(Array.from({ length: 1000 }, () => pace.delayOf('a', 0)).every((delay) => delay === 0)).toBe(true);
  });
});
