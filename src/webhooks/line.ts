/** Who is served next: many at once, but one attempt a webhook and a few a company, so that nobody slow holds others up. */

/** One delivery and whose it is. */
export interface Place {
  readonly delivery: string;
  readonly webhook: string;
  readonly company: string;
}

export interface Line {
  /** Puts a delivery into the line, unless it stands there already or too many of its webhook do. */
  add(place: Place): void;
  /** Takes no more; resolves when what is under way has ended. */
  close(): Promise<void>;
}

export interface LineOptions {
  /** Does the work for one; must not reject. */
  readonly serve: (place: Place) => Promise<void>;
  /** Served at once; 32 where left out. */
  readonly most?: number;
  /** Of one company at once; 4 where left out. */
  readonly mostOfCompany?: number;
  /** Of one webhook standing in line; 100 where left out. What finds no room is found again by who looks for what is overdue. */
  readonly longest?: number;
}

const MOST = 32;
const MOST_OF_COMPANY = 4;
const LONGEST = 100;

const count = (counts: Map<string, number>, owner: string, by: number): void => {
  const left = (counts.get(owner) ?? 0) + by;
  if (left === 0) counts.delete(owner);
  else counts.set(owner, left);
};

/** Makes an empty line. */
export const createLine = ({
  serve,
  most = MOST,
  mostOfCompany = MOST_OF_COMPANY,
  longest = LONGEST,
}: LineOptions): Line => {
  const waiting = new Map<string, Place>();
  /** How many of a webhook wait. */
  const lengths = new Map<string, number>();
  /** How many of a webhook, and of a company, are served. */
  const busy = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  let isClosed = false;

  const mayStart = ({ webhook, company }: Place): boolean =>
    !busy.has(webhook) && (busy.get(company) ?? 0) < mostOfCompany;

  const start = (place: Place): void => {
    waiting.delete(place.delivery);
    count(lengths, place.webhook, -1);
    count(busy, place.webhook, 1);
    count(busy, place.company, 1);
    const work = serve(place).finally(() => {
      count(busy, place.webhook, -1);
      count(busy, place.company, -1);
      underWay.delete(work);
      startNext();
    });
    underWay.add(work);
  };

  const startNext = (): void => {
    if (isClosed) return;
    for (const place of waiting.values()) {
      if (underWay.size >= most) return;
      if (mayStart(place)) start(place);
    }
  };

  return {
    add: (place) => {
      if (isClosed || waiting.has(place.delivery) || (lengths.get(place.webhook) ?? 0) >= longest) return;
      waiting.set(place.delivery, place);
      count(lengths, place.webhook, 1);
      startNext();
    },
    close: async () => {
      isClosed = true;
      waiting.clear();
      lengths.clear();
      await Promise.all(underWay);
    },
  };
};
