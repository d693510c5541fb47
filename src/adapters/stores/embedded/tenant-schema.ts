import type { DatabaseSyncInstance } from '@photostructure/sqlite';

/** Marks a file as one of Oriel's, whatever its name: `ORIL` in ASCII. */
const applicationId = 0x4f52494c;

/**
 * How a tenant's file came to its present form: step n leads from version n to version n + 1 (`PRAGMA user_version`).
 * A step that was released never changes; what follows is added behind it.
 */
const migrations: readonly string[] = [
  `CREATE TABLE entities (sequence INTEGER PRIMARY KEY, entity TEXT NOT NULL) STRICT;
   CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   INSERT INTO counters VALUES ('sequence', 0), ('entities', 0);`,
  `CREATE TABLE subscriptions (
     position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, subscription TEXT NOT NULL, state TEXT NOT NULL
   ) STRICT;
   CREATE TABLE changes (
     id INTEGER PRIMARY KEY, last INTEGER NOT NULL, entity_id TEXT NOT NULL, entity TEXT NOT NULL, previous TEXT,
     details TEXT NOT NULL
   ) STRICT;
   CREATE TABLE owed (
     id INTEGER PRIMARY KEY, change INTEGER NOT NULL, subscription TEXT NOT NULL, alteration TEXT NOT NULL,
     ordinal INTEGER NOT NULL, since INTEGER NOT NULL, died_at INTEGER, attempts INTEGER, reason TEXT
   ) STRICT;
   CREATE INDEX owed_by_subscription ON owed (subscription, id);
   CREATE INDEX dead_letters ON owed (id) WHERE died_at IS NOT NULL;
   INSERT INTO counters VALUES ('owed', 0);`,
  `CREATE TABLE documents (
     position INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, document TEXT NOT NULL, UNIQUE (kind, id)
   ) STRICT;`,
];

/** The version that this release writes, and the newest that it reads. */
export const tenantFileVersion = migrations.length;

/**
 * Brings a tenant's file to the present version, all or nothing; an empty file becomes a tenant without entities.
 * Throws for a file that is not Oriel's, and for one that a newer release wrote.
 */
export function migrateTenantFile(database: DatabaseSyncInstance, path: string): void {
  const version = checkTenantFile(database, path);
  if (version === tenantFileVersion) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const step of migrations.slice(version)) database.exec(step);
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${tenantFileVersion}; COMMIT`);
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** The version of a tenant's file; 0 is an empty one. Throws as `migrateTenantFile`. */
export function checkTenantFile(database: DatabaseSyncInstance, path: string): number {
  const version = pragma(database, 'user_version');
  const application = pragma(database, 'application_id');
  const empty = version === 0 && application === 0 && pragma(database, 'schema_version') === 0;
  if (application !== applicationId && !empty) throw new Error(`${path} is not a file of Oriel`);
  if (version > tenantFileVersion) {
    throw new Error(
      `${path} was written by a newer release (version ${version} of its form; this release reads up to ${tenantFileVersion})`,
    );
  }
  return version;
}

function pragma(database: DatabaseSyncInstance, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()[name]);
}
