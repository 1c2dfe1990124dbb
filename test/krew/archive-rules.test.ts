/** Every rule for archives refuses what breaks it, and nothing else. */
import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import {
  goodFiles,
  goodZip,
  platformOf,
  programFor,
  type TarFile,
  tarGzOf,
  tarOf,
  zipOf,
} from './fixtures.ts';
import type { Pair } from './validator/selectors.ts';
import { installationProblems } from './validator/validate.ts';

interface Spoiled {
  readonly what: string;
  readonly archive: Buffer | Promise<Buffer>;
  readonly problems: readonly RegExp[];
  readonly platform?: Parameters<typeof platformOf>[1];
}

const [licence, program] = goodFiles();
assert.ok(licence && program);
const withFile = (...more: readonly TarFile[]) => tarGzOf([...goodFiles(), ...more]);
const instead = (change: Partial<TarFile>) => tarGzOf([licence, { ...program, ...change }]);
const windows = { os: 'windows' };
const good = tarGzOf(goodFiles());

const cases: readonly Spoiled[] = [
  // M6
  {
    what: 'a tar without compression',
    archive: tarOf(goodFiles()),
    problems: [/^M6 .* neither gzip nor zip/],
  },
  {
    what: 'a tar.xz',
    archive: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4]),
    problems: [/^M6 .* neither gzip nor zip/],
  },
  { what: 'an empty zip', archive: Buffer.from('PK\x05\x06'.padEnd(22, '\0')), problems: [/^M6 .* neither/] },
  { what: 'gzip of something else', archive: gzipSync('no tar'), problems: [/^M6 .* cannot be read/] },
  { what: 'a tar that is cut off', archive: cutOff(good), problems: [/^M6 .* cannot be read/] },
  {
    what: 'a zip for Linux',
    archive: zipOf({ LICENSE: 'x', 'kubectl-linkerd_upgrade': programFor('linux/amd64') }, 0o755),
    problems: [/^M6 a zip for a system/],
  },
  // M7
  {
    what: 'a file of the name of a device of Windows',
    archive: withFile({ name: 'docs/aux.txt' }),
    problems: [/^M7 the name docs\/aux\.txt cannot be one on Windows/],
  },
  {
    what: 'a name that Windows would shorten',
    archive: withFile({ name: 'readme.' }),
    problems: [/^M7 the name readme\. cannot be one on Windows/],
  },
  {
    what: 'a file that is a folder, too',
    archive: withFile({ name: 'docs' }, { name: 'docs/readme' }),
    problems: [/^M7 docs\/readme is in a folder that is a file, too/],
  },
  {
    what: 'a symbolic link',
    archive: withFile({ name: 'link', type: 'symlink', linkname: 'LICENSE' }),
    problems: [/^M7 link is neither .* "2"/],
  },
  {
    what: 'a hard link',
    archive: withFile({ name: 'link', type: 'link', linkname: 'LICENSE' }),
    problems: [/^M7 link is neither .* "1"/],
  },
  {
    what: 'a device',
    archive: withFile({ name: 'null', type: 'character-device' }),
    problems: [/^M7 null is neither .* "3"/],
  },
  {
    what: 'a pipe',
    archive: withFile({ name: 'pipe', type: 'fifo' }),
    problems: [/^M7 pipe is neither .* "6"/],
  },
  {
    what: 'two dots anywhere in a name',
    archive: withFile({ name: 'x/[...slug].js' }),
    problems: [/^M7 .* contains \.\./, /^M7 .* odd signs/],
  },
  {
    what: 'a way out',
    archive: withFile({ name: '../x' }),
    problems: [/^M7 .* contains \.\./, /^M8 .* leaves/],
  },
  {
    what: 'an absolute name',
    archive: withFile({ name: '/x' }),
    problems: [/^M7 .* absolute/, /^M7 .* odd/],
  },
  {
    what: 'an absolute name of Windows',
    archive: withFile({ name: '\\x' }),
    problems: [/^M7 .* absolute/, /^M7 .* odd/],
  },
  {
    what: 'a control character in a name',
    archive: withFile({ name: 'a\u001bb' }),
    problems: [/^M7 .* odd signs/],
  },
  {
    what: 'a name that is there twice',
    archive: withFile(licence),
    problems: [/^M7 LICENSE is there twice/],
  },
  {
    what: 'names that differ in case only',
    archive: withFile({ name: 'license', data: 'x' }),
    problems: [/^M7 license is there twice/],
  },
  { what: 'set-user-id', archive: instead({ mode: 0o4755 }), problems: [/^M7 .* mode 4755/] },
  { what: 'a file that all may write', archive: instead({ mode: 0o777 }), problems: [/^M7 .* mode 777/] },
  {
    what: 'a file that only its owner may read',
    archive: instead({ mode: 0o700 }),
    problems: [/^M7 .* mode 700/, /^M9 .* not executable/],
  },
  {
    what: 'a zip with a folder that krew does not make',
    archive: zipOf({
      LICENSE: 'x',
      'doc/x': 'x',
      'kubectl-linkerd_upgrade.exe': programFor('windows/amd64'),
    }),
    platform: windows,
    problems: [/^M7 doc\/x is in a folder/],
  },
  // M8
  { what: 'an empty list of moves', archive: good, platform: { files: [] }, problems: [/^M8 .* empty/] },
  {
    what: 'a move to nowhere',
    archive: good,
    platform: { files: [{ from: '*', to: '' }] },
    problems: [/^M8 .* lacks from or to/],
  },
  ...['./', './bin', 'bin/', 'a//b', 'a/../b'].map((to) => ({
    what: `the target ${to}`,
    archive: good,
    platform: { files: [{ from: '*', to }] },
    problems: [/^M8 .* clean form/],
  })),
  {
    what: 'a pattern that nothing matches',
    archive: good,
    platform: { files: [{ from: 'bin/*', to: '.' }] },
    problems: [/^M8 no file .* "bin\/\*"/],
  },
  {
    what: 'a pattern that is malformed',
    archive: good,
    platform: { files: [{ from: '[', to: '.' }] },
    problems: [/^M8 no file/],
  },
  {
    what: 'two stars, which go through no folders',
    archive: tarGzOf([licence, { ...program, name: 'a/b/kubectl-linkerd_upgrade' }]),
    platform: { files: [{ from: '**/kubectl-linkerd_upgrade', to: '.' }] },
    problems: [/^M8 no file/],
  },
  {
    what: 'a target outside',
    archive: good,
    platform: { files: [{ from: 'LICENSE', to: '../LICENSE' }] },
    problems: [/^M8 .* leaves/],
  },
  {
    what: 'a pattern to a target outside',
    archive: good,
    platform: { files: [{ from: 'L*', to: '..' }] },
    problems: [/^M8 .* leaves/],
  },
  {
    what: 'a source outside',
    archive: good,
    platform: { files: [{ from: '../*', to: '.' }] },
    problems: [/^M8 .* outside/],
  },
  {
    what: 'a move that another has made impossible',
    archive: good,
    platform: {
      files: [
        { from: '*', to: '.' },
        { from: 'LICENSE', to: 'doc' },
      ],
    },
    problems: [/^M8 no file .* "LICENSE"/],
  },
  // M9
  {
    what: 'an executable that is missing',
    archive: good,
    platform: { bin: 'linkerd' },
    problems: [/^M9 .* not in the archive/],
  },
  {
    what: 'an executable that the moves put elsewhere',
    archive: tarGzOf([licence, { ...program, name: 'bin/kubectl-linkerd_upgrade' }]),
    platform: {
      bin: 'bin/kubectl-linkerd_upgrade',
      files: [
        { from: 'LICENSE', to: '.' },
        { from: 'bin/*', to: '.' },
      ],
    },
    problems: [/^M9 .* not in the archive/],
  },
  ...['../../x', '/bin/sh', 'x/../../y'].map((bin) => ({
    what: `the executable ${bin}, which krew reports as installed`,
    archive: good,
    platform: { bin },
    problems: [/^M9 .* leaves/],
  })),
  {
    what: 'an executable by a roundabout path',
    archive: good,
    platform: { bin: './kubectl-linkerd_upgrade' },
    problems: [/^M9 .* clean form/],
  },
  {
    what: 'an executable without the bit',
    archive: instead({ mode: 0o644 }),
    problems: [/^M9 .* not executable/],
  },
  {
    what: 'an .exe for Linux',
    archive: instead({ name: 'tool.exe' }),
    platform: { bin: 'tool.exe' },
    problems: [/^M9 tool\.exe ends with \.exe/],
  },
  {
    what: 'a program for Windows without .exe',
    archive: zipOf({ LICENSE: 'x', tool: programFor('windows/amd64') }),
    platform: { ...windows, bin: 'tool' },
    problems: [/^M9 tool does not end with \.exe/],
  },
  {
    what: 'a script for Windows',
    archive: zipOf({ LICENSE: 'x', 'tool.exe': '#!/bin/sh\n' }),
    platform: { ...windows, bin: 'tool.exe' },
    problems: [/^M9 .* a program of script, not of windows\/amd64/],
  },
  {
    what: 'an MZ without the rest of a program',
    archive: zipOf({ LICENSE: 'x', 'tool.exe': 'MZ'.padEnd(128, '\0') }),
    platform: { ...windows, bin: 'tool.exe' },
    problems: [/^M9 .* a program of unknown/],
  },
  {
    what: 'a program that is text',
    archive: instead({ data: 'echo' }),
    problems: [/^M9 .* a program of unknown/],
  },
  ...(
    [
      ['linux/arm64', 'linux', 'amd64'],
      ['linux/amd64', 'linux', 'arm64'],
      ['darwin/amd64', 'darwin', 'arm64'],
      ['darwin/arm64', 'darwin', 'amd64'],
      ['linux/amd64', 'darwin', 'amd64'],
    ] as const
  ).map(([made, os, arch]) => ({
    what: `a program of ${made} for ${os}/${arch}`,
    archive: instead({ data: programFor(made) }),
    platform: { os, arch },
    problems: [new RegExp(`^M9 .* a program of ${made}, not of ${os}/${arch}`)],
  })),
  {
    what: 'a program of windows/arm64 for windows/amd64',
    archive: goodZip('windows/arm64'),
    platform: windows,
    problems: [/^M9 .* a program of windows\/arm64/],
  },
  // M10
  { what: 'no licence', archive: tarGzOf([program]), problems: [/^M10 no file/] },
  ...['LICENSE-APACHE', 'LICENSE.rst'].map((name) => ({
    what: `the licence ${name}, which krew does not take for one`,
    archive: tarGzOf([{ ...licence, name }, program]),
    problems: [/^M10 no file/],
  })),
  {
    what: 'an empty licence',
    archive: tarGzOf([{ ...licence, data: '' }, program]),
    problems: [/^M10 .* empty/],
  },
  {
    what: 'a licence that the moves leave behind',
    archive: good,
    platform: { files: [{ from: 'kubectl-*', to: '.' }] },
    problems: [/^M10 no file/],
  },
];

