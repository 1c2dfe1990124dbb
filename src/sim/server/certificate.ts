import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

/**
 * X.509 certificates for servers on loopback: an authority of one's own and what it issues (ECDSA P-256, SHA-256).
 * Written by hand because node:crypto reads certificates but does not make them, and the part of DER that this takes
 * is smaller than any library for it.
 */
export interface CertificateRequest {
  /** DNS names and IP addresses that the certificate is for. */
  readonly hosts: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

export interface KeyedCertificate {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

export interface Authority {
  /** PEM of the authority's own certificate. */
  readonly certificate: string;
  issue(request: CertificateRequest): KeyedCertificate;
}

const DAY_MS = 86_400_000;

/** A new authority with a new key. `now` in milliseconds since the epoch. */
export function createAuthority(commonName: string, now: number): Authority {
  const keys = newKeys();
  const from = new Date(now - DAY_MS);
  const until = new Date(now + 365 * DAY_MS);
  const certificate = certify({
    subject: commonName,
    issuer: commonName,
    publicKey: keys.publicKey,
    signer: keys.privateKey,
    notBefore: from,
    notAfter: until,
    extensions: [authorityConstraint(true), keyUsage(CERTIFICATE_SIGNING)],
  });
  return {
    certificate,
    issue({ hosts, notBefore = from, notAfter = until }) {
      const own = newKeys();
      const issued = certify({
        subject: hosts[0] ?? commonName,
        issuer: commonName,
        publicKey: own.publicKey,
        signer: keys.privateKey,
        notBefore,
        notAfter,
        extensions: [
          authorityConstraint(false),
          keyUsage(DIGITAL_SIGNATURE),
          extendedKeyUsage(),
          alternativeNames(hosts),
        ],
      });
      return { certificate: issued, key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
    },
  };
}

function newKeys(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

interface Certificate {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly Buffer[];
}

/** Source of the structure: RFC 5280, section 4.1. */
function certify(certificate: Certificate): string {
  const algorithm = sequence(objectIdentifier(ECDSA_WITH_SHA256));
  const toBeSigned = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(randomBytes(16)),
    algorithm,
    distinguishedName(certificate.issuer),
    sequence(time(certificate.notBefore), time(certificate.notAfter)),
    distinguishedName(certificate.subject),
    certificate.publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...certificate.extensions)),
  );
  const signature = sign('sha256', toBeSigned, certificate.signer);
  return pem(sequence(toBeSigned, algorithm, bitString(signature)));
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

// DER, as far as certificates need it.

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';
const BASIC_CONSTRAINTS = '2.5.29.19';
const KEY_USAGE = '2.5.29.15';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';
const ALTERNATIVE_NAMES = '2.5.29.17';

const DIGITAL_SIGNATURE = 0x80;
const CERTIFICATE_SIGNING = 0x04;

function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...lengthBytes(content.length)]), content]);
}

function lengthBytes(length: number): readonly number[] {
  if (length < 0x80) return [length];
  if (length < 0x100) return [0x81, length];
  return [0x82, length >>> 8, length & 0xff];
}

const sequence = (...parts: readonly Uint8Array[]) => element(0x30, ...parts);
const explicit = (number: number, part: Uint8Array) => element(0xa0 | number, part);
const octetString = (content: Uint8Array) => element(0x04, content);
const bitString = (content: Uint8Array, unusedBits = 0) => element(0x03, Buffer.from([unusedBits]), content);
const boolean = (value: boolean) => element(0x01, Buffer.from([value ? 0xff : 0]));

/** Of unsigned bytes: a leading zero keeps the sign bit clear. */
function integer(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = bytes.subarray(Math.max(first, 0));
  return element(0x02, (digits[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits);
}

function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): readonly number[] {
  const digits = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}

/** UTCTime, which reaches to 2049. */
function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/\D/g, '').slice(2, 14);
  return element(0x17, Buffer.from(`${digits}Z`));
}

function distinguishedName(commonName: string): Buffer {
  const name = element(0x0c, Buffer.from(commonName));
  return sequence(element(0x31, sequence(objectIdentifier(COMMON_NAME), name)));
}

function extension(identifier: string, critical: boolean, content: Uint8Array): Buffer {
  return sequence(objectIdentifier(identifier), ...(critical ? [boolean(true)] : []), octetString(content));
}

function authorityConstraint(isAuthority: boolean): Buffer {
  return extension(BASIC_CONSTRAINTS, true, sequence(...(isAuthority ? [boolean(true)] : [])));
}

function keyUsage(bit: number): Buffer {
  const unusedBits = 31 - Math.clz32(bit & -bit);
  return extension(KEY_USAGE, true, bitString(Buffer.from([bit]), unusedBits));
}

function extendedKeyUsage(): Buffer {
  return extension(EXTENDED_KEY_USAGE, false, sequence(objectIdentifier(SERVER_AUTHENTICATION)));
}

function alternativeNames(hosts: readonly string[]): Buffer {
  const names = hosts.map((host) =>
    isIP(host) === 0 ? element(0x82, Buffer.from(host)) : element(0x87, addressBytes(host)),
  );
  return extension(ALTERNATIVE_NAMES, false, sequence(...names));
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string) => text.split(':').filter((group) => group !== '');
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array.from({ length: missing }, () => '0'), ...groups(tail)];
  return Buffer.concat(all.map((group) => Buffer.from(group.padStart(4, '0'), 'hex')));
}
