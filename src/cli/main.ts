import { programVersion } from './version.ts';

/**
 * Entry point. `version` is answered here, before anything else is loaded: it takes part in scripts and
 * completion, where every millisecond is felt.
 */
const argv = process.argv.slice(2);

if (argv.length === 1 && (argv[0] === 'version' || argv[0] === '--version')) {
  process.stdout.write(`kubectl-linkerd-upgrade ${programVersion}\n`);
} else {
  const { run } = await import('./run.ts');
  process.exitCode = await run(argv);
}
