import { setMaxListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { watchOutput } from './broken-output.ts';
import { calledAs } from './called-as.ts';
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

// One signal ends dozens of requests. The first releases of Node 22 take more than ten listeners for a leak, and would
// say so in the middle of the screen.
setMaxListeners(0);

watchOutput(process);
const extension = extensionName(calledAs());

if (extension !== '' && argv[0] === '_extension-metadata') {
  process.stdout.write(extensionMetadata(extension));
} else if (argv.length === 1 && (argv[0] === 'version' || argv[0] === '--version')) {
  process.stdout.write(`kubectl-linkerd-upgrade ${programVersion}\n`);
} else {
  process.on('uncaughtException', uncaught).on('unhandledRejection', uncaught);
  try {
    const { run } = await import('./run.ts');
    process.exitCode = await run(argv);
  } catch (error) {
    stopped(error);
  }
}

/** Nobody waits for the error: whatever else goes on ends here, unless a screen has to give the terminal back first. */
function uncaught(error: unknown): void {
  if (process.listenerCount('uncaughtException') > 1) return;
  stopped(error);
  process.exit();
}

/** A mistake of ours. The stack says where, in a form that fits a report; a runtime's own dump would print the bundle. */
function stopped(error: unknown): void {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `kubectl linkerd-upgrade ${programVersion} stopped because of an error of its own; please report it:\n${stack}\n`,
  );
  process.exitCode = 1;
}
