/** Chance, so that tests can do without. */
export interface Random {
  /** At least 0 and less than 1, evenly spread. */
  fraction(): number;
  /** 24 hexadecimal digits that nobody was ever given and nobody can guess. */
  newId(): string;
}
