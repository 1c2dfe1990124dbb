/** Everything of a grant as a file for `kubectl apply -f -`. */
import { Document, isMap, isSeq, Scalar, visit, type YAMLMap } from 'yaml';
import { hang, wrap } from '../wrap.ts';
import { admissionPolicy } from './admission-policy.ts';
import { partWords, type Right } from './rights.ts';
import { bindingObject, type Grant, notGranted, type RoleDocument, roleObject, rolesFor } from './roles.ts';

export interface ManifestOptions {
  /** The command that made it, for the comment at its top. */
  readonly command: string;
  /** Also the admission policy, for which the grant has to name somebody. */
  readonly policy: boolean;
}

const WIDTH = 100;

/** The objects of a grant, in the order in which they are applied. */
export function manifestObjects(grant: Grant, { policy }: ManifestOptions): readonly object[] {
  const roles = rolesFor(grant);
  const bindings =
    grant.subjects.length === 0 ? [] : roles.map((role) => bindingObject(role, grant.subjects));
  return [...roles.map(roleObject), ...bindings, ...(policy ? admissionPolicy(grant) : [])];
}

/** The same as YAML, which says why each rule is there. */
export function manifestYaml(grant: Grant, options: ManifestOptions): string {
  const roles = rolesFor(grant);
  const [first, ...others] = manifestObjects(grant, options).map((object, index) =>
    documentText(object, roles[index]),
  );
  return [head(grant, options), first ?? '', ...others.map((text) => `---\n${text}`)].join('');
}

/** The same as a v1 List. */
export function manifestJson(grant: Grant, options: ManifestOptions): string {
  const list = { apiVersion: 'v1', kind: 'List', items: manifestObjects(grant, options) };
  return `${JSON.stringify(list, null, 2)}\n`;
}

function documentText(object: object, role: RoleDocument | undefined): string {
  const document = new Document(object, { aliasDuplicateObjects: false, schema: 'yaml-1.1' });
  visit(document, { Scalar: quoteNumbers });
  const rules = role === undefined ? undefined : document.get('rules');
  if (isSeq(rules)) {
    for (const [index, item] of rules.items.entries()) {
      if (isMap(item)) comment(item, role?.rules[index]?.reasons ?? []);
    }
  }
  return document.toString({ lineWidth: WIDTH, flowCollectionPadding: false });
}

/**
 * kubectl reads YAML 1.1, in which `no` is false, `y` is true and `0b1` is 1; newer readers have `0o7` beside. Names may be any
 * of these. The schema has those of 1.1 quoted, this all that begins as a number could.
 */
function quoteNumbers(_: unknown, scalar: Scalar): void {
  if (typeof scalar.value === 'string' && /^[-+.\d]/.test(scalar.value)) scalar.type = Scalar.QUOTE_DOUBLE;
}

/** Puts its reasons above a rule, whose lists then take a line each. */
function comment(rule: YAMLMap, reasons: readonly string[]): void {
  rule.commentBefore = reasons.map((reason) => ` ${reason}`).join('\n');
  for (const { value } of rule.items) {
    if (isSeq(value)) value.flow = true;
  }
}

function head(grant: Grant, { command, policy }: ManifestOptions): string {
  const { namespaces, controlPlane, subjects } = grant;
  const where =
    namespaces === undefined
      ? ['In every namespace; -n NAME, repeated, grants it in some only.']
      : [
          `Only in ${namespaces.join(', ')}, and in ${controlPlane} what tells the state of the control plane.`,
        ];
  const lost = notGranted(grant);
  const rows = (found: readonly (readonly [string, string])[]): readonly string[] =>
    hang(found, WIDTH - 2).map((line) => `  ${line}`);
  const lines = [
    ...wrap(`Made by: ${command}`, WIDTH),
    ...rows(grant.parts.map((part) => [part, partWords[part]])),
    ...where,
    ...(lost.length === 0 ? [] : ['What is in no namespace and has no name to grant is not seen so:']),
    ...rows(lost.map(lostRow)),
    ...(subjects.length === 0
      ? wrap(
          'Bound to nobody yet: --subject User:ann, Group:sre or ServiceAccount:ci/restarter binds it.',
          WIDTH,
        )
      : []),
    ...(policy ? ['The admission policy at the end needs Kubernetes 1.30.'] : []),
    ...wrap(
      'Every user may ask for /version, /apis and SelfSubjectAccessReviews already (system:discovery, system:basic-user). Secrets are never asked for.',
      WIDTH,
    ),
  ];
  return `${lines.map((line) => `# ${line}`.trimEnd()).join('\n')}\n`;
}

function lostRow({ resource, group, without }: Right): readonly [string, string] {
  return [`${resource}${group === '' ? '' : `.${group}`}`, without];
}
