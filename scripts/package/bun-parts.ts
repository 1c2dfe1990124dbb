/** A library inside Bun. */
export interface BunPart {
  readonly name: string;
  readonly licence: string;
  readonly home: string;
  /** Its revision or version; absent where Bun does not say it. */
  readonly revision?: string;
}

/**
 * The libraries that Bun links, with their licences, by LICENSE.md of Bun's repository (commit
 * 09015d9125245b462c3a986d5c166ea28445a237), with the revisions that Bun 1.4.5 gives in `process.versions`, and SQLite,
 * which is only there. The npm packages of Bun have neither the list nor the texts.
 */
export const bunParts: readonly BunPart[] = [
  part(
    'JavaScriptCore and WebKit',
    'LGPL-2',
    'https://github.com/oven-sh/WebKit',
    'd6375c72affe0f70222cdcb45012b10f0bf3a9d5',
  ),
  part(
    'BoringSSL',
    'several, by its LICENSE',
    'https://boringssl.googlesource.com/boringssl',
    'fe703e9faa3bfd22b04eb192066856557b7e015c',
  ),
  part('brotli', 'MIT', 'https://github.com/google/brotli'),
  part(
    'libarchive',
    'several, by its COPYING',
    'https://github.com/libarchive/libarchive',
    '27cbc7827172698143e440801fc0ba39ccb4f1f5',
  ),
  part(
    'lol-html',
    'BSD-3-Clause',
    'https://github.com/cloudflare/lol-html',
    '725ce499aa9b71e38b7a2d0a9fbb6d7294a4079e',
  ),
  part(
    'ls-hpack',
    'MIT',
    'https://github.com/litespeedtech/ls-hpack',
    'cf0f70dd10b352194c97448eb5d00b4aa484f531',
  ),
  part('ls-qpack', 'MIT', 'https://github.com/litespeedtech/ls-qpack'),
  part('lsquic', 'MIT, parts BSD-3-Clause', 'https://github.com/litespeedtech/lsquic'),
  part(
    'mimalloc',
    'MIT',
    'https://github.com/microsoft/mimalloc',
    '92ef6587c57b262f6e6abf513f7776a2f8d12aeb',
  ),
  part(
    'picohttpparser',
    'Perl licence or MIT',
    'https://github.com/h2o/picohttpparser',
    'f4d94b48b31e0abae029ebeafcfd9ca0680ede58',
  ),
  part(
    'zstd',
    'BSD or GPL-2.0',
    'https://github.com/facebook/zstd',
    'f8745da6ff1ad1e7bab384bd1f9d742439278e99',
  ),
  part('simdutf', 'Apache-2.0', 'https://github.com/simdutf/simdutf'),
  part('tinycc', 'LGPL-2.1', 'https://github.com/tinycc/tinycc', '05f0fafaa3be31e31d7b4b5c17dc60f62c991171'),
  part(
    'uSockets',
    'Apache-2.0',
    'https://github.com/uNetworking/uSockets',
    'a7733435cf40429e3b35c36072769df2052b80f1',
  ),
  part('zlib-ng', 'Zlib', 'https://github.com/zlib-ng/zlib-ng', '12731092979c6d07f42da27da673a9f6c7b13586'),
  part('c-ares', 'MIT', 'https://github.com/c-ares/c-ares', '0b88066f79ac9745d6819899f1794df91b73c873'),
  part('ICU', 'ICU licence', 'https://github.com/unicode-org/icu', '78.3'),
  part('libbase64', 'BSD-2-Clause', 'https://github.com/aklomp/base64'),
  part('libuv (Windows)', 'MIT', 'https://github.com/libuv/libuv'),
  part(
    'libdeflate',
    'MIT',
    'https://github.com/ebiggers/libdeflate',
    '92e6a0db9fa848d742f9eb286c92afc60f2c3dda',
  ),
  part('libjpeg-turbo', 'BSD-3-Clause, IJG and Zlib', 'https://github.com/libjpeg-turbo/libjpeg-turbo'),
  part('libspng', 'BSD-2-Clause', 'https://github.com/randy408/libspng'),
  part('libwebp', 'BSD-3-Clause', 'https://github.com/webmproject/libwebp'),
  part('highway', 'Apache-2.0', 'https://github.com/google/highway'),
  part('uucode', 'MIT', 'https://github.com/jacobsandlund/uucode'),
  part(
    'uWebSockets',
    'Apache-2.0',
    'https://github.com/jarred-sumner/uwebsockets',
    'a7733435cf40429e3b35c36072769df2052b80f1',
  ),
  part("parts of TigerBeetle's I/O code", 'Apache-2.0', 'https://github.com/tigerbeetle/tigerbeetle'),
  part(
    '__cxa_thread_atexit of LLVM libc++abi',
    'Apache-2.0 WITH LLVM-exception',
    'https://github.com/llvm/llvm-project',
  ),
  part('SQLite', 'public domain', 'https://sqlite.org', '3.54.1'),
];

/** npm packages that stand inside Bun for programs that import them, by the same file; all MIT, of unknown versions. */
export const bunPackages: readonly string[] = [
  'acorn',
  'acorn-walk',
  'assert',
  'browserify-zlib',
  'buffer',
  'constants-browserify',
  'crypto-browserify',
  'domain-browser',
  'events',
  'https-browserify',
  'os-browserify',
  'path-browserify',
  'process',
  'punycode',
  'querystring-es3',
  'stream-browserify',
  'stream-http',
  'string_decoder',
  'timers-browserify',
  'tty-browserify',
  'url',
  'util',
  'vm-browserify',
];

function part(name: string, licence: string, home: string, revision?: string): BunPart {
  return revision === undefined ? { name, licence, home } : { name, licence, home, revision };
}
