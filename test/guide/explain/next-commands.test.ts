import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextFor } from '../../../src/guide/explain/next-commands.ts';

const key = { namespace: 'books', kind: 'Deployment', name: 'webapp' };

test('a restart is named only where restart would carry it out, with the option that it needs', () => {
  for (const [effect, restart] of [
    ['upgrades', 'restart books/deployment/webapp'],
    ['renews', 'restart books/deployment/webapp'],
    ['meshes', 'restart books/deployment/webapp --include meshes'],
    ['downgrades', 'restart books/deployment/webapp --include downgrades'],
    ['unmeshes', undefined],
    ['nothing', undefined],
    ['pinned', undefined],
    ['static', undefined],
    ['unknown', undefined],
  ] as const) {
    const restarts = nextFor(key, effect, false).filter((command) => command.includes(' restart '));
    assert.deepEqual(restarts, restart === undefined ? [] : [`kubectl linkerd-upgrade ${restart}`], effect);
  }
});
