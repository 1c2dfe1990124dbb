import type { Advice, Destination } from '../guide/advice.ts';
import type { Inventory } from '../guide/inventory.ts';
import type { LiveView, Store } from '../live/view.ts';
import { reuse } from '../mesh/share.ts';
import type { MeshView } from '../mesh/view.ts';
import type { Guide } from './state/guide.ts';

/** What the screen asks of the upgrade guide. */
export interface GuidePort {
  /** Reads what the guide asks about; takes requests. */
  inventory(): Promise<Inventory>;
  /** Pure: the advice for an inventory. */
  advise(inventory: Inventory, destination: Destination): Advice;
}

/** Runs an action later; returns the way to cancel it. */
export type After = (milliseconds: number, action: () => void) => () => void;

/** Between the beginnings of two readings of the inventory. */
const LEAST_GAP_MILLISECONDS = 3_000;
/** What no watch tells of (the CLI, Links, CRDs) is read again this often while the checklist is open. */
const READ_MILLISECONDS = 20_000;
/** What the watches tell is brought into the advice this often at most. */
const ADVICE_MILLISECONDS = 500;

/** Keeps the checklist alive while somebody looks at it, and does nothing else. */
export interface GuideFollower extends Store<Guide> {
  /** Says whether the checklist is on the screen. */
  show(visible: boolean): void;
  aim(destination: Destination): void;
  close(): void;
}

export interface GuideFollowerOptions {
  readonly port: GuidePort;
  readonly view: Store<LiveView>;
  readonly destination: Destination;
  /** Seconds since the epoch. */
  readonly now: () => number;
  readonly after: After;
}

/** A follower that has read nothing yet. */
export function createGuideFollower(options: GuideFollowerOptions): GuideFollower {
  const { port, view, now, after } = options;
  const listeners = new Set<() => void>();
  let guide: Guide = {
    destination: options.destination,
    advice: undefined,
    problem: '',
    reading: false,
    readAt: 0,
  };
  let inventory: Inventory | undefined;
  let visible = false;
  let closed = false;
  let unfollow = (): void => {};
  let cancelAdvice: (() => void) | undefined;
  let cancelRead: (() => void) | undefined;
  /** Control plane and extensions as the inventory found them. */
  let seen: readonly unknown[] = [];
  /** True once another reading has been asked for while one was under way, or too soon after the last. */
  let wanted = false;
  /** True while the last reading began less than the least gap ago. */
  let tooSoon = false;

  function publish(changes: Partial<Guide>): void {
    if (closed) return;
    guide = { ...guide, ...changes };
    for (const listener of listeners) listener();
  }

  function advise(): void {
    if (inventory === undefined) return;
    const { mesh } = view.get();
    try {
      const advice = port.advise({ ...inventory, mesh, controlPlane: mesh.controlPlane }, guide.destination);
      const shared = reuse(guide.advice, advice);
      if (shared !== guide.advice || guide.problem !== '') publish({ advice: shared, problem: '' });
    } catch (error) {
      publish({ problem: reasonOf(error) });
    }
  }

  function read(): void {
    if (!visible || closed) return;
    if (guide.reading || tooSoon) {
      wanted = true;
      return;
    }
    cancelRead?.();
    cancelRead = undefined;
    wanted = false;
    tooSoon = true;
    after(LEAST_GAP_MILLISECONDS, () => {
      tooSoon = false;
      if (wanted) read();
    });
    seen = partsOf(view.get().mesh);
    publish({ reading: true });
    port.inventory().then(
      (found) => {
        inventory = found;
        publish({ reading: false, readAt: now() });
        advise();
        again();
      },
      (error) => {
        publish({ reading: false, problem: reasonOf(error) });
        again();
      },
    );
  }

  function again(): void {
    if (wanted) read();
    if (visible && !closed) cancelRead ??= after(READ_MILLISECONDS, readAnew);
  }

  function readAnew(): void {
    cancelRead = undefined;
    read();
  }

  function changed(): void {
    cancelAdvice ??= after(ADVICE_MILLISECONDS, () => {
      cancelAdvice = undefined;
      if (!visible || closed) return;
      advise();
      const parts = partsOf(view.get().mesh);
      if (parts.length !== seen.length || parts.some((part, index) => part !== seen[index])) read();
    });
  }

  function rest(): void {
    unfollow();
    unfollow = () => {};
    cancelAdvice?.();
    cancelAdvice = undefined;
    cancelRead?.();
    cancelRead = undefined;
    wanted = false;
  }

  return {
    get: () => guide,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    show(shown) {
      if (shown === visible || closed) return;
      visible = shown;
      if (!shown) {
        rest();
        return;
      }
      unfollow = view.subscribe(changed);
      advise();
      read();
    },
    aim(destination) {
      if (destination === guide.destination) return;
      publish({ destination });
      advise();
    },
    close() {
      closed = true;
      rest();
      listeners.clear();
    },
  };
}

/** What of the mesh the inventory rests on; parts that have not changed are the same objects as before. */
function partsOf({ controlPlane, namespaces }: MeshView): readonly unknown[] {
  return [controlPlane, ...namespaces.filter(({ role }) => role === 'extension')];
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
