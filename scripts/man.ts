// Writes man/kubectl-linkerd_upgrade.1 and docs/commands.md. Run it as `npm run man`, after a change of a flag or of help.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commandsPage } from './reference/commands-page.ts';
import { manPage, releaseDate } from './reference/man-page.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version }: { version: string } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

const changelog = existsSync(`${root}CHANGELOG.md`) ? readFileSync(`${root}CHANGELOG.md`, 'utf8') : '';

mkdirSync(`${root}man`, { recursive: true });
writeFileSync(`${root}man/kubectl-linkerd_upgrade.1`, manPage(version, releaseDate(changelog, version)));
writeFileSync(`${root}docs/commands.md`, commandsPage());
