/**
 * Files that are made for others to fetch, by names such as `snapshots/parking/2026-01-31.csv`: words of letters, digits, `.`,
 * `-` and `_`, joined by slashes. Rejects with what the file system says where it fails.
 */
export interface FileShelf {
  /** Begins a file, in place of one that has the name. What is appended can be read at once. */
  create(name: string): Promise<FileInMaking>;
  /** Undefined: there is no such file. */
  find(name: string): Promise<ShelvedFile | undefined>;
  /** The files right below a folder, by name; none where there is no such folder. */
  list(folder: string): Promise<readonly ShelvedFile[]>;
  /** The bytes from `start` on and before `end`, as far as there are any, a piece at a time. A file that is removed meanwhile is read to its end. */
  read(name: string, start: number, end: number): AsyncIterable<Uint8Array>;
  /** Gives a file another name, at once and for good: it survives a crash after that. Replaces a file of that name. */
  rename(from: string, to: string): Promise<void>;
  /** Passes over a file that does not exist. */
  remove(name: string): Promise<void>;
  /** Removes a folder and all below it. */
  removeAll(folder: string): Promise<void>;
}

export interface FileInMaking {
  /** Resolves when the bytes can be read. One call at a time. */
  append(bytes: Uint8Array): Promise<void>;
  /** Closes the file. It survives a crash where `durable`. */
  close(durable: boolean): Promise<void>;
}

export interface ShelvedFile {
  readonly name: string;
  readonly bytes: number;
}
