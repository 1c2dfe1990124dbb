import type { Effect, EffectKind } from '../../mesh/view.ts';

/** What a restart does, before its reason. Every kind has its own words, so that the sentence tells the kind. */
export const restartWords: Readonly<Record<EffectKind, string>> = {
  upgrades: 'A restart upgrades it',
  downgrades: 'A restart takes it back to an older proxy',
  renews: 'A restart renews its proxies',
  nothing: 'A restart changes nothing',
  pinned: 'A restart keeps to the pin',
  static: 'A restart keeps the proxy of the manifest',
  unmeshes: 'A restart takes it out of the mesh',
  meshes: 'A restart takes it into the mesh',
  unsupported: 'This program does not restart it',
  unknown: 'What a restart does cannot be told',
};

/** The effect of a restart as a sentence. */
export function restartText(effect: Effect, ifEvicted?: Effect): string {
  const sentence = `${restartWords[effect.kind]}: ${withoutStop(effect.reason)}.`;
  return ifEvicted ? `${sentence} Evicting its pods one by one: ${withoutStop(ifEvicted.reason)}.` : sentence;
}

function withoutStop(text: string): string {
  return text.trim().replace(/\.$/, '');
}
