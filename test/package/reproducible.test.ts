import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bundle } from '../../scripts/build.mjs';
import { compiled } from '../../scripts/package/compile.ts';
import { runtimeExecutable } from '../../scripts/package/runtimes.ts';
import { releaseTargets } from '../../scripts/package/targets.ts';
import { setEnvironment } from '../support/environment.ts';
import { leftOut } from './release.ts';

describe('making a program twice', { skip: leftOut }, () => {
  test('the bundle has the same bytes', async () => {
    const [first, second] = [await bundle({ for: 'binary' }), await bundle({ for: 'binary' })];
    assert.deepEqual(second.files, first.files);
  });

  // One compilation has a temporary folder of its own, and the variables here are those that Bun would obey.
  test('the program has the same bytes, whatever the environment says', async (context) => {
    const [target] = releaseTargets;
    assert.ok(target);
    const runtime = await runtimeExecutable(target.runtime);
    const text = 'if (process.argv[2] === "version") console.log("small");\n';
    const compile = () => compiled({ target, bundle: text, compiler: runtime, runtime });

    const first = await compile();
    const hostile = {
      BUN_OPTIONS: '--smol',
      BUN_CONFIG_VERBOSE_FETCH: '1',
      NODE_ENV: 'development',
      TZ: 'Asia/Tokyo',
    };
    setEnvironment(context, hostile);
    const second = await compile();
    assert.equal(second.length, first.length);
    assert.ok(second.equals(first));
    const changed = await compiled({
      target,
      bundle: text.replace('small', 'other'),
      compiler: runtime,
      runtime,
    });
    assert.equal(changed.equals(first), false);
  });
});
