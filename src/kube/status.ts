/** meta/v1 Status, the form in which an API server explains an error; strings are cleaned. */
export interface Status {
  readonly message: string;
  readonly reason: string;
  /** HTTP status, 0 when absent. */
  readonly code: number;
  readonly details: StatusDetails;
  /** Token that an expired list offers for going on inconsistently; '' when absent. */
  readonly continueToken: string;
}

export interface StatusDetails {
  readonly name: string;
  readonly group: string;
  readonly kind: string;
  /** 0 when absent. */
  readonly retryAfterSeconds: number;
  readonly causes: readonly StatusCause[];
}

export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

export const NO_DETAILS: StatusDetails = { name: '', group: '', kind: '', retryAfterSeconds: 0, causes: [] };
