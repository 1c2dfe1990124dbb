import { type Finding, guide, linkerd, type StepContext } from './task.ts';

/** The last thing of a step. */
export function verify({ inventory, to }: StepContext): Finding {
  const call = linkerd(inventory);
  return {
    id: 'verify',
    kind: 'verify',
    title: `Verify that all is on ${to}`,
    state: 'open',
    why: 'when all before it is done',
    commands: [
      `${call} check`,
      `${call} check --proxy`,
      'kubectl linkerd-upgrade verify',
      'kubectl linkerd-upgrade check',
    ],
    details: [
      '`linkerd check` compares proxies with the newest release on the internet and with the CLI; verify compares them with this control plane.',
    ],
    docs: guide.upgrade,
  };
}
