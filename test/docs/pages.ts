/** The documents of the repository, as their readers get them. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { lexer, type Token, type Tokens, walkTokens } from 'marked';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Page {
  /** From the root of the repository: `docs/upgrade.md`. */
  readonly path: string;
  readonly text: string;
  readonly tokens: readonly Token[];
}

const outside = /^(node_modules|dist|coverage|test\/fixtures)\//;

/** Every Markdown file of the repository. */
export const pages: readonly Page[] = globSync(
  '{,.github/**/,docs/**/,test/**/,scripts/**/,man/,completions/}*.md',
  {
    cwd: root,
  },
)
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => !outside.test(path))
  .sort()
  .map((path) => {
    const text = readFileSync(`${root}${path}`, 'utf8');
    return { path, text, tokens: tokensOf(text) };
  });

export interface Block {
  readonly page: string;
  /** First word after the fence. */
  readonly language: string;
  /** Other words after the fence: `not-run` → `needs a real cluster`. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly lines: readonly string[];
}

/** The fenced blocks of a page, in order. */
export function blocksOf({ path, tokens }: Page): readonly Block[] {
  return tokens.filter(isCode).map(({ lang = '', text }) => ({
    page: path,
    language: lang.split(' ', 1)[0] ?? '',
    attributes: new Map(
      [...lang.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    ),
    lines: text.split('\n'),
  }));
}

/** What stands in `code` on a page, outside of blocks. */
export function codeOf({ tokens }: Page): readonly string[] {
  return tokens.filter(isCodespan).map(({ text }) => text);
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  walkTokens(lexer(text), (token) => {
    tokens.push(token);
  });
  return tokens;
}

function isCode(token: Token): token is Tokens.Code {
  return token.type === 'code';
}

function isCodespan(token: Token): token is Tokens.Codespan {
  return token.type === 'codespan';
}

export function isLink(token: Token): token is Tokens.Link {
  return token.type === 'link';
}

export function isImage(token: Token): token is Tokens.Image {
  return token.type === 'image';
}

export function isHeading(token: Token): token is Tokens.Heading {
  return token.type === 'heading';
}

export function isHtml(token: Token): token is Tokens.HTML {
  return token.type === 'html';
}
