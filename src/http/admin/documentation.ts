import { scopeHeaders } from '../ngsiv2/documentation.ts';

/** What the routes of operators share, for the API document. */

export const adminTag = 'Administration';

export const tenantHeader = { 'Fiware-Service': scopeHeaders['Fiware-Service'] };
