// Stands in for client-node's dist/config.js in the bundle: the one function that its OIDC refresh takes from there.
import { readFileSync } from 'node:fs';

/** The bytes of a file, or of base64 text; null when neither is given. */
export function bufferFromFileOrString(file, data) {
  if (file) {
    return readFileSync(file);
  }
  return data ? Buffer.from(data, 'base64') : null;
}
