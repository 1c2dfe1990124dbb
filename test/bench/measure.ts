import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Measurement {
  /** Wall time in seconds. */
  readonly seconds: number;
  /** Peak resident memory in MB (10^6 bytes), as /proc reports it; 0 where there is no /proc. */
  readonly megabytes: number;
  /** Bytes on standard output. */
  readonly bytes: number;
}

const POLL_MILLISECONDS = 4;

/** Runs a program to its end and measures it. Throws when it fails. */
export function measure(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Measurement> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    let bytes = 0;
    let complaint = '';
    let peak = 0;
    const poll = setInterval(() => {
      peak = Math.max(peak, peakMemory(child.pid));
    }, POLL_MILLISECONDS);
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(poll);
      if (code !== 0) {
        reject(new Error(`${file} ${args.join(' ')} ended with ${code}: ${complaint.slice(0, 500)}`));
        return;
      }
      resolve({ seconds: (performance.now() - began) / 1000, megabytes: peak, bytes });
    });
  });
}

/** Runs a program several times and gives the run with the median time, its memory being the highest seen. */
export async function measureOften(
  times: number,
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Measurement> {
  const runs: Measurement[] = [];
  for (let run = 0; run < times; run++) {
    runs.push(await measure(file, args, env));
  }
  const middle = runs.toSorted((a, b) => a.seconds - b.seconds)[Math.floor(times / 2)];
  if (!middle) {
    throw new Error('nothing was measured');
  }
  return { ...middle, megabytes: Math.max(...runs.map(({ megabytes }) => megabytes)) };
}

function peakMemory(pid: number | undefined): number {
  try {
    const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return (Number(kilobytes ?? 0) * 1024) / 1e6;
  } catch {
    return 0;
  }
}
