/** One entry of an archive, as far as krew looks at it. */
export interface Entry {
  /** As it is written in the archive. */
  readonly name: string;
  readonly type: 'file' | 'directory' | 'other';
  /** Tar's type flag; for a zip the upper half of Unix' file mode, in octal. */
  readonly typeName: string;
  /** Permission bits; undefined where the archive has none. */
  readonly mode: number | undefined;
  readonly data: Uint8Array;
}

/** What an archive holds, or why it cannot be read. */
export type Entries =
  | { readonly entries: readonly Entry[]; readonly problem?: undefined }
  | { readonly entries?: undefined; readonly problem: string };
