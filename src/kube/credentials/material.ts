import { readFile } from 'node:fs/promises';
import { clean } from '../clean.ts';
import type { Pem } from '../config/connection.ts';
import { KubeError } from '../errors.ts';

/** The PEM text. `what` and `owner` name it in the error, as in `unable to read client-cert F for u due to …`. */
export async function readPem(pem: Pem, what: string, owner: string): Promise<string> {
  if (pem.from === 'data') return Buffer.from(pem.base64, 'base64').toString('utf8');
  try {
    return await readFile(pem.path, 'utf8');
  } catch (error) {
    const reason = clean(error instanceof Error ? error.message : String(error));
    throw new KubeError(
      'credentials',
      `unable to read ${what} ${clean(pem.path)} for ${clean(owner)} due to ${reason}`,
      {
        cause: error,
      },
    );
  }
}
