/** No dead ends in the documents: links, anchors, images, and files that are named. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { test } from 'node:test';
import GithubSlugger from 'github-slugger';
import type { Token } from 'marked';
import { allCommands } from '../../src/cli/command-help.ts';
import { isPage, PAGES } from '../../src/cli/help.ts';
import { codeOf, isHeading, isHtml, isImage, isLink, type Page, pages, root } from './pages.ts';

/** Places outside that the documents send their readers to. A new one is added here after a look at it. */
const HOSTS: ReadonlySet<string> = new Set([
  'bun.sh',
  'cel.dev',
  'cyclonedx.org',
  'docs.buoyant.io',
  'docs.github.com',
  'docs.gitlab.com',
  'docs.npmjs.com',
  'docs.sigstore.dev',
  'github.com',
  'jqlang.org',
  'k9scli.io',
  'keepachangelog.com',
  'kind.sigs.k8s.io',
  'krew.sigs.k8s.io',
  'kubernetes.io',
  'linkerd.io',
  'no-color.org',
  'nodejs.org',
  'reproducible-builds.org',
  'semver.org',
  'slsa.dev',
  'www.contributor-covenant.org',
]);

interface Link {
  readonly page: Page;
  readonly to: string;
}

const links: readonly Link[] = pages.flatMap((page) =>
  page.tokens.flatMap((token) => {
    if (isLink(token) || isImage(token)) return [{ page, to: token.href }];
    if (!isHtml(token)) return [];
    return [...token.raw.matchAll(/\b(?:href|src|srcset)="([^"]+)"/g)].map(([, to = '']) => ({ page, to }));
  }),
);
const isOutside = ({ to }: Link): boolean => /^[a-z][a-z+.-]*:/.test(to);
const inside = links.filter((link) => !isOutside(link));

/** The path from the root of the repository that a relative link means, and its anchor. */
function targetOf({ page, to }: Link): { readonly path: string; readonly anchor: string } {
  const [path = '', anchor = ''] = to.split('#');
  return { path: path === '' ? page.path : posix.join(posix.dirname(page.path), path), anchor };
}

const anchors = new Map(pages.map((page) => [page.path, anchorsOf(page)]));

/** The anchors of a page as GitHub makes them, and those that it sets itself. */
function anchorsOf({ tokens }: Page): ReadonlySet<string> {
  const slugger = new GithubSlugger();
  return new Set(
    tokens.flatMap((token) => {
      if (isHeading(token)) return [slugger.slug(plain(token.tokens))];
      return isHtml(token)
        ? [...token.raw.matchAll(/\b(?:id|name)="([^"]+)"/g)].map(([, id = '']) => id)
        : [];
    }),
  );
}

/** Text of a heading without its marks. */
function plain(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if ('tokens' in token && Array.isArray(token.tokens)) return plain(token.tokens);
      return 'text' in token ? String(token.text) : '';
    })
    .join('');
}

test('there are pages and links to look at', () => {
  assert.ok(pages.length > 10 && inside.length > 40, `${pages.length} pages, ${inside.length} links`);
});

test('a link within the repository leads to a file, and to a heading of it', () => {
  const dead = inside.flatMap((link) => {
    const { path, anchor } = targetOf(link);
    if (!existsSync(`${root}${path}`)) return [`${link.page.path}: ${link.to}`];
    return anchor === '' || anchors.get(path)?.has(anchor)
      ? []
      : [`${link.page.path}: ${link.to}, no such heading`];
  });
  assert.deepEqual(dead, []);
});

test('an image is a file of the repository and says in words what it shows', () => {
  for (const page of pages) {
    for (const token of page.tokens.filter(isImage)) {
      assert.ok(!/^[a-z]+:/.test(token.href), `${page.path}: the image ${token.href} lies elsewhere`);
      assert.ok(token.text.length > 10, `${page.path}: the image ${token.href} has no text in its place`);
    }
  }
});

test('a link to elsewhere is https and leads to a host that somebody has looked at', () => {
  for (const { page, to } of links.filter(isOutside)) {
    if (to.startsWith('mailto:')) continue;
    const { protocol, hostname } = new URL(to);
    assert.equal(protocol, 'https:', `${page.path}: ${to}`);
    assert.ok(HOSTS.has(hostname), `${page.path}: ${hostname} is not among the known hosts`);
  }
});

test('every page is found from README.md by following links', () => {
  const found = new Set(['README.md']);
  for (const path of found) {
    for (const link of inside.filter(({ page }) => page.path === path)) {
      const { path: next } = targetOf(link);
      const isFolder = existsSync(`${root}${next}`) && statSync(`${root}${next}`).isDirectory();
      found.add(isFolder ? posix.join(next, 'README.md') : next);
    }
  }
  const readable = pages.map(({ path }) => path).filter((path) => !/^(\.github|test|scripts)\//.test(path));
  assert.deepEqual(
    readable.filter((path) => !found.has(path)),
    [],
  );
});

test('a file or folder that a page names is there', () => {
  const named = pages.flatMap((page) =>
    codeOf(page)
      .map((code) => code.split(' › ')[0] ?? '')
      .filter((code) => /^(\.github|\.ci|completions|docs|man|scripts|src|test)\/[\w./*{},-]*$/.test(code))
      .map((path) => ({ page: page.path, path })),
  );
  assert.ok(named.length > 40);
  const lost = named.filter(
    ({ path }) => !existsSync(`${root}${path}`) && globSync(path, { cwd: root }).length === 0,
  );
  assert.deepEqual(lost, []);
});

test('the pages that help and messages of the program name are there, with their headings', () => {
  const sources = globSync('src/**/*.{ts,tsx}', { cwd: root });
  const named = [
    ...allCommands.flatMap(({ next }) => next.filter(isPage)),
    ...sources.flatMap((path) =>
      [...readFileSync(`${root}${path}`, 'utf8').matchAll(/\bdocs\/[\w./-]+\.(?:md|json)(?:#[\w-]+)?/g)].map(
        ([to]) => to,
      ),
    ),
  ];
  assert.ok(named.length > 20);
  const lost = [...new Set(named)].filter((to) => {
    const [path = '', anchor] = to.split('#');
    return !existsSync(`${root}${path}`) || (anchor !== undefined && !anchors.get(path)?.has(anchor));
  });
  assert.deepEqual(lost, []);
  assert.match(PAGES, /^https:\/\/github\.com\/[\w-]+\/[\w-]+\/blob\/main\/$/);
});
