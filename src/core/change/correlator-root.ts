/**
 * The correlator of the request that set a chain of notifications in motion: the text before `; cbnotif=`.
 *
 * [V2 Fiware-Correlator]
 */
export function correlatorRoot(correlator: string): string {
  const end = correlator.indexOf(';');
  return end < 0 ? correlator : correlator.slice(0, end);
}
