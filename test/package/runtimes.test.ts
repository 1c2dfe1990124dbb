import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkedArchive, fetchedArchive, runtimePins } from '../../scripts/package/runtimes.ts';
import { releaseTargets } from '../../scripts/package/targets.ts';
import { setEnvironment } from '../support/environment.ts';

const [target] = releaseTargets;
const name = target?.runtime ?? '';

describe('runtimes', () => {
  test('every platform has a pin, and every pin a platform', () => {
    assert.deepEqual(Object.keys(runtimePins).sort(), releaseTargets.map(({ runtime }) => runtime).sort());
    for (const { integrity, sha256 } of Object.values(runtimePins)) {
      assert.match(integrity, /^sha512-[\w+/]{86}==$/);
      assert.match(sha256, /^[0-9a-f]{64}$/);
    }
  });

  test('an archive other than the pinned one is refused, with both sums', () => {
    const pin = runtimePins[name];
    assert.ok(pin);
    assert.throws(
      () => checkedArchive(name, pin, Buffer.from('another')),
      (error: Error) => {
        assert.ok(error.message.includes(pin.integrity));
        assert.match(
          error.message,
          /the archive of @oven\/bun-linux-x64@[\d.]+ is not what .*runtimes\.json pins/,
        );
        assert.match(error.message, /Nothing was packaged/);
        return true;
      },
    );
  });

  test('without a registry, it says what could not be fetched and what to do', async (context) => {
    const settings = {
      // Port 9, discard: nobody listens there.
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_fetch_retries: '0',
      npm_config_cache: '/nonexistent/cache-of-a-test',
    };
    setEnvironment(context, settings);
    await assert.rejects(
      fetchedArchive(name),
      /npm cannot fetch @oven\/bun-linux-x64@[\d.]+ .*ECONNREFUSED[\s\S]*Run it again where npm reaches its registry/s,
    );
  });
});
