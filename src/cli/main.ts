import { programVersion } from './version.ts';

/**
 * Entry point. `version` is answered here, before anything else is loaded: it takes part in scripts and
 * completion, where every millisecond is felt.
 */
const argv = process.argv.slice(2);

if (argv.length === 1 && (argv[0] === 'version' || argv[0] === '--version')) {
  process.stdout.write(`kubectl-linkerd-upgrade ${programVersion}\n`);
} else {
  try {
    const { run } = await import('./run.ts');
    process.exitCode = await run(argv);
  } catch (error) {
    // A mistake of ours. The stack says where, in a form that fits a report; Node's own dump would print the bundle.
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(
      `kubectl linkerd-upgrade ${programVersion} stopped because of an error of its own; please report it:\n${stack}\n`,
    );
    process.exitCode = 1;
  }
}
