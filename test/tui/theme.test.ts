import assert from 'node:assert/strict';
import { test } from 'node:test';
import { severity } from '../../src/mesh/skew.ts';
import { widthOf } from '../../src/tui/text/width.ts';
import { asciiGlyphs, unicodeGlyphs } from '../../src/tui/theme/glyphs.ts';
import { themeFor } from '../../src/tui/theme/theme.ts';

function colours(env: Record<string, string>): string[] {
  return Object.values(themeFor(env).palette).flatMap(({ color }) => (color === undefined ? [] : [color]));
}

test('NO_COLOR, TERM=dumb and the theme none take all colours away', () => {
  assert.notDeepEqual(colours({}), []);
  for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }, { LINKERD_UPGRADE_THEME: 'none' }]) {
    assert.deepEqual(colours(env), [], JSON.stringify(env));
  }
  assert.notDeepEqual(colours({ NO_COLOR: '' }), [], 'an empty NO_COLOR means nothing');
});

test('the colour-blind palette tells no classes apart by red and green', () => {
  const { palette } = themeFor({ LINKERD_UPGRADE_THEME: 'colour-blind' });
  const used = severity.map((name) => palette[`class:${name}`].color);
  assert.ok(used.every((color) => color !== 'red' && color !== 'green'));
  assert.notEqual(palette['class:violation'].color, palette['class:current'].color);
  assert.deepEqual(themeFor({ LINKERD_UPGRADE_THEME: 'color-blind' }).palette, palette);
});

test('a locale that is not UTF-8 gets ASCII, in the order of POSIX', () => {
  for (const [env, ascii] of [
    [{ LANG: 'en_GB.UTF-8' }, false],
    [{ LANG: 'C.utf8' }, false],
    [{ LANG: 'C' }, true],
    [{}, true],
    [{ LANG: 'en_GB.UTF-8', LC_ALL: 'C' }, true],
    [{ LANG: 'C', LC_CTYPE: 'en_GB.UTF-8' }, false],
    [{ LANG: 'en_GB.UTF-8', TERM: 'linux' }, true],
    [{ WT_SESSION: 'x' }, false],
    [{ LANG: 'C', LINKERD_UPGRADE_THEME: 'unicode' }, false],
    [{ LANG: 'C.UTF-8', LINKERD_UPGRADE_THEME: 'none, ascii' }, true],
  ] as const) {
    assert.equal(themeFor(env).ascii, ascii, JSON.stringify(env));
  }
});

function signsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Object.values(Object(value)).flatMap(signsOf);
}

test('every sign is one column wide and no emoji; the ASCII ones are ASCII', () => {
  for (const sign of signsOf(unicodeGlyphs)) {
    assert.equal(widthOf(sign), 1, sign);
    assert.doesNotMatch(sign, /\p{Emoji_Presentation}/u);
  }
  for (const sign of signsOf(asciiGlyphs)) assert.match(sign, /^[\x20-\x7e]{1,2}$/);
});

test('classes, their bars and the states of steps are told apart without colour', () => {
  for (const glyphs of [unicodeGlyphs, asciiGlyphs]) {
    for (const signs of [glyphs.class, glyphs.bar, glyphs.step]) {
      const all = Object.values(signs);
      assert.equal(new Set(all).size, all.length, all.join(' '));
    }
  }
});
