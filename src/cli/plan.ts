import type { KubeClient } from '../kube/client.ts';
import { toKubeError } from '../kube/errors.ts';
import { planDocument } from '../report/plan-document.ts';
import { planTable } from '../report/plan-table.ts';
import { preflightLines } from '../report/preflight-lines.ts';
import type { PlanDocument } from '../rollout/plan/document.ts';
import type { Plan } from '../rollout/plan/plan.ts';
import type { PreflightReport } from '../rollout/preflight/report.ts';
import type { Arguments } from './arguments.ts';
import type { Output } from './connect.ts';
import { type Engine, withEngine } from './engine.ts';
import { exitCode } from './exit-codes.ts';
import { limitsOf } from './limits.ts';
import { narrowedPlan } from './narrowed-plan.ts';
import { notReadable } from './not-readable.ts';
import { pageWidth } from './page-width.ts';
import { UsageError } from './pflag.ts';
import { planOptionsOf } from './plan-options.ts';
import { asksForUpgrade } from './plan-upgrade-words.ts';
import { proposeScopes } from './proposal.ts';
import { checkOnly, wantedNamespaces } from './scopes.ts';
import { choiceOf } from './values.ts';
import { writeWhole } from './write-file.ts';

/**
 * `plan`: prints what a restart would do, in which order, what it would leave, and what stands against it now. Writes
 * nothing to the cluster; with --out a file that `restart --plan` applies.
 */
export async function plan(
  args: Arguments,
  client: KubeClient,
  env: NodeJS.ProcessEnv,
  output: Output,
): Promise<number> {
  if (asksForUpgrade(args)) {
    const { planUpgrade } = await import('./plan-upgrade.ts');
    return planUpgrade(args, client, env, output);
  }
  const form = choiceOf(args, 'output', ['table', 'json', 'yaml']) ?? 'table';
  const file = args.text('out');
  if (file === '') {
    throw new UsageError('--out takes a file, for example --out=plan.json');
  }
  const limits = limitsOf(args);
  const options = planOptionsOf(args);
  checkOnly(args);
  // A dry run stores nothing, and yet is a request to create pods.
  const probe = !args.on('no-probe') && !args.on('read-only');
  return withEngine(args, client, env, wantedNamespaces(args), async (engine) => {
    const { plan: wanted } = proposeScopes(engine, args, options, limits);
    const report = await preflightOf(engine, wanted, probe);
    const planned = report ? narrowedPlan(wanted, report) : wanted;
    const document = planDocument(planned, {
      cluster: await identityOf(engine),
      createdAt: engine.ports.now(),
      limits,
      findings: report?.findings,
    });
    if (form === 'table') {
      const width = pageWidth(process.stdout);
      const found = report ? preflightLines(report, width) : [];
      const lost = notReadable(engine.session.store.get().unreadable, width);
      print(output, [...planTable(planned, limits, width), ...found, ...lost]);
    } else {
      output.out(await textOf(document, form));
    }
    if (file !== undefined) {
      writeWhole(file, await textOf(document, 'json'), { replace: args.on('force') });
      output.err(writtenText(file, document));
    }
    return exitCode.fine;
  });
}

function print(output: Output, lines: readonly string[]): void {
  output.out(lines.map((line) => `${line}\n`).join(''));
}

async function textOf(document: PlanDocument, form: 'json' | 'yaml'): Promise<string> {
  if (form === 'json') {
    return `${JSON.stringify(document, null, 2)}\n`;
  }
  const { yamlOf } = await import('./yaml.ts');
  return yamlOf(document);
}

/** What stands against a plan; undefined where there is nothing to restart. A server that does not answer is told of. */
async function preflightOf(
  { rollout }: Engine,
  planned: Plan,
  probe: boolean,
): Promise<PreflightReport | undefined> {
  if (planned.items.length === 0) {
    return undefined;
  }
  try {
    return await rollout.preflight(planned, { probe });
  } catch (error) {
    const { message } = toKubeError(error, 'look at what a restart needs');
    return {
      findings: [{ check: 'control-plane', severity: 'unknown', text: message }],
      exclusions: [],
      probes: [],
    };
  }
}

/** Which cluster a plan is bound to; without the right to read that, the plan is for reading only. */
async function identityOf({ ports, client }: Engine): Promise<PlanDocument['cluster']> {
  try {
    return await ports.cluster();
  } catch {
    const { server, context } = client.connection;
    return { uid: '', server, context };
  }
}

function writtenText(file: string, { cluster }: PlanDocument): string {
  if (cluster.uid === '') {
    return `The plan is in ${file}. It cannot be applied: which cluster it was made on could not be read (namespace kube-system).\n`;
  }
  const shown = /^[\w./-]+$/.test(file) ? file : JSON.stringify(file);
  return `The plan is in ${file}. Review it, then apply it with: kubectl linkerd-upgrade restart --plan ${shown}\n`;
}