describe('the rules for archives', () => {
  for (const pair of ['linux/amd64', 'linux/arm64', 'darwin/amd64', 'darwin/arm64'] as const) {
    test(`take a good one for ${pair}`, async () => {
      const archive = await tarGzOf(goodFiles(pair));
      assert.deepEqual(installationProblems(platformOf(archive, names(pair)), archive), []);
    });
  }

  for (const pair of ['windows/amd64', 'windows/arm64'] as const) {
    test(`take a good one for ${pair}`, () => {
      const archive = goodZip(pair);
      assert.deepEqual(installationProblems(platformOf(archive, names(pair)), archive), []);
    });
  }

  test('take folders, long names, a script for Unix, and the header that git writes', async () => {
    const script = { name: 'bin/kubectl-linkerd_upgrade', mode: 0o755, data: '#!/bin/sh\n' };
    const long = { name: `${'long/'.repeat(30)}${'name'.repeat(30)}` };
    const global = { name: 'pax_global_header' };
    const archive = await tarGzOf([
      licence,
      { name: 'bin', type: 'directory', mode: 0o755 },
      script,
      long,
      global,
    ]);
    assert.deepEqual(installationProblems(platformOf(archive, { bin: script.name }), archive), []);
  });

  test('take moves that are renamings, patterns and whole folders', async () => {
    const archive = await tarGzOf([
      { ...licence, name: 'kubectl-linkerd-upgrade-1.2.3/LICENSE' },
      { ...program, name: 'kubectl-linkerd-upgrade-1.2.3/build/tool' },
    ]);
    const files = [
      { from: 'kubectl-linkerd-upgrade-*/LICENSE', to: '.' },
      { from: 'kubectl-linkerd-upgrade-1.2.3/build', to: 'bin' },
    ];
    assert.deepEqual(installationProblems(platformOf(archive, { files, bin: 'bin/tool' }), archive), []);
  });

  for (const { what, archive, platform, problems } of cases) {
    test(`refuse ${what}`, async () => {
      const bytes = await archive;
      const found = installationProblems(platformOf(bytes, platform), bytes);
      assert.equal(found.length, problems.length, found.join('\n'));
      for (const [index, problem] of problems.entries()) assert.match(found[index] ?? '', problem);
    });
  }

  test('refuse an archive with another sum', async () => {
    const bytes = await good;
    const [found, ...more] = installationProblems({ ...platformOf(bytes), sha256: '0'.repeat(64) }, bytes);
    assert.match(found ?? '', /^M5 the archive has the sha256/);
    assert.deepEqual(more, []);
  });

  test('refuse a zip whose content was changed', () => {
    const bytes = zipOf({
      LICENSE: 'Apache License',
      'kubectl-linkerd_upgrade.exe': programFor('windows/amd64'),
    });
    const at = bytes.indexOf('kubectl-linkerd_upgrade.exe') + 'kubectl-linkerd_upgrade.exe'.length;
    bytes.writeUInt8(bytes.readUInt8(at + 2) ^ 1, at + 2);
    assert.match(
      installationProblems(platformOf(bytes, windows), bytes).join('\n'),
      /^M6 the archive cannot be read/,
    );
  });

  test('refuse what is behind the end, or behind half of one', async () => {
    const tar = gunzipSync(await good);
    const more = await tarOf([{ name: 'more', data: 'x' }]);
    const end = tar.length - 2 * 512;
    for (const bytes of [
      gzipSync(Buffer.concat([tar, more])),
      gzipSync(Buffer.concat([tar.subarray(0, end + 512), more])),
      gzipSync(tar.subarray(0, end + 512)),
      Buffer.concat([gzipSync(tar), gzipSync(more)]),
    ]) {
      assert.match(installationProblems(platformOf(bytes), bytes).join('\n'), /^M6 .* behind the end/);
    }
  });

  test('refuse a pax header that makes an entry another for who knows it', async () => {
    for (const pax of [{ size: '1' }, { 'GNU.sparse.name': 'other' }]) {
      const tar = pack();
      tar.entry({ name: 'LICENSE', pax }, 'x');
      tar.finalize();
      const bytes = gzipSync(await buffer(tar));
      assert.match(installationProblems(platformOf(bytes), bytes).join('\n'), /^M6 .* pax header has/);
    }
  });

  test('refuse a zip whose entry has two names, or is encrypted', () => {
    const renamed = goodZip();
    renamed.write('LICENCE', renamed.indexOf('LICENSE'));
    assert.match(
      installationProblems(platformOf(renamed, windows), renamed).join('\n'),
      /^M6 .* LICENSE has another name/,
    );
    const encrypted = goodZip();
    const flags = encrypted.indexOf('PK\x01\x02') + 8;
    encrypted.writeUInt16LE(encrypted.readUInt16LE(flags) | 1, flags);
    assert.match(
      installationProblems(platformOf(encrypted, windows), encrypted).join('\n'),
      /^M6 .* LICENSE is encrypted/,
    );
  });

  test('refuse a tar whose header was changed', async () => {
    const tar = gunzipSync(await good);
    tar.writeUInt8(0x31, 100);
    const bytes = gzipSync(tar);
    assert.match(installationProblems(platformOf(bytes), bytes).join('\n'), /^M6 .* wrong checksum/);
  });
});

function names(pair: Pair): { readonly os: string; readonly arch: string } {
  const [os = '', arch = ''] = pair.split('/');
  return { os, arch };
}

async function cutOff(archive: Promise<Buffer>): Promise<Buffer> {
  return gzipSync(gunzipSync(await archive).subarray(0, 1100));
}
