/** What was told, and how rights are named in it. */
import assert from 'node:assert/strict';
import type { GrantedCluster, GrantedRight, Told } from './granted-cluster.ts';

/** `patch apps/deployments`. */
export const nameOf = ({ resource, verb, names }: GrantedRight): string =>
  `${verb} ${resource.replace(/^\//, '')}${names === '' || names.length > 50 ? '' : ` ${names}`}`;

/** Text as one line, so that where it was wrapped does not matter. */
export const flat = ({ out, err }: Told): string => `${out}${err}`.replace(/\s+/g, ' ');

/** The authorizer's own words on a right. */
export function refusal({ resource, verb }: GrantedRight): RegExp {
  const slash = resource.indexOf('/');
  return new RegExp(
    `cannot ${verb} resource "${resource.slice(slash + 1)}" in API group "${resource.slice(0, slash)}"`,
  );
}

/** Writes, again where a controller was quicker to write the status of what has just been changed. */
export async function written(cluster: GrantedCluster, ...words: readonly string[]): Promise<void> {
  let told = await cluster.run(...words);
  while (told.code === 1 && /Someone else changed the object/.test(told.err))
    told = await cluster.run(...words);
  assert.equal(told.code, 0, told.err);
}
