/** A configuration that cannot be used, in kubectl's words. Caught by `resolveConnection`, which answers them. */
export class Refused extends Error {}
