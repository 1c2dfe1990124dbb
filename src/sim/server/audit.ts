/** One request as it was answered. */
export interface AuditEntry {
  readonly user: string;
  /** Set when the user acted as somebody else. */
  readonly impersonatedUser: string | undefined;
  readonly userAgent: string;
  readonly method: string;
  readonly verb: string;
  /** Path and query. */
  readonly path: string;
  /** Plural name, '' for paths that are no resource. */
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** The decoded body of a write. */
  readonly body: unknown;
  /** HTTP status; 0 when the connection was cut without an answer. */
  readonly code: number;
}

/** The requests answered so far; a watch is entered when it begins. */
export interface AuditLog {
  /** Oldest first; only the newest are kept. */
  readonly entries: readonly AuditEntry[];
  /** Called with each new entry. Returns the way to stop. */
  subscribe(listener: (entry: AuditEntry) => void): () => void;
}

const KEPT = 20_000;

export function createAuditLog(): AuditLog & { record(entry: AuditEntry): void } {
  const entries: AuditEntry[] = [];
  const listeners = new Set<(entry: AuditEntry) => void>();
  return {
    entries,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    record(entry) {
      entries.push(entry);
      if (entries.length > KEPT) entries.splice(0, KEPT / 2);
      for (const listener of listeners) listener(entry);
    },
  };
}
