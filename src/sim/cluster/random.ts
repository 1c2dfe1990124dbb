/** Letters of generated names: no vowels, no digits that look like letters. Source: kubernetes/apimachinery `pkg/util/rand`. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** A seeded source of everything that looks random in the simulation (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** At least 0 and below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 to `below` - 1. */
  integer(below: number): number {
    return Math.floor(this.next() * below);
  }

  /** `value` more or less by up to `share` of itself. */
  around(value: number, share: number): number {
    return Math.round(value * (1 + share * (2 * this.next() - 1)));
  }

  /** What an API server appends to `generateName`. */
  suffix(length = 5): string {
    return Array.from({ length }, () => ALPHABET[this.integer(ALPHABET.length)]).join('');
  }

  /** A UUID of version 4. */
  uid(): string {
    const hex = Array.from({ length: 4 }, () => this.#word());
    const [a = '', b = '', c = '', d = ''] = hex;
    const variant = '89ab'[this.integer(4)];
    return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${d}`;
  }

  #word(): string {
    return Math.floor(this.next() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  }
}

/** Turns text into the letters of generated names, character by character, as controllers do with a template's hash. */
export function safeEncode(text: string): string {
  return [...text].map((character) => ALPHABET[character.charCodeAt(0) % ALPHABET.length]).join('');
}
