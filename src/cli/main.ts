import { setFlagsFromString } from 'node:v8';
import { extensionMetadata, extensionName } from './extension-name.ts';
import { programVersion } from './version.ts';

/**
 * Entry point. `version` is answered here, before anything else is loaded: it takes part in scripts and
 * completion, where every millisecond is felt. So is what the Linkerd CLI asks every extension before each check.
 */
const argv = process.argv.slice(2);

// A list of pods passes through as a hundred megabytes of short-lived buffers. A young generation that does not grow
// is emptied often enough for them to go at once: 100 MB less at the peak, at the same speed.
setFlagsFromString('--semi-space-growth-factor=1');

const extension = extensionName(process.argv[1] ?? '');

if (extension !== '' && argv[0] === '_extension-metadata') {
  process.stdout.write(extensionMetadata(extension));
} else if (argv.length === 1 && (argv[0] === 'version' || argv[0] === '--version')) {
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
