/** Which proxy a request goes through: the cluster's `proxy-url`, else the environment as Go reads it. */

import { BlockList, isIP } from 'node:net';
import type { Environment } from '../config/load.ts';
import { parseUrl } from '../parse-url.ts';

/** True for `localhost` and loopback addresses. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * The proxy for `server`, undefined for none. The environment's proxies (`HTTPS_PROXY`, `HTTP_PROXY`,
 * `NO_PROXY`, golang.org/x/net/http/httpproxy) leave out loopback; a configured one is always used.
 */
export function proxyFor(server: URL, proxyUrl: string, env: Environment): URL | undefined {
  if (proxyUrl !== '') return parseUrl(proxyUrl);
  const isSecure = server.protocol === 'https:';
  const value = isSecure
    ? (env.HTTPS_PROXY ?? env.https_proxy ?? '')
    : (env.HTTP_PROXY ?? env.http_proxy ?? '');
  if (value === '' || isLoopback(server.hostname)) return undefined;
  if (isExempt(server, env.NO_PROXY ?? env.no_proxy ?? '')) return undefined;
  return parseUrl(value.includes('://') ? value : `http://${value}`);
}

function isExempt(server: URL, noProxy: string): boolean {
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = portOf(server);
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== '' && matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return inSubnet(entry, host);
  const [, name = '', entryPort] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [undefined, entry];
  if (entryPort !== undefined && entryPort !== port) return false;
  const wanted = name.replace(/^\[|\]$/g, '');
  if (isIP(wanted) !== 0 || isIP(host) !== 0) return wanted === host;
  // `example.com` stands for itself and its subdomains, `.example.com` and `*.example.com` for the latter.
  const domain = wanted.replace(/^\*/, '');
  if (domain.startsWith('.')) return host.endsWith(domain);
  return host === domain || host.endsWith(`.${domain}`);
}

function inSubnet(entry: string, host: string): boolean {
  const family = isIP(host);
  const [network = '', bits = ''] = entry.split('/');
  if (family === 0 || isIP(network) !== family || !/^\d{1,3}$/.test(bits)) return false;
  const type = family === 6 ? 'ipv6' : 'ipv4';
  if (Number(bits) > (family === 6 ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), type);
  return list.check(host, type);
}

/** Port of a URL, its scheme's where it names none. */
export function portOf(url: URL): string {
  if (url.port !== '') return url.port;
  return url.protocol === 'https:' ? '443' : '80';
}
