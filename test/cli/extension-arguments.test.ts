import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../../src/cli/arguments.ts';
import { asksForCheckDocument, extensionArguments } from '../../src/cli/extension-arguments.ts';
import { extensionName } from '../../src/cli/extension-name.ts';

/** As linkerd 2.20 passes them when nothing but the defaults is set. */
const usual = [
  'check',
  '--linkerd-namespace=linkerd',
  '--verbose=false',
  '--proxy=false',
  '--wait=5m0s',
  '--as-group=[]',
  '--output=json',
];

test("linkerd's own arguments parse", () => {
  const args = parseArguments(extensionArguments(usual));
  assert.equal(args.command, 'check');
  assert.equal(args.text('linkerd-namespace'), 'linkerd');
  assert.equal(args.text('wait'), '5m0s');
  assert.equal(args.text('output'), 'json');
  assert.deepEqual([args.on('verbose'), args.on('proxy')], [false, false]);
  assert.deepEqual(args.list('as-group'), []);
});

for (const [word, groups] of [
  ['--as-group=[]', []],
  ['--as-group=[dev]', ['dev']],
  ['--as-group=[system:masters,dev]', ['system:masters', 'dev']],
  ['--as-group=["a,b","say ""hi""",c]', ['a,b', 'say "hi"', 'c']],
  ['--as-group=[,a]', ['', 'a']],
  ['--as-group=dev', ['dev']],
] as const) {
  test(`a list as pflag prints it: ${word}`, () => {
    assert.deepEqual(parseArguments(extensionArguments(['check', word])).list('as-group'), groups);
  });
}

test('connection flags come through; flags that are not ours, or not of check, do not', () => {
  const given = [
    '--context=prod',
    '--kubeconfig=/k',
    '--as=jo',
    '--api-addr=host:80',
    '--namespace=books',
    '-L=l5d',
  ];
  const foreign = ['--future=1', '--dry-run=server', '--cni-namespace=x', '-Z'];
  const words = extensionArguments(['check', ...given, ...foreign, '--pre=false', '-o', 'short']);
  assert.deepEqual(words, [
    'check',
    '--context=prod',
    '--kubeconfig=/k',
    '--as=jo',
    '--namespace=books',
    '-L=l5d',
    '--pre=false',
    '-o',
    'short',
  ]);
});

test('no other command passes a misspelt flag over', () => {
  const words = ['restart', 'books', '--dry-rum=server', '--as-group=[]'];
  assert.equal(extensionArguments(words), words);
});

for (const [argv, wanted] of [
  [usual, true],
  [['check', '-ojson'], true],
  [['check', '-o', 'json'], true],
  [['check', '--output', 'json', '-n', 'x'], true],
  [['check'], false],
  [['check', '-o', 'short'], false],
  [['status', '-o', 'json'], false],
] as const) {
  test(`${argv.join(' ')} asks ${wanted ? '' : 'not '}for a check in JSON`, () => {
    assert.equal(asksForCheckDocument(argv), wanted);
  });
}

for (const [path, name] of [
  ['/usr/local/bin/linkerd-dataplane', 'linkerd-dataplane'],
  ['linkerd-mesh', 'linkerd-mesh'],
  ['/bin/kubectl-linkerd_upgrade', ''],
  ['/linkerd-x/main.ts', ''],
  ['linkerd-', ''],
  ['', ''],
] as const) {
  test(`the extension's name in ${path || 'no path'}: ${name || 'none'}`, () => {
    assert.equal(extensionName(path), name);
  });
}
