/** The parts of an image reference that tell a version. */
export interface ImageReference {
  /** Registry and repository, without tag and digest. */
  readonly name: string;
  /** '' when the image has no tag. */
  readonly tag: string;
  /** `sha256:…`, '' when the image is not pinned by digest. */
  readonly digest: string;
}

/**
 * Takes an image reference apart. The digest is cut off first; the tag is what follows the last colon, provided
 * that it comes after the last slash: a colon before it belongs to the registry's port.
 */
export function parseImage(image: string): ImageReference {
  const at = image.indexOf('@');
  const digest = at < 0 ? '' : image.slice(at + 1);
  const rest = at < 0 ? image : image.slice(0, at);
  const colon = rest.lastIndexOf(':');
  if (colon < 0 || colon < rest.lastIndexOf('/')) return { name: rest, tag: '', digest };
  return { name: rest.slice(0, colon), tag: rest.slice(colon + 1), digest };
}

/** The tag of an image, '' when it has none. */
export function imageTag(image: string): string {
  return parseImage(image).tag;
}
