/** What a report tells of a journal, and that no form of it lets a hostile journal out of its text. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { runReport } from '../../src/report/run-report.ts';
import { runReportHtml } from '../../src/report/run-report-html.ts';
import { type RunReportDocument, runReportJson } from '../../src/report/run-report-json.ts';
import { runReportMarkdown } from '../../src/report/run-report-markdown.ts';
import { runSummary } from '../../src/report/run-summary.ts';
import type { JournalRecord, RecordedRun } from '../../src/rollout/journal/record.ts';
import { DEFAULT_LIMITS } from '../../src/rollout/run/limits.ts';
import { seededRandom } from '../support/seeded-random.ts';
import {
  halt,
  header,
  items,
  NEW,
  NIGHT,
  OLD,
  phase,
  plan,
  planItem,
  recorded,
  restart,
  START,
  step,
  twoDayRun,
} from './recorded-runs.ts';

const DAY2 = 130 + NIGHT;

test('each workload has its before and after, its attempts, its waits and its failures', () => {
  const [web, api, db, gone] = runReport(twoDayRun()).workloads;
  assert.deepEqual(web?.before, { [OLD]: 3 });
  assert.deepEqual(web?.after, { version: NEW, pods: 3, kept: 0 });
  assert.equal(web?.outcome, 'done');
  assert.equal(web?.seconds, 26);
  assert.deepEqual(web?.history.waits, [
    { from: START + 4, to: START + 14, reason: 'pod starts of the last minute' },
  ]);
  assert.equal(api?.outcome, 'done');
  assert.deepEqual(
    api?.history.attempts.map(({ from, to, end }) => [from - START, to - START, end]),
    [
      [104, 130, 'failed'],
      [DAY2 + 2, DAY2 + 28, 'done'],
    ],
  );
  assert.equal(api?.seconds, 52, 'the night between two attempts is not counted');
  assert.deepEqual(api?.history.failures, [{ at: START + 130, cause: 'crash-loop', reason: halt.reason }]);
  assert.deepEqual(db?.after, { version: NEW, pods: 2, kept: 1 });
  assert.equal(db?.outcome, 'partial');
  assert.deepEqual([gone?.outcome, gone?.seconds, gone?.after], ['dropped', undefined, undefined]);
});

test('the run has its processes, its phases without gaps, and its halts with the whole diagnosis', () => {
  const { processes, phases, halts, waves, counts, provenPods, finished, limits } = runReport(twoDayRun());
  assert.deepEqual(
    processes.map(({ by, from, to, locked }) => [by, from - START, to - START, locked]),
    [
      ['ann@laptop', 0, 131, true],
      ['bob@desk', DAY2, DAY2 + 31, false],
    ],
  );
  assert.equal(limits.maxParallel, 2, 'limits are those of who came last');
  assert.deepEqual(
    phases.map(({ phase: name, from }) => [name, from - START]),
    [
      ['preflight', 0],
      ['running', 4],
      ['soaking', 40],
      ['preflight', 100],
      ['running', 104],
      ['halted', 130],
      ['away', 131],
      ['halted', DAY2],
      ['running', DAY2 + 1],
      ['done', DAY2 + 31],
    ],
  );
  assertWithoutGaps(phases);
  assert.equal(halts.length, 1);
  assert.deepEqual(halts[0]?.halt.details, halt.details, 'the last diagnosis counts');
  assert.deepEqual([halts[0]?.from, halts[0]?.to], [START + 130, START + DAY2 + 1]);
  assert.deepEqual(
    waves.map(({ from, to, begun }) => [from - START, to - START, begun]),
    [
      [0, 100, true],
      [100, DAY2 + 31, true],
    ],
  );
  assert.deepEqual([counts.done, counts.partial, counts.dropped, provenPods, finished], [2, 1, 1, 8, true]);
});

function assertWithoutGaps(spans: readonly { readonly from: number; readonly to: number }[]): void {
  for (const [index, span] of spans.entries()) {
    assert.ok(span.to >= span.from);
    const next = spans[index + 1];
    if (next) {
      assert.equal(span.to, next.from, `after span ${index}`);
    }
  }
}

test('a journal that ends in the middle is told as far as it goes', () => {
  const { web, api } = items;
  const cut = recorded(
    [header(plan([web, api])), phase(1, { phase: 'running', wave: 0 }), ...restart(2, 0, web).slice(0, 2)],
    '{"type":"st',
  );
  const { workloads, finished, truncated, phase: name, waves } = runReport(cut);
  assert.deepEqual([finished, truncated, name], [false, true, 'running']);
  assert.deepEqual(
    workloads.map(({ outcome, seconds, note }) => [outcome, seconds, note]),
    [
      ['unfinished', 1, 'pods to start'],
      ['not-started', undefined, ''],
    ],
  );
  assert.deepEqual(
    waves.map(({ begun }) => begun),
    [true, false],
  );
  assert.match(
    runReportMarkdown(runReport(cut)),
    /unfinished \(running\).*\n[\s\S]*its last line was cut off/,
  );
});

test('a journal of a header alone is a run that has not begun', () => {
  const alone = runReport(recorded([header(plan([items.web]))]));
  assert.deepEqual([alone.lastAt, alone.phase, alone.counts.queued], [START, 'preflight', 1]);
  for (const text of [runReportMarkdown(alone), runReportHtml(alone), runReportJson(alone)]) {
    assert.match(text, /1a2b3c4d/);
  }
});

test('a failure that the operator went past is told once, and that he did', () => {
  const failed = { state: 'failed', at: START + 9, cause: 'deadline', reason: 'no progress' } as const;
  const run = recorded([
    header(plan([items.web])),
    ...restart(2, 0, items.web).slice(0, 2),
    step(9, 0, items.web, { ...failed, acknowledged: false }),
    step(12, 0, items.web, { ...failed, acknowledged: true }),
  ]);
  const [web] = runReport(run).workloads;
  assert.deepEqual([web?.acknowledged, web?.history.failures.length, web?.seconds], [true, 1, 7]);
  assert.match(
    runReportMarkdown(runReport(run)),
    /\| \*\*failed\*\* \| 7 s \|.*no progress until the deadline: no progress; the operator went on all the same \|/,
  );
});

test('a soak that sends a workload back to rolling stays one attempt', () => {
  const { web } = items;
  const [patching, rolling, soaking, done] = restart(2, 0, web);
  assert.ok(patching && rolling && soaking && done && rolling.type === 'step' && done.type === 'step');
  const again = { ...rolling, at: START + 25 };
  const run = recorded([header(plan([web])), patching, rolling, soaking, again, { ...done, at: START + 40 }]);
  assert.deepEqual(
    runReport(run).workloads[0]?.history.attempts.map(({ from, soak }) => [from - START, soak]),
    [[2, { from: START + 23, to: START + 25 }]],
  );
});

/** Any steps, phases and resumptions in any order: what journals of broken runs may look like, and worse. */
function randomRun(seed: number): RecordedRun {
  const random = seededRandom(seed);
  const all = Array.from({ length: 1 + random.below(6) }, (_, index) =>
    planItem('books', `w${index}`, Math.floor(index / 2)),
  );
  const records: JournalRecord[] = [header(plan(all))];
  let at = 0;
  for (let count = random.below(40); count > 0; count--) {
    at += random.pick([0, 0.3, 1, 20, 400, 50_000]);
    const now = START + at;
    const index = random.below(all.length);
    const item = all[index];
    assert.ok(item);
    const wave = item.wave;
    const mark = { restartedAt: `T${random.below(3)}`, generation: 2 };
    const progress = { proven: 0, wanted: 3, old: 3, waitingFor: '' };
    const failed = {
      state: 'failed',
      at: now,
      cause: 'deadline',
      reason: 'slow',
      acknowledged: false,
    } as const;
    records.push(
      random.pick<JournalRecord>([
        step(at, index, item, { state: 'queued', waitingFor: 'its namespace' }),
        step(at, index, item, { state: 'patching', since: now, restartedAt: mark.restartedAt }),
        step(at, index, item, { state: 'rolling', since: now, mark, progress }),
        step(at, index, item, { state: 'soaking', since: now, until: now + 5, mark, pods: 3 }),
        step(at, index, item, { state: 'done', since: now, at: now, pods: 3 }),
        step(at, index, item, failed),
        phase(at, { phase: 'running', wave }),
        phase(at, { phase: 'paused', wave, since: now }),
        phase(at, { phase: 'halted', wave, halt: { ...halt, at: now } }),
        phase(at, { phase: 'done', at: now }),
        { type: 'resumed', at: now, by: 'bob@desk', limits: DEFAULT_LIMITS, locked: true },
      ]),
    );
  }
  return recorded(records);
}

