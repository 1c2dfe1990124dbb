/** Something that was asked for. `unreadable`: it may be there; `why` says what kept it from being read. */
export type Part<T> =
  | { readonly state: 'known'; readonly value: T }
  | { readonly state: 'absent' }
  | { readonly state: 'unreadable'; readonly why: string };
