import { createServer } from 'node:http';
import { connect as open, type Socket } from 'node:net';

/** A line to API servers that can be cut. */
export interface CuttableLine extends AsyncDisposable {
  /** For `proxy-url`. */
  readonly url: string;
  /** Ends all that is open, and takes nothing new until `mend`. */
  cut(): void;
  mend(): void;
  /** Connections that have been made through it. */
  connections(): number;
}

/** A proxy on loopback (HTTP CONNECT) through which TLS goes untouched. */
export async function cuttableLine(): Promise<CuttableLine> {
  const sockets = new Set<Socket>();
  let isCut = false;
  let made = 0;
  const server = createServer((_, answer) => answer.writeHead(405).end());
  server.on('connect', (request, near: Socket) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const { hostname, port } = new URL(`https://${request.url}`);
    const far = open(Number(port || 443), hostname.replace(/^\[|\]$/g, ''), () => {
      made++;
      near.write('HTTP/1.1 200 OK\r\n\r\n');
      near.pipe(far).pipe(near);
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  const end = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    connections: () => made,
    cut() {
      isCut = true;
      end();
    },
    mend() {
      isCut = false;
    },
    async [Symbol.asyncDispose]() {
      end();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
