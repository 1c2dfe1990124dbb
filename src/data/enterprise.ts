/**
 * The newest build of Buoyant Enterprise for Linkerd that was seen of each release, in pages and scripts of the vendor and
 * of the project. A newer one may exist, and before 2.19 some had hotpatches besides: the vendor's release notes tell.
 */
export interface EnterpriseRow {
  /** The N of `2.N`. */
  readonly minor: number;
  readonly version: string;
  /** Where it was seen. */
  readonly source: string;
}

export const enterpriseBuilds: readonly EnterpriseRow[] = [
  {
    minor: 15,
    version: 'enterprise-2.15.7',
    source: 'https://github.com/BuoyantIO/hazl-orders-playground',
  },
  {
    minor: 16,
    version: 'enterprise-2.16.3',
    source: 'https://github.com/BuoyantIO/hazl-orders-playground',
  },
  { minor: 17, version: 'enterprise-2.17.1', source: 'https://linkerd.io/releases/' },
  { minor: 18, version: 'enterprise-2.18.2', source: 'https://github.com/BuoyantIO' },
  {
    minor: 19,
    version: 'enterprise-2.19.6',
    source: 'https://docs.buoyant.io/buoyant-enterprise-linkerd/latest/overview/versions/',
  },
  {
    minor: 20,
    version: 'enterprise-2.20.2',
    source: 'https://docs.buoyant.io/release-notes/buoyant-enterprise-linkerd/',
  },
];
