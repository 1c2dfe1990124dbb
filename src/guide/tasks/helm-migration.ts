import type { Installation } from '../inventory.ts';
import { chartVersions, repositoryCommands, repositoryOf } from './charts.ts';
import { linkerdNamespace, quote, type StepContext } from './task.ts';

type HelmInstallation = Extract<Installation, { method: 'helm' }>;

interface Part {
  readonly commands: readonly string[];
  readonly details: readonly string[];
}

/**
 * Release 2.12 split the chart `linkerd2` into two. Helm cannot turn one release into two, so that every object is
 * annotated to belong to the new releases before these are installed over them
 * (https://linkerd.io/2.12/tasks/upgrade/#upgrade-notice-stable-2120). First part: save what the old release knows,
 * hand its objects over, install the CRDs.
 */
export function handOver(step: StepContext, { release, namespace }: HelmInstallation): Part {
  const old = `-n ${quote(namespace)}`;
  const home = quote(linkerdNamespace(step.inventory));
  const name = quote(release);
  const versions = chartVersions(step.to);
  const repository = repositoryOf(step.to);
  const value = (path: string, file: string): string =>
    `helm get values ${name} ${old} --all -o yaml | yq '${path}' > ${file}`;
  const manifest = `helm ${old} get manifest ${name}`;
  const owner = (to: string): string =>
    `meta.helm.sh/release-name=${to} meta.helm.sh/release-namespace=${home}`;
  return {
    commands: [
      `helm get values ${name} ${old} -o yaml > values.yaml`,
      value('.identityTrustAnchorsPEM', 'ca.crt'),
      value('.identity.issuer.tls.crtPEM', 'issuer.crt'),
      value('.identity.issuer.tls.keyPEM', 'issuer.key'),
      `${manifest} | yq 'select(.kind == "CustomResourceDefinition") | .metadata.name' | grep -v '\\-\\-\\-' | xargs -n1 sh -c 'kubectl annotate --overwrite crd/$0 ${owner(repository.crds)}'`,
      `${manifest} | yq 'select(.kind != "CustomResourceDefinition")' | yq '.kind, .metadata.name, .metadata.namespace' | grep -v '\\-\\-\\-' | xargs -n3 sh -c 'kubectl annotate --overwrite -n $2 $0/$1 ${owner(repository.controlPlane)}'`,
      ...repositoryCommands(repository),
      `helm install ${repository.crds} ${repository.name}/${repository.crds} -n ${home} --version ${quote(versions.crds)}`,
    ],
    details: [
      `Release ${release} in namespace ${namespace} is of the single chart linkerd2. It is handed over to two new releases; \`helm upgrade\` cannot do it, and \`helm uninstall\` would take Linkerd away.`,
      'Needs yq 4 (mikefarah). Look into ca.crt, issuer.crt and issuer.key: each must hold a certificate or key. With identity.issuer.scheme kubernetes.io/tls the issuer stays in its Secret, and the two issuer files play no part.',
      'TrafficSplits need the SMI extension from now on, which takes over their CRD in the same way: see the notice.',
      ...versions.explained.filter((line) => line.startsWith('CRDS_')),
    ],
  };
}

/** Second part: install the control plane over its own objects, then forget the record of the old release. */
export function takeOver(step: StepContext, { release, namespace }: HelmInstallation): Part {
  const home = quote(linkerdNamespace(step.inventory));
  const versions = chartVersions(step.to);
  const { name, controlPlane } = repositoryOf(step.to);
  return {
    commands: [
      `helm install ${controlPlane} ${name}/${controlPlane} -n ${home} --version ${quote(versions.controlPlane)} -f values.yaml --set-file identityTrustAnchorsPEM=ca.crt --set-file identity.issuer.tls.crtPEM=issuer.crt --set-file identity.issuer.tls.keyPEM=issuer.key`,
      `kubectl -n ${quote(namespace)} delete secret --field-selector type=helm.sh/release.v1 -l name=${quote(release)},owner=helm`,
    ],
    details: [
      `The last command deletes only the record of release ${release}, after the new ones are in place: never \`helm uninstall ${release}\`.`,
      'issuer.key is a private key: delete the file when you are done.',
      ...versions.explained.filter((line) => line.startsWith('CHART_')),
    ],
  };
}
