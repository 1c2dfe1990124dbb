import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ArchiveEntry, tarGz, zip } from '../../scripts/package/archive.ts';
import { readArchive } from '../krew/validator/archive.ts';

const entries: readonly ArchiveEntry[] = [
  { name: 'program', content: Buffer.alloc(100_000, 'code'), mode: 0o755 },
  { name: 'LICENSE', content: Buffer.from('free'), mode: 0o644 },
];

for (const [form, write] of [
  ['tar.gz', tarGz],
  ['zip', async (files: readonly ArchiveEntry[]) => zip(files)],
] as const) {
  test(`${form}: keeps content and modes, in the order of the names`, async () => {
    const { entries: found } = readArchive(await write(entries));
    assert.deepEqual(
      found?.map(({ name, type, mode, data }) => ({ name, type, mode, content: Buffer.from(data) })),
      entries.toReversed().map((entry) => ({ ...entry, type: 'file' })),
    );
  });

  test(`${form}: the same bytes in any order, in any time zone`, async (context) => {
    const zone = process.env.TZ;
    context.after(() => {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    });
    process.env.TZ = 'Pacific/Kiritimati';
    const east = await write(entries);
    process.env.TZ = 'Pacific/Pago_Pago';
    const west = await write(entries.toReversed());
    assert.ok(Buffer.from(east).equals(Buffer.from(west)));
  });
}
