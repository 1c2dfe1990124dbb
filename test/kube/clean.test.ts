import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clean, cleanLines, cleanText, MAX_MESSAGE } from '../../src/kube/clean.ts';
import { redact } from '../../src/kube/redact.ts';
import { seeded } from './support/seeded.ts';

const DANGEROUS: readonly [string, string, string][] = [
  ['an escape sequence', '\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
  ['an OSC 52 clipboard write', '\x1b]52;c;aGk=\x07', '\\x1b]52;c;aGk=\\x07'],
  ['a C1 CSI', 'a\x9b2Jb', 'a\\x9b2Jb'],
  ['NUL and DEL', '\0a\x7f', '\\x00a\\x7f'],
  ['line ends and tabs', 'a\r\nb\tc', 'a\\r\\nb\\tc'],
  ['bidi overrides', 'user\u202etxt.exe', 'user\\u202etxt.exe'],
  ['bidi isolates and marks', '\u2066a\u2069\u200e\u200f\u061c', '\\u2066a\\u2069\\u200e\\u200f\\u061c'],
  ['zero-width characters', 'a\u200bb\u200dc\ufeffd\u2060', 'a\\u200bb\\u200dc\\ufeffd\\u2060'],
  ['line separators', 'a\u2028b\u2029', 'a\\u2028b\\u2029'],
  ['tag characters', 'a\u{e0041}\u{e007f}', 'a\\u{e0041}\\u{e007f}'],
  ['lone surrogates', 'a\ud800b\udc00', 'a\\ud800b\\udc00'],
];

for (const [what, text, expected] of DANGEROUS) {
  test(`clean makes ${what} visible`, () => assert.equal(clean(text), expected));
}

test('clean keeps what is harmless', () => {
  for (const text of ['', 'webapp-5cf678fb77-9bbmk', 'Überprüfung fällig', '健康です', '🚀 ok', 'a\\x1b']) {
    assert.equal(clean(text), text);
  }
});

test('nothing dangerous survives in random text', () => {
  const { seed, next } = seeded();
  for (let round = 0; round < 300; round++) {
    const units = Array.from({ length: 1 + next(40) }, () =>
      next(3) === 0 ? next(0x10000) : (DANGEROUS[next(DANGEROUS.length)]?.[1].charCodeAt(0) ?? 0),
    );
    const text = String.fromCharCode(...units);
    for (const cleaned of [clean(text), cleanText(text, 10)]) {
      const problem = [...cleaned].find((character) => {
        const code = character.codePointAt(0) ?? 0;
        return (
          code < 0x20 ||
          (code >= 0x7f && code <= 0x9f) ||
          (code >= 0xd800 && code <= 0xdfff) ||
          (code >= 0x202a && code <= 0x202e)
        );
      });
      assert.equal(problem, undefined, `seed ${seed}: ${JSON.stringify(text)}`);
    }
  }
});

test('cleanText shortens and never splits a character', () => {
  assert.equal(cleanText('short', 10), 'short');
  assert.equal(cleanText('0123456789', 5), '0123…');
  assert.equal(cleanText('abc🚀🚀', 5), 'abc…');
  assert.equal(cleanText('a\x1b\x1b\x1b', 6).length, 6);
  assert.equal(cleanText('x'.repeat(10_000)).length, MAX_MESSAGE);
});

test('cleanLines keeps line ends and nothing else', () => {
  assert.equal(cleanLines('one\r\ntwo\x1b[2J\n'), 'one\ntwo\\x1b[2J\n');
});

for (const [text, expected] of [
  ['Authorization: Bearer abcdefghijkl', 'Authorization: Bearer [redacted]'],
  ['got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln!', 'got [redacted]!'],
  ['{"access_token": "abcdef123", "n": 1}', '{"access_token": "[redacted]", "n": 1}'],
  ['http://user:secret@proxy:3128 refused', 'http://[redacted]@proxy:3128 refused'],
  ['-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\nafter', '[redacted]\nafter'],
  ['nothing to hide', 'nothing to hide'],
] as const) {
  test(`redact ${JSON.stringify(text.slice(0, 30))}`, () => assert.equal(redact(text), expected));
}
