/** Bytes or JSON that are not what the Kubernetes API documents. Says what was wrong, never what was inside. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}
