/**
 * `npm run package:npm`: lays out dist/npm, the folder that is published, `npm pack ./dist/npm`. The repository's own
 * package.json is not published: it installs what building and testing needs, a Node for the platform among it.
 */
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { stage } from './stage.ts';

const target = fileURLToPath(new URL('../../dist/npm/', import.meta.url));
await rm(target, { recursive: true, force: true });
process.stdout.write(`dist/npm is ${await stage(target)}\n`);
