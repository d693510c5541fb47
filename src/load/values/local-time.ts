import type { EpochMs } from '../../core/entity/entity.ts';

/** Turns wall-clock time into instants. */
export interface LocalTime {
  /**
   * The instant at which clocks of the zone show the wall-clock time, itself given as if it were UTC.
   *
   * A time that they show twice (in autumn) is the first of the two; one that they skip (in spring) is as much later
   * as the clocks were put forward. Cost: remembered, since thousands of rows share an hour.
   */
  instantOf(wallClock: EpochMs): EpochMs;
}

const dayMs = 86_400_000;
const rememberedTimes = 10_000;

/** Throws an `Error` where there is no such zone. The rules are those of the ICU data that Node carries. */
export function localTimeOf(zone: string): LocalTime {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw new Error(`no time zone "${zone}"; an IANA name such as Europe/Madrid is meant`);
  }
  const known = new Map<EpochMs, EpochMs>();
  return {
    instantOf(wallClock) {
      const remembered = known.get(wallClock);
      if (remembered !== undefined) return remembered;
      const instant = findInstant(format, wallClock);
      if (known.size >= rememberedTimes) known.clear();
      known.set(wallClock, instant);
      return instant;
    },
  };
}

/** The offsets a day earlier and a day later are the only ones that can hold; zones do not change twice in two days. */
function findInstant(format: Intl.DateTimeFormat, wallClock: EpochMs): EpochMs {
  const before = offsetAt(format, wallClock - dayMs);
  const after = offsetAt(format, wallClock + dayMs);
  for (const offset of before === after ? [before] : [before, after]) {
    const instant = wallClock - offset;
    if (offsetAt(format, instant) === offset) return instant;
  }
  return wallClock - before;
}

/** How far the zone's clocks are ahead of UTC at an instant, in milliseconds. */
function offsetAt(format: Intl.DateTimeFormat, instant: EpochMs): number {
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(instant)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
}
