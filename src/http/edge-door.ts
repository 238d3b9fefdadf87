/** Who may open a connection: decided before anything is read, and before a handshake is paid for. */
import type { Socket } from 'node:net';
import type { Clock } from '../foundation/clock.ts';
import { addressOf } from './edge-connection.ts';
import type { EdgeLimits } from './edge-limits.ts';
import type { IsTrusted } from './forwarded.ts';

export interface DoorOptions {
  readonly limits: Pick<EdgeLimits, 'maxConnections' | 'maxConnectionsPerSource' | 'maxHurriedPerSource'>;
  /** What counts as one source: an IPv4 address, an IPv6 /64. */
  readonly sourceOf: (address: string) => string;
  /** Proxies of the operator's own: many clients come through one, so that only the limit of all connections holds. */
  readonly isTrusted?: IsTrusted | undefined;
  readonly clock: Clock;
  /** Whether this thread does not keep up with its work. */
  readonly isBehind: () => boolean;
  /** Closes idle connections, of one source where it is given; how many. */
  readonly makeRoom: (source: string | undefined) => number;
}

export interface Door {
  /** False where the connection is to be closed unread. */
  admits(socket: Socket): boolean;
  /** Every connection that is open, also below TLS that is not agreed on yet. */
  readonly open: ReadonlySet<Socket>;
}

/** A count with an upper limit. */
interface Room {
  open: number;
  /** Connections that were closed to make room, and may not be gone yet. */
  owed: number;
}

const newRoom = (): Room => ({ open: 0, owed: 0 });

/** Whether one more has room, for which others are closed where there is none. */
const hasRoom = (room: Room, most: number, makeRoom: () => number): boolean => {
  if (room.open < most) {
    room.owed = 0;
    return true;
  }
  if (room.owed === 0) room.owed = makeRoom();
  if (room.owed === 0) return false;
  room.owed -= 1;
  return true;
};

/** Counts open connections by source; an address is known here for as long as one is open, and for a second after. */
export const createDoor = (options: DoorOptions): Door => {
  const { limits, sourceOf, isTrusted, clock, isBehind, makeRoom } = options;
  const open = new Set<Socket>();
  const all = newRoom();
  const bySource = new Map<string, Room>();
  /** Connections that sources opened in this second, while we were behind. */
  const hurried = new Map<string, number>();
  let second = 0;
  let sweep: NodeJS.Timeout | undefined;

  const isHurried = (source: string): boolean => {
    const current = Math.floor(clock.monotonic() / 1000);
    if (current !== second) {
      second = current;
      hurried.clear();
    }
    // When nobody comes after them, nothing else would forget them.
    sweep ??= setTimeout(
      () => {
        sweep = undefined;
        hurried.clear();
      },
      1000 - (clock.monotonic() % 1000),
    ).unref();
    const count = (hurried.get(source) ?? 0) + 1;
    hurried.set(source, count);
    return count > limits.maxHurriedPerSource;
  };

  return {
    open,
    admits: (socket) => {
      const address = addressOf(socket);
      const source = sourceOf(address);
      const isProxy = isTrusted?.(address) === true;
      if (!isProxy && isBehind() && isHurried(source)) return false;
      const own = bySource.get(source) ?? newRoom();
      const most = isProxy ? limits.maxConnections : limits.maxConnectionsPerSource;
      if (!hasRoom(own, most, () => makeRoom(source))) return false;
      if (!hasRoom(all, limits.maxConnections, () => makeRoom(undefined))) return false;
      open.add(socket);
      all.open += 1;
      own.open += 1;
      bySource.set(source, own);
      socket.once('close', () => {
        open.delete(socket);
        all.open -= 1;
        own.open -= 1;
        if (own.open === 0) bySource.delete(source);
      });
      return true;
    },
  };
};
