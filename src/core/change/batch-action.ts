/** What a batch does to each of its entities, as the request for that entity alone would. [V2 batch update] */
export type BatchAction = 'append' | 'appendStrict' | 'update' | 'delete' | 'replace';
