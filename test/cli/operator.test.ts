import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { operatorName } from '../../src/cli/operator.ts';
import { temporaryFolder } from '../support/program.ts';

const uid = process.getuid?.();

test('the operator is whom the system knows by that name, whatever the environment says', () => {
  const name = `${userInfo().username}@${hostname()}`;
  for (const env of [{}, { USER: 'somebody-else', LOGNAME: 'somebody-else' }]) {
    assert.equal(operatorName(env), name);
    assert.equal(operatorName(env, '/nowhere'), name, 'a directory service knows more names than the file');
  }
});

test('passwd is read by the number of the user', {
  skip: uid === undefined && 'no numbers here',
}, async () => {
  await using folder = temporaryFolder();
  const passwd = join(folder.path, 'passwd');
  writeFileSync(passwd, `# comment\n\nother:x:${uid}1:7::/:/bin/sh\nmy/name:x:${uid}:7::/:/bin/sh\n`);
  assert.equal(operatorName({}, passwd), `my-name@${hostname()}`);
});
