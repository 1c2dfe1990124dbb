/** Holds docs/screens.md and the pictures to the screen of the built program. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pictureOf, wordsOf } from '../../scripts/picture.ts';
import { FIRST_SCREEN, HALT, SIZE } from '../../scripts/screen-size.ts';
import { demoScenario } from '../../src/sim/cluster/scenario/scenarios.ts';
import { startSimulation } from '../../src/sim/cluster/simulation.ts';
import { startedBy, temporaryFolder } from '../support/program.ts';
import { startInPty } from '../support/pty.ts';
import { textOf } from './tables.ts';

const ANEW = 'write them anew: npm run screens';
const page = textOf('docs/screens.md') ?? '';
const screens = [...page.matchAll(/^```text\n(.*?)\n```$/gms)].map(([, text = '']) => text);

test('docs/screens.md and docs/images/screen.svg show the first screen as it is', async () => {
  using folder = temporaryFolder();
  const simulation = await startSimulation({ scenario: demoScenario() });
  try {
    const kubeconfig = folder.file('kubeconfig', simulation.kubeconfig);
    using program = startInPty(...startedBy(['--kubeconfig', kubeconfig, '--soak', '10s']), {
      ...SIZE,
      env: { XDG_STATE_HOME: folder.path },
    });
    const shown = screens[0] ?? '';
    const [first = ''] = shown.split('\n');
    const isSettled = (text: string) => text.replaceAll(/ +$/gm, '') === shown;
    const text = await program.until((now) => isSettled(now), 15_000).catch(() => program.text());
    assert.ok(first.includes('live'));
    assert.equal(text.replaceAll(/ +$/gm, ''), shown, ANEW);
    assert.equal(
      textOf('docs/images/screen.svg'),
      await pictureOf(program.raw(), { ...SIZE, title: FIRST_SCREEN }),
      ANEW,
    );
  } finally {
    await simulation.stop();
  }
});

test('docs/images/halt.svg shows the halt of docs/screens.md', () => {
  const halt = screens.find((text) => text.includes('Halted in this wave')) ?? '';
  assert.ok(halt.includes('Next steps'));
  const words = (text: string) => text.replaceAll(/[█▒░]/g, ' ').trim().replaceAll(/ +/g, ' ');
  const picture = textOf('docs/images/halt.svg') ?? '';
  assert.ok(picture.includes(`<title id="title">${HALT}</title>`), ANEW);
  assert.deepEqual(
    wordsOf(picture).map((line) => line.replaceAll(' ', '')),
    halt
      .split('\n')
      .map((line) => words(line).replaceAll(' ', ''))
      .filter((line) => line !== ''),
    ANEW,
  );
});

test('a picture is well-formed, brings its own background, and asks nothing of anybody', () => {
  for (const file of ['screen.svg', 'halt.svg']) {
    const picture = textOf(`docs/images/${file}`) ?? '';
    const open: string[] = [];
    const tag = /<(\/?)([a-z]+)((?: [a-zA-Z:-]+="[^"<]*")*)(\/?)>|[^<>]+|(.)/gs;
    for (const [whole, end, name, , isEmpty, stray] of picture.matchAll(tag)) {
      assert.equal(stray, undefined, `${file}: a stray ${whole}`);
      if (name === undefined) assert.doesNotMatch(whole, /&(?!amp;|lt;|gt;|quot;)/, file);
      else if (end === '/') assert.equal(open.pop(), name, `${file}: </${name}>`);
      else if (isEmpty === '') open.push(name);
    }
    assert.deepEqual(open, [], file);
    assert.match(picture, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 \d+ \d+"/);
    assert.match(picture, /<rect x="0.5" y="0.5" [^>]*fill="#/);
    assert.doesNotMatch(
      picture.replace('http://www.w3.org/2000/svg', ''),
      /https?:|<script|<foreignObject|url\(|@import/,
    );
    assert.ok(picture.length < 60_000, `${file} has ${picture.length} bytes`);
  }
});

test('a picture keeps colour, weight, reverse video and the marks of XML', async () => {
  const raw = '\x1b[1;31ma<b\x1b[0m  \x1b[7m& c\x1b[0m \x1b[38;2;1;2;3m✗\x1b[0m░░';
  const picture = await pictureOf(raw, { columns: 20, rows: 1, title: 'x' });
  assert.match(picture, /fill="#ff7b72" font-weight="700">a&lt;b<\/text>/);
  assert.match(picture, /<rect [^>]*fill="#e6edf3"\/>\n/);
  assert.match(picture, /fill="#0d1117">&amp; c<\/text>/);
  assert.match(picture, /text-anchor="middle" fill="#010203">✗<\/text>/);
  assert.match(picture, /fill-opacity="0.25"\/>/);
  assert.deepEqual(wordsOf(picture), ['a<b & c ✗']);
});
