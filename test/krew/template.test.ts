/** `.krew.yaml` is rendered as krew-release-bot renders it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderKrewManifest } from '../../scripts/package/krew.ts';

const sum = '0123456789abcdef'.repeat(4);

test('the tag goes everywhere, an archive becomes two lines, and comments vanish with their lines', () => {
  const asked: string[] = [];
  const rendered = renderKrewManifest(
    [
      '{{- /* a comment',
      'of two lines */ -}}',
      'version: {{ .TagName }}',
      'again: {{.TagName}}',
      'platforms:',
      '  - bin: tool',
      '    {{addURIAndSha "https://example.com/{{ .TagName }}/tool-{{ .TagName }}.tar.gz" .TagName }}',
      '',
    ].join('\n'),
    'v1.2.3-rc.1',
    (archive) => {
      asked.push(archive);
      return sum;
    },
  );
  assert.equal(
    rendered,
    [
      'version: v1.2.3-rc.1',
      'again: v1.2.3-rc.1',
      'platforms:',
      '  - bin: tool',
      '    uri: https://example.com/v1.2.3-rc.1/tool-v1.2.3-rc.1.tar.gz',
      `    sha256: ${sum}`,
      '',
    ].join('\n'),
  );
  assert.deepEqual(asked, ['tool-v1.2.3-rc.1.tar.gz']);
});

test('an action that the renderer does not know is an error, not text', () => {
  for (const action of [
    '{{ .Version }}',
    '{{ if .TagName }}',
    '{{addURIAndSha "x" .TagName | indent 6 }}',
    '{{',
  ]) {
    assert.throws(
      () => renderKrewManifest(`version: ${action}\n`, 'v1.2.3', () => sum),
      /does not know/,
      action,
    );
  }
});

test('a tag and a sum must be what they are called', () => {
  assert.throws(() => renderKrewManifest('', '1.2.3', () => sum), /not the tag of a release/);
  assert.throws(() => renderKrewManifest('', 'v1.2.3\nevil: x', () => sum), /not the tag of a release/);
  const template = '{{addURIAndSha "https://example.com/tool.zip" .TagName }}';
  assert.throws(() => renderKrewManifest(template, 'v1.2.3', () => ''), /SHA-256 of tool\.zip is missing/);
  assert.throws(
    () => renderKrewManifest(template, 'v1.2.3', () => sum.toUpperCase()),
    /SHA-256 of tool\.zip/,
  );
});
