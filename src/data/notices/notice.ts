export type NoticeSeverity = 'action' | 'warning' | 'info';

export interface Notice {
  /** `2.18-gateway-crds`: begins with `to`. */
  readonly id: string;
  /** `2.N` or `2.N.p`: on the way when from < to <= target; `any`: whenever it applies. `2.21`: edges after 2.20. */
  readonly to: string;
  /** Replaces `to` for each end of the way that is an edge release; '' to use `to` for both. */
  readonly sinceEdge: string;
  readonly title: string;
  readonly severity: NoticeSeverity;
  readonly component: string;
  /** '' for any. */
  readonly installMethod: 'cli' | 'helm' | '';
  /** Versions that it concerns, as a range: `<= 2.9`, `2.9.0 - 2.9.3`; '' for all. */
  readonly from: string;
  /** When it applies, in words. */
  readonly condition: string;
  /** What to do. */
  readonly action: string;
  /** Upper-case words are placeholders. */
  readonly commands: readonly string[];
  readonly docs: string;
  readonly confidence: string;
  /** Helm values that moved; `to` is '' for one that is gone. */
  readonly movedValues: readonly { readonly from: string; readonly to: string }[];
}

type Required = 'id' | 'to' | 'title' | 'severity' | 'component' | 'condition' | 'action' | 'docs';

/** A notice of which only what is special is given: without more it is documented, of any version and install. */
export function notice(row: Pick<Notice, Required> & Partial<Omit<Notice, Required>>): Notice {
  return {
    sinceEdge: '',
    installMethod: '',
    from: '',
    commands: [],
    confidence: 'documented',
    movedValues: [],
    ...row,
  };
}
