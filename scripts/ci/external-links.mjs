// Asks every external link of the documentation once, and ends with 1 when some do not answer. Needs the network.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const LANES = 8;
const ATTEMPTS = 3;
const TIMEOUT_MS = 20_000;
/** Hosts that stand for something else. */
const EXAMPLES = /^(localhost|127\.0\.0\.1|.*\.example(\.(com|org|net))?|example\.(com|org|net))$/;

/** External links of a text in Markdown, without their anchors, each once. Code is not looked into. */
export function linksIn(markdown) {
  const prose = markdown.replaceAll(/^( *)(```|~~~)[\s\S]*?^\1\2.*$/gm, '').replaceAll(/`[^`\n]*`/g, '');
  const found = prose.matchAll(/https?:\/\/[^\s<>"'|\]]+/g);
  const links = [...found].map(([link]) => withoutSentence(link).replace(/#.*$/, ''));
  return [...new Set(links)].filter((link) => !EXAMPLES.test(new URL(link).hostname));
}

/** A link without what belongs to the sentence around it: stops, and brackets that were not opened inside it. */
function withoutSentence(link) {
  const bare = link.replace(/[.,;:!?*]+$/, '');
  const [opened, closed] = ['(', ')'].map((bracket) => bare.split(bracket).length - 1);
  return closed > opened ? withoutSentence(bare.slice(0, bare.lastIndexOf(')'))) : bare;
}

/** undefined when it answers, else why not. Hosts that refuse programs (403, 429) are there. */
async function problemOf(link) {
  let problem;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      const answer = await fetch(link, {
        redirect: 'follow',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: { 'user-agent': 'kubectl-linkerd-upgrade link check' },
      });
      await answer.body?.cancel();
      if (answer.ok || answer.status === 403 || answer.status === 429) return undefined;
      problem = `answers ${answer.status}`;
      if (answer.status < 500) return problem;
    } catch (error) {
      problem = error instanceof Error ? (error.cause?.message ?? error.message) : String(error);
    }
    await wait(attempt * 2000);
  }
  return problem;
}

async function main() {
  const files = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
  const places = new Map();
  for (const file of files) {
    for (const link of linksIn(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'))) {
      places.set(link, [...(places.get(link) ?? []), file]);
    }
  }
  const queue = [...places];
  const dead = [];
  const lane = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [link, where] = next;
      const problem = await problemOf(link);
      if (problem !== undefined) dead.push(`${link}: ${problem} (${where.join(', ')})`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  console.log(`${places.size} links in ${files.length} files, ${dead.length} dead`);
  for (const line of dead.sort()) console.log(`  ${line}`);
  process.exit(dead.length === 0 ? 0 : 1);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
