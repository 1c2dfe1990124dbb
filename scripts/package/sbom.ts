import { createHash } from 'node:crypto';
import { Contrib, Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import { bunParts } from './bun-parts.ts';
import type { BundledPackage } from './bundled-packages.ts';
import { runtimePins, runtimeVersion } from './runtimes.ts';

/** What of package.json goes into the bill of materials. */
export interface ProgramDescription {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const HOME = 'https://github.com/linkerd-upgrade/kubectl-linkerd-upgrade';

/**
 * The bill of materials of a release, CycloneDX 1.6 as JSON: the npm packages of which something is in the bundle, the
 * runtimes of all platforms, and what is linked into them. The same parts give the same text: there is no time in it,
 * and its serial number is derived from the rest.
 */
export function billOfMaterials(program: ProgramDescription, packages: readonly BundledPackage[]): string {
  const root = component(Enums.ComponentType.Application, program, program.license);
  root.description = program.description;
  root.externalReferences.add(new Models.ExternalReference(HOME, Enums.ExternalReferenceType.VCS));

  const components = new Map(
    packages.map((one) => {
      const library = component(Enums.ComponentType.Library, one, one.licence);
      library.bomRef.value = one.path;
      addIntegrity(library, one.integrity);
      return [one.path, library];
    }),
  );
  for (const { path, dependencies } of packages) {
    for (const dependency of dependencies) {
      const found = components.get(dependency);
      if (found !== undefined) components.get(path)?.dependencies.add(found.bomRef);
    }
  }
  const parts = bunParts.map(({ name, licence, home, revision }) => {
    const part = new Models.Component(Enums.ComponentType.Library, name, { bomRef: `bun/${name}` });
    if (revision !== undefined) part.version = revision;
    part.licenses.add(licenceOf(licence));
    part.externalReferences.add(new Models.ExternalReference(home, Enums.ExternalReferenceType.Website));
    return part;
  });
  const runtimes = Object.entries(runtimePins).map(([name, { integrity }]) => {
    const runtime = component(Enums.ComponentType.Platform, { name, version: runtimeVersion }, 'MIT');
    addIntegrity(runtime, integrity);
    for (const part of parts) runtime.dependencies.add(part.bomRef);
    return runtime;
  });

  const all = [...components.values(), ...runtimes, ...parts];
  const direct = Object.keys({ ...program.dependencies, ...program.devDependencies });
  const used = direct.flatMap((name) => components.get(`node_modules/${name}`) ?? []);
  for (const one of [...used, ...runtimes]) root.dependencies.add(one.bomRef);
  const bom = new Models.Bom({
    metadata: new Models.Metadata({ component: root }),
    components: new Models.ComponentRepository(all),
  });
  bom.serialNumber = `urn:uuid:${contentUuid(serialized(bom))}`;
  return serialized(bom);
}

/** A package, with the name split as npm and purl do: `@scope` and the rest. */
function component(
  type: Enums.ComponentType,
  { name, version }: { readonly name: string; readonly version: string },
  licence: string,
): Models.Component {
  const [, group, rest = name] = /^(@[^/]+)\/(.+)$/.exec(name) ?? [];
  const purl = `pkg:npm/${group === undefined ? '' : `${encodeURIComponent(group)}/`}${rest}@${version}`;
  const made = new Models.Component(type, rest, { version, purl, bomRef: purl });
  if (group !== undefined) made.group = group;
  made.licenses.add(licenceOf(licence));
  return made;
}

const licences = new Contrib.License.Factories.LicenseFactory((expression) => {
  if (!/^\(?[\w.+-]+( (AND|OR|WITH) [\w.+-]+)+\)?$/.test(expression))
    throw new Error('not an SPDX expression');
});

function licenceOf(text: string): Models.License {
  return licences.makeFromString(text);
}

/** `sha512-…` of the archive on the registry, as CycloneDX writes hashes. */
function addIntegrity(made: Models.Component, integrity: string): void {
  const sha512 = /^sha512-(.+)$/.exec(integrity)?.[1];
  if (sha512 === undefined) throw new Error(`${made.purl} has no SHA-512 in the lock file`);
  made.hashes.set(Enums.HashAlgorithm['SHA-512'], Buffer.from(sha512, 'base64').toString('hex'));
}

function serialized(bom: Models.Bom): string {
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

/** A UUID of the kind that anybody may define (RFC 9562, version 8), from the content. */
function contentUuid(content: string): string {
  const bytes = createHash('sha256').update(content).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
