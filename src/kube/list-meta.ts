/** ListMeta of a list, as far as it is read. */
export interface ListMeta {
  readonly resourceVersion: string;
  /** Opaque token of the next page, '' on the last. */
  readonly continueToken: string;
  /** Objects after this page, where the server tells. */
  readonly remaining: number | undefined;
}

export const NO_LIST_META: ListMeta = { resourceVersion: '', continueToken: '', remaining: undefined };
