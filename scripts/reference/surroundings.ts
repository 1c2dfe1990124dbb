/** What the program takes from around it, for the man page and docs/commands.md. */

export interface Variable {
  /** Names that are read; the first one that is set decides. */
  readonly names: readonly string[];
  readonly what: string;
}

export const variables: readonly Variable[] = [
  { names: ['KUBECONFIG'], what: 'kubeconfig files, as kubectl reads them; --kubeconfig beats it' },
  {
    names: ['KUBERC'],
    what: 'file of preferences whose policy on credential plugins is heeded, as by kubectl; off: none',
  },
  { names: ['LINKERD_NAMESPACE'], what: "namespace of the control plane, as the Linkerd CLI's" },
  {
    names: ['LINKERD_UPGRADE_THEME'],
    what: 'words separated by commas: colour-blind, none (no colours), ascii, unicode',
  },
  {
    names: ['LINKERD_UPGRADE_COMPLETION_TIMEOUT'],
    what: 'how long completion waits for the cluster (300ms); 0 never asks it',
  },
  { names: ['NO_COLOR'], what: 'any value takes the colours away' },
  { names: ['TERM'], what: 'dumb: no colours; linux: ASCII signs' },
  { names: ['LC_ALL', 'LC_CTYPE', 'LANG'], what: 'without UTF-8: ASCII signs' },
  {
    names: ['WT_SESSION', 'TERM_PROGRAM'],
    what: 'where no locale is set, a terminal that names itself so is taken to show UTF-8',
  },
  { names: ['INK_SCREEN_READER'], what: 'true turns the live screen into sentences' },
  { names: ['XDG_STATE_HOME', 'HOME'], what: 'where runs are recorded' },
  { names: ['LOCALAPPDATA', 'USERPROFILE'], what: 'the same on Windows' },
  {
    names: ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'],
    what: 'proxy on the way to the API server, also in lower case; as kubectl reads them',
  },
  { names: ['PATH', 'Path', 'PATHEXT'], what: 'where credential plugins and the linkerd CLI are found' },
  { names: ['USER', 'LOGNAME'], what: 'who has started a run, in its record and on its lock' },
  {
    names: ['KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT', 'POD_NAMESPACE'],
    what: 'the cluster of the pod that the program runs in, where there is no kubeconfig',
  },
];

export const files: readonly { readonly path: string; readonly what: string }[] = [
  { path: '~/.kube/config', what: 'kubeconfig, where neither KUBECONFIG nor --kubeconfig names another' },
  { path: '~/.kube/kuberc', what: 'preferences of kubectl; only the policy on credential plugins is read' },
  {
    path: '$XDG_STATE_HOME/kubectl-linkerd-upgrade/runs',
    what: 'journals of runs, one file a run, readable for you alone; by default under ~/.local/state, on Windows under %LOCALAPPDATA%',
  },
];
