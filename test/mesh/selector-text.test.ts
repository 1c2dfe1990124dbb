import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSelector, SelectorError } from '../../src/mesh/selector-text.ts';
import { selects } from '../../src/mesh/selectors.ts';

const labels = { app: 'web', tier: 'front', 'example.com/team': 'a', empty: '' };

for (const [text, matches] of [
  ['', true],
  ['  ', true],
  ['app=web', true],
  ['app==web', true],
  [' app = web ', true],
  ['app=api', false],
  ['app!=api', true],
  ['app!=web', false],
  ['missing!=web', true],
  ['app', true],
  ['missing', false],
  ['!missing', true],
  ['! app', false],
  ['app in (web,api)', true],
  ['app in ( web , api )', true],
  ['app in (api)', false],
  ['app in(web)', true],
  ['app notin (api,db)', true],
  ['app notin (web)', false],
  ['missing notin (a)', true],
  ['app=web,tier=front', true],
  ['app=web,tier=back', false],
  ['app,!missing,tier in (front)', true],
  ['example.com/team=a', true],
  ['empty=', true],
  ['empty', true],
  ['empty in (,a)', true],
  ['app=,tier', false],
  ['in', false],
  ['in in (in)', false],
] as const) {
  test(`-l '${text}' ${matches ? 'matches' : 'does not match'}`, () => {
    assert.equal(selects(parseSelector(text), labels), matches);
  });
}

for (const [text, pattern] of [
  ['app=web,', /expected the key of a label, found ""/],
  [',', /expected the key of a label, found ","/],
  ['app=web tier=front', /expected "," or the end, found "tier"/],
  ['app=a=b', /found "="/],
  ['app in web', /expected "\(" in front of the values/],
  ['app in (web', /expected "," or "\)"/],
  ['app in (a b)', /expected "," or "\)"/],
  ['app notin', /expected "\("/],
  ['=web', /found "="/],
  ['!', /found ""/],
  ['app>1', /"app>1" cannot be the key/],
  ['-app', /cannot be the key/],
  ['a/b/c', /cannot be the key/],
  ['UPPER.example/key', /cannot be the key/],
  [`${'k'.repeat(64)}`, /cannot be the key/],
  ['app=-web', /"-web" cannot be the value/],
  [`app=${'v'.repeat(64)}`, /cannot be the value/],
  ['app=web\u001b[2J', /cannot be the value/],
] as const) {
  test(`-l '${JSON.stringify(text)}' is refused`, () => {
    assert.throws(
      () => parseSelector(text),
      (error: unknown) => error instanceof SelectorError && pattern.test(error.message),
    );
  });
}
