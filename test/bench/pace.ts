/**
 * Passes connections on to a server on loopback at no more than so many megabytes a second each: the pace of a real
 * API server, which encodes what the simulated one has at hand. Prints its port, and runs until it is ended.
 * Arguments: port of the server, megabytes (10^6 bytes) a second.
 */
import { connect, createServer, type Socket } from 'node:net';

const [port = '', pace = ''] = process.argv.slice(2);
const bytesPerMillisecond = Number(pace) * 1000;
/** Timers are not finer, so bytes may run ahead by as much. */
const SLACK_MILLISECONDS = 5;

const server = createServer((client) => {
  const upstream = connect(Number(port), '127.0.0.1');
  client.pipe(upstream);
  passOn(upstream, client);
  client.on('close', () => upstream.destroy());
  client.on('error', () => upstream.destroy());
  upstream.on('end', () => client.end());
  upstream.on('error', () => client.destroy());
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});

function passOn(from: Socket, to: Socket): void {
  let due = performance.now();
  from.on('data', (bytes) => {
    to.write(bytes);
    due = Math.max(due, performance.now() - SLACK_MILLISECONDS) + bytes.length / bytesPerMillisecond;
    const wait = due - performance.now();
    if (wait > 1) {
      from.pause();
      setTimeout(() => from.resume(), wait);
    }
  });
}
