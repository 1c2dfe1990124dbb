import { byText } from '../../mesh/words.ts';

/** The number at the end of a StatefulSet pod's name; 0 where there is none. */
export function ordinalOf(name: string): number {
  return Number(/-(\d+)$/.exec(name)?.[1] ?? 0);
}

/** Pods in the order in which a StatefulSet replaces them: the highest ordinal first, else by name. */
export function newest<P extends { readonly name: string }>(pods: readonly P[]): P[] {
  return [...pods].sort((a, b) => ordinalOf(b.name) - ordinalOf(a.name) || byText(a.name, b.name));
}
