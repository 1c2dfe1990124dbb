/** One file of a bundle. */
export interface BundledFile {
  /** Below dist/, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

export interface Bundle {
  readonly files: readonly BundledFile[];
  /** Source files, from the top of the repository, of which something is in the bundle; sorted. */
  readonly inputs: readonly string[];
}

export function bundle(form: { readonly for: 'node' | 'npm' | 'binary' }): Promise<Bundle>;
