import type { TestContext } from 'node:test';

/** Sets variables of this process's environment until the test ends. */
export function setEnvironment(t: TestContext, variables: Readonly<Record<string, string>>): void {
  const before = new Map(Object.keys(variables).map((name) => [name, process.env[name]]));
  t.after(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  Object.assign(process.env, variables);
}