test('any journal gives phases without gaps, attempts within the run, and sound forms', () => {
  for (let seed = 1; seed <= 400; seed++) {
    try {
      const run = randomRun(seed);
      const report = runReport(run);
      const { phases, startedAt, lastAt, workloads, processes, halts, waves, counts } = report;
      assertWithoutGaps(phases);
      assert.deepEqual([phases[0]?.from ?? startedAt, phases.at(-1)?.to ?? lastAt], [startedAt, lastAt]);
      const spans = [
        ...workloads.flatMap(({ history }) => [...history.attempts, ...history.waits]),
        ...[...processes, ...halts, ...waves],
      ];
      assert.ok(spans.every(({ from, to }) => from <= to && from >= startedAt && to <= lastAt));
      assert.equal(processes.length, 1 + run.history.filter(({ type }) => type === 'resumed').length);
      assert.equal(
        Object.values(counts).reduce((sum, n) => sum + n, 0),
        workloads.length,
      );
      documentOf(run);
      assertHarmless(runReportHtml(report));
      runReportMarkdown(report);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
});

const schema: object = JSON.parse(
  readFileSync(new URL('../../docs/schema/run-report.v1.json', import.meta.url), 'utf8'),
);
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile<RunReportDocument>(schema);

function documentOf(run: RecordedRun): RunReportDocument {
  const document: unknown = JSON.parse(runReportJson(runReport(run)));
  assert.ok(validate(document), JSON.stringify(validate.errors));
  return document;
}

test('JSON is what the published schema says', () => {
  const document = documentOf(twoDayRun());
  assert.equal(document.from, '2026-11-21T09:00:00.000Z');
  assert.equal(document.workloads[0]?.attempts[0]?.seconds, 26);
  assert.equal(document.limits.deadlineSeconds, null);
  documentOf(recorded([header(plan([items.web]), { limits: { ...DEFAULT_LIMITS, deadlineSeconds: 90 } })]));
  const { schema: _, ...rest } = document;
  assert.ok(!validate(rest), 'the schema must miss its own name');
});

test('Markdown holds who, when, where, why, what and how it went', () => {
  const text = runReportMarkdown(runReport(twoDayRun()));
  for (const line of [
    /^# Restart of Linkerd proxies: prod-eu-1$/m,
    /^\| \*\*By\*\* \| ann@laptop \|$/m,
    /^\| \*\*Why\*\* \| CVE-2026-1234 \|$/m,
    /^\| \*\*Result\*\* \| finished; 3 of 4 workloads restarted, 1 of them only in part, 1 left alone, 8 pods proven \|$/m,
    /^## Halt at 2026-11-21 09:02:10 UTC$/m,
    /^- BackOff: restarting failed container$/m,
    /^\| books deployment\/api \| 2 \| edge-25\.10\.7 \| edge-25\.11\.3 \| done \| 52 s \|.*failed before.*restarted 2 times \|$/m,
    /^\| books job\/once \| unsupported \|/m,
    /^## Warnings\n\n- the injector has one replica \\\| and policy Ignore$/m,
    /^\| 2026-11-21 21:02:10 \| resumed \| bob@desk \| without a lock \| 31 s \|$/m,
    /^\| 2026-11-21 09:02:11 \| nobody at work \|/m,
  ]) {
    assert.match(text, line);
  }
});

test('the summary is a few lines that name what failed and how to go on', () => {
  const { web, api } = items;
  const failed = {
    state: 'failed',
    at: START + 95,
    cause: 'deadline',
    reason: 'no progress',
    acknowledged: false,
  } as const;
  const halted = phase(95, { phase: 'halted', wave: 1, halt });
  const run = recorded([header(plan([web, api])), ...restart(2, 0, web), step(95, 1, api, failed), halted]);
  assert.deepEqual(runSummary(run), [
    'Run 1a2b3c4d halted: 1 of 2 workloads restarted, 1 failed, in 1 min 35 s',
    'Started 2026-11-21 09:00:00 UTC by ann@laptop: CVE-2026-1234',
    '  FAILED books deployment/api: no progress until the deadline: no progress',
    'To go on with it: kubectl linkerd-upgrade restart --resume 1a2b3c4d',
  ]);
  const many = Array.from({ length: 8 }, () => api);
  const all = recorded([header(plan(many)), ...many.map((item, index) => step(9, index, item, failed))]);
  assert.ok(runSummary(all).includes('  and 3 more'));
  assert.match(runSummary(twoDayRun())[0] ?? '', /^Run 1a2b3c4d finished: 3 of 4 workloads restarted/);
});

/** What an attacker writes into names, versions, reasons and messages. Each begins with a word to look for. */
const payloads = [
  'evil-osc\u001b]0;PWNED\u0007',
  'evil-csi\u001b[31;5;7mPWNED\u001b[2J',
  'evil-c1\u009b31m\u0090q\u009c',
  'evil-bidi\u202egnp.exe\u202c\u2066x\u2069\u200f',
  'evil-lines\r\n# over\u2028\u0085',
  'evil-half\ud83d',
  'evil-script<script>alert(1)</script>',
  'evil-style</style><img src=x onerror=alert(1)>',
  'evil-svg</text></svg><svg onload=alert(1)>',
  'evil-quotes" onmouseover="alert(1)\' x=`y`',
  'evil-comment--> <!-- ]]>',
  'evil-entity&lt;b&gt;&#60;b>',
  'evil-pipe|cell|``` [x](http://evil.example) ![y](//evil.example/p) **bold** ~~s~~',
  'evil-table\\| www.evil.example https://evil.example',
] as const;

const forbidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
  /[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\p{Cs}]/u;

/**
 * A journal with control characters is not even read back; the forms hold all the same. So the payload takes its place
 * after the reading.
 */
function hostileRun(payload: string): RecordedRun {
  const evil = 'EVIL';
  const run: RecordedRun = JSON.parse(
    JSON.stringify(runWith(evil)).replaceAll(evil, JSON.stringify(payload).slice(1, -1)),
  );
  return run;
}

function runWith(evil: string): RecordedRun {
  const item = planItem(evil, evil, 0, {
    key: { namespace: evil, kind: evil, name: evil },
    effect: { kind: 'upgrades', reason: evil },
    reasons: [{ kind: 'lag', text: evil }],
    risks: [{ kind: 'gitops', text: evil }],
    from: { [evil]: 3, other: 1 },
    expected: { version: evil, trustRootSha256: evil },
  });
  const failed = {
    state: 'failed',
    at: START + 9,
    cause: 'deadline',
    reason: evil,
    acknowledged: true,
  } as const;
  const { key } = item;
  return recorded([
    header(
      plan([item, item], {
        scopes: [{ namespace: evil, workload: { kind: evil, name: evil } }],
        waves: [{ kind: 'canary', title: evil }],
        exclusions: [{ key, effect: { kind: 'unknown', reason: evil }, reason: evil, command: evil }],
        controlPlaneVersion: evil,
      }),
      { by: evil, reason: evil, program: evil, cluster: { uid: evil, server: evil, context: evil } },
    ),
    phase(1, { phase: 'preflight', wave: 0, since: START, retryAt: START, waitingFor: evil }),
    { type: 'warning', at: START + 2, text: evil },
    step(2, 0, item, { state: 'queued', waitingFor: evil }),
    ...restart(3, 0, item).slice(0, 2),
    step(9, 0, item, failed),
    ...restart(10, 1, item),
    phase(11, {
      phase: 'halted',
      wave: 0,
      halt: {
        ...halt,
        workload: key,
        pod: evil,
        container: evil,
        reason: evil,
        serving: evil,
        details: [evil],
        nextSteps: [evil],
      },
    }),
    { type: 'resumed', at: START + 60, by: evil, limits: DEFAULT_LIMITS, locked: true },
  ]);
}

const styles = /<style>([\s\S]*?)<\/style>/;

/** Fails unless every tag is closed where it has to be; returns the tags that were opened, with their attributes. */
function tagsOf(page: string): readonly { readonly name: string; readonly attributes: string }[] {
  const text = page.replace(styles, '<style></style>');
  const found: { name: string; attributes: string }[] = [];
  const open: string[] = [];
  for (const [whole, end, name = '', attributes = ''] of text.matchAll(
    /<(\/?)([a-zA-Z!][\w-]*)((?:\s+[\w:-]+(?:="[^"<>]*")?)*)\s*\/?>/g,
  )) {
    if (end) {
      assert.equal(open.pop(), name, `</${name}>`);
    } else {
      found.push({ name, attributes });
      if (!whole.endsWith('/>') && !['!doctype', 'meta', 'br'].includes(name)) {
        open.push(name);
      }
    }
  }
  assert.deepEqual(open, []);
  // What is left holds no bracket: nothing else could be read as a tag.
  assert.doesNotMatch(
    text.replace(/<(\/?)([a-zA-Z!][\w-]*)((?:\s+[\w:-]+(?:="[^"<>]*")?)*)\s*\/?>/g, ''),
    /[<>]/,
  );
  return found;
}

const harmless = new Set(
  'html head meta title style body main header footer section h1 h2 p span dl dt dd ul li pre div b br code table thead tbody tr th td svg defs pattern rect line text g !doctype'.split(
    ' ',
  ),
);

function assertHarmless(page: string): void {
  const tags = tagsOf(page);
  for (const { name, attributes } of tags) {
    assert.ok(harmless.has(name), `<${name}${attributes}>`);
    assert.doesNotMatch(
      attributes.replace(/="[^"]*"/g, ''),
      /\s(on\w+|src|href|style|xlink:href)/,
      attributes,
    );
  }
  assert.doesNotMatch(page, forbidden);
}

for (const evil of payloads) {
  const word = evil.slice(0, evil.search(/[^a-z0-9-]/));
  test(`${word} stays text in every form`, () => {
    const report = runReport(hostileRun(evil));
    const page = runReportHtml(report);
    assertHarmless(page);
    assert.ok(page.includes(word));

    const markdown = runReportMarkdown(report);
    assert.doesNotMatch(markdown, forbidden);
    for (const table of tablesIn(markdown)) {
      assert.equal(new Set(table.map(cells)).size, 1, table.join('\n'));
    }
    const prose = markdown.replace(/^(`{3,}).*\n[\s\S]*?\n\1$/gm, '');
    assert.doesNotMatch(prose, /(?<!\\)<|(?<!\\)\[|[^\\]:\/\/|(?<!\\)`|www\.|(?<!\\)~/, prose);

    const json = runReportJson(report);
    assert.doesNotMatch(json, forbidden);
    documentOf(hostileRun(evil));
  });
}

function tablesIn(markdown: string): readonly (readonly string[])[] {
  return markdown
    .split('\n\n')
    .map((block) => block.split('\n').filter((line) => line.startsWith('|')))
    .filter((lines) => lines.length > 0);
}

/** Cells of a row: pipes that no backslash takes the meaning of. */
function cells(row: string): number {
  return row.replace(/\\[\s\S]/g, '').split('|').length;
}

test('the page loads nothing, runs nothing, and allows only its own style', () => {
  const page = runReportHtml(runReport(twoDayRun()));
  assertHarmless(page);
  const style = styles.exec(page)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;`;
  assert.ok(page.includes(`<meta http-equiv="Content-Security-Policy" content="${policy}">`));
  assert.doesNotMatch(style, /url\((?!#)|@import/);
  assert.match(style, /prefers-color-scheme: dark/);
  assert.match(style, /@media print/);
});

test('the timeline has a bar for each attempt, inside the picture and apart in its lane', () => {
  const report = runReport(twoDayRun());
  const page = runReportHtml(report);
  const bars = [...page.matchAll(/<rect class="bar [\w-]+" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"/g)].map(
    ([, x, y, width]) => ({ x: Number(x), y: Number(y), width: Number(width) }),
  );
  const attempts = report.workloads.flatMap(({ history }) => history.attempts);
  assert.equal(bars.length, attempts.length);
  for (const [index, bar] of bars.entries()) {
    assert.ok(bar.x >= 0 && bar.x + bar.width <= 1003, JSON.stringify(bar));
    for (const other of bars.slice(index + 1)) {
      const apart = bar.y !== other.y || bar.x + bar.width <= other.x || other.x + other.width <= bar.x;
      assert.ok(apart, JSON.stringify([bar, other]));
    }
  }
  assert.match(page, /<rect class="break"[^>]*><title>11 h 59 min in which nothing happened<\/title>/);
  assert.match(page, /<title>books deployment\/api: failed, 26 s from 09:01:44<\/title>/);
});
