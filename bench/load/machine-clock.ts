/** Milliseconds of a clock that all processes of this machine share. It never steps; where it starts means nothing. */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
