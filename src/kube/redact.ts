/** Secrets that a plugin or proxy may print: bearer and basic credentials, JSON Web Tokens, PEM blocks, JSON fields. */
const SECRETS: readonly [RegExp, string][] = [
  [/-----BEGIN [^-]*-----[\s\S]*?(?:-----END [^-]*-----|$)/g, '[redacted]'],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, '$1 [redacted]'],
  [/\beyJ[\w-]{8,}\.[\w.-]+/g, '[redacted]'],
  [
    /("?(?:token|password|secret|client_?secret|id_?token|access_?token|refresh_?token)"?\s*[:=]\s*"?)[^\s",}]{4,}/gi,
    '$1[redacted]',
  ],
  [/(:\/\/)[^/\s:@]+:[^/\s@]+@/g, '$1[redacted]@'],
];

/** `text` without what looks like a credential. */
export function redact(text: string): string {
  return SECRETS.reduce((redacted, [pattern, replacement]) => redacted.replace(pattern, replacement), text);
}
