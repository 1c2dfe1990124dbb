import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Scene } from '../../src/tui/screens/picture.ts';
import { spokenLines } from '../../src/tui/screens/spoken.ts';
import { listingOf } from '../../src/tui/state/listing.ts';
import { currentTable, initialState } from '../../src/tui/state/ui-state.ts';
import { themeFor } from '../../src/tui/theme/theme.ts';
import { smallCluster } from './fixtures.ts';

test('for a screen reader the screen is sentences: figures, then the row under the cursor', () => {
  const view = smallCluster();
  const scene: Scene = {
    view,
    run: undefined,
    now: 1000,
    readOnly: false,
    version: '1.2.3',
    size: { columns: 80, rows: 24 },
    theme: themeFor({ LANG: 'C.UTF-8' }),
  };
  const state = initialState(undefined);
  const lines = spokenLines(state, scene, listingOf(view.mesh, currentTable(state)));
  const text = lines.join('\n');
  assert.match(text, /^Control plane, edge-26\.8\.3, release 2\.20, edge, ✓ ready/m);
  assert.match(text, /^✗ 4 violation, ▼ 1,202 behind-one/m);
  assert.match(text, /^Row 1 of 5$/m);
  assert.match(text, /^shop, namespace$/m);
  assert.match(text, /^Version, ✗ 4 proxies: edge-25\.4\.4/m);
  assert.match(text, /^Data plane, 1,228 proxies in 4 namespaces$/m);
  assert.doesNotMatch(text, /[█▒░]|^$/m);
  assert.doesNotMatch(text, /billing/, 'other rows are not read');
});
