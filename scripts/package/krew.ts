/** `{{ .TagName }}` as it stands in the template and inside the addresses of its archives. */
const TAG = /\{\{-? *\.TagName *-?\}\}/g;

/** A comment that takes the white space around it away. */
const COMMENT = /\s*\{\{- \/\*.*?\*\/ -\}\}\s*/gs;

/** One archive: its address may hold actions of its own, as the bot renders it a second time. */
const ARCHIVE = /\{\{ *addURIAndSha "([^"\n]*)" \.TagName *\}\}/g;

/**
 * Renders `.krew.yaml` as krew-release-bot does (its `pkg/source/template.go`), with our sums in place of downloads:
 * a Go template of which this knows what the file uses, `.TagName`, `addURIAndSha ADDRESS .TagName` and comments.
 * @param tag of the release, `v0.1.0`
 * @param sumOf SHA-256 of a release file by its name, in lower-case hexadecimal
 * @throws Error for an action that this does not know, for a tag that is none, and for a sum that is none
 */
export function renderKrewManifest(
  template: string,
  tag: string,
  sumOf: (archive: string) => string,
): string {
  if (!/^v\d+\.\d+\.\d+[-+.0-9A-Za-z]*$/.test(tag)) {
    throw new Error(`"${tag}" is not the tag of a release; write it as v0.1.0`);
  }
  const rendered = template
    .replace(COMMENT, '')
    .replace(ARCHIVE, (_action, address: string) => {
      const uri = address.replace(TAG, tag);
      // The bot indents the second line by four blanks, wherever the action stands.
      return `uri: ${uri}\n    sha256: ${checkedSum(uri, sumOf)}`;
    })
    .replace(TAG, tag);
  const unknown = /\{\{.*/.exec(rendered)?.[0];
  if (unknown !== undefined) {
    throw new Error(`the krew template has an action that the renderer does not know: ${unknown}`);
  }
  return rendered;
}

function checkedSum(uri: string, sumOf: (archive: string) => string): string {
  const archive = uri.slice(uri.lastIndexOf('/') + 1);
  const sum = sumOf(archive);
  if (!/^[0-9a-f]{64}$/.test(sum)) {
    throw new Error(`the SHA-256 of ${archive} is missing or malformed: "${sum}"`);
  }
  return sum;
}
