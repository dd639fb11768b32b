/** Work that is owed. Ids only: the queue is a bell, the table is the truth. */
export interface Job {
  readonly name: JobName;
  /** Of the event, the delivery, the e-mail, the booking to be reminded of, the calendar connection, or (twice) the mirrored booking. */
  readonly id: string;
}

export type JobName =
  | 'handle-event'
  | 'deliver-webhook'
  | 'send-email'
  | 'remind'
  | 'sync-calendar'
  | 'mirror-booking'
  | 'follow-calendar';

/** Jobs of one key ask for the same work. */
export function jobKey({ name, id }: Job): string {
  return `${name}/${id}`;
}

/**
 * Jobs wait in lanes, so that those which wait for other people's servers hold up no others: in `database` nothing but the database
 * is asked, `webhooks` and `mail` wait for receivers and for the mail server, `calendars` and `mirror` for calendar servers: to read
 * one may take many minutes, to write a booking into it seconds.
 */
export const lanes = ['database', 'webhooks', 'mail', 'calendars', 'mirror'] as const;

export type Lane = (typeof lanes)[number];

const laneOfName: Readonly<Record<JobName, Lane>> = {
  'handle-event': 'database',
  remind: 'database',
  'follow-calendar': 'database',
  'deliver-webhook': 'webhooks',
  'send-email': 'mail',
  'sync-calendar': 'calendars',
  'mirror-booking': 'mirror',
};

export function laneOf({ name }: Job): Lane {
  return laneOfName[name];
}

/** How many handlers one process has under way at a time, by lane. */
export type Concurrency = Readonly<Record<Lane, number>>;

/** How many jobs wait and how many are under way, by lane. */
export type Load = Readonly<Record<Lane, { readonly waiting: number; readonly underWay: number }>>;

export type JobHandler = (job: Job) => Promise<void>;

/** Hears of what goes wrong where no caller waits for it: a job whose handler threw; null for a fault of the queue itself. */
export type JobErrorListener = (error: unknown, job: Job | null) => void;

/**
 * Rings for work. A ring may be lost or doubled: whoever rang rings again, and handlers do their work once. Rings for a job that
 * already waits are one ring; a ring for a job under way is kept until its handler has ended.
 */
export abstract class JobQueue {
  /**
   * Rings for each job. Returns when they are accepted; never runs a handler inside the call. Throws within a second if they
   * cannot be accepted now; some of them may have been.
   */
  abstract enqueue(jobs: readonly Job[]): Promise<void>;

  /** Starts handing jobs to the handler, a few of each lane at a time; called once. A handler that throws is not called again for that ring. */
  abstract work(handler: JobHandler): void;

  /** What waits and what is under way in all processes that share the queue. Throws if that cannot be told now. */
  abstract load(): Promise<Load>;

  /**
   * Makes anew what brings the lane's jobs to this process, should it have got stuck. Handlers under way go on, though their jobs may be
   * handed over again.
   */
  abstract reopen(lane: Lane): void;

  /** Takes nothing new, waits for the handlers under way (at most `graceMs`), lets go of connections. */
  abstract close(graceMs: number): Promise<void>;
}
