import type { Way as WayName } from './task.ts';

/** How to get from one version to the next, by one way of installation. */
export interface Way {
  readonly name: WayName;
  /** undefined where the CRDs come with the rest. */
  readonly crds: Recipe | undefined;
  readonly controlPlane: Recipe;
}

export interface Recipe {
  readonly commands: readonly string[];
  readonly details: readonly string[];
  readonly docs: string;
}
