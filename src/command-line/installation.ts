import type { Answer } from './answer.js';

/** One thing that can be wrong with an installation. */
export interface Check {
  readonly check: string;
  readonly ok: boolean;
  /** How things stand, as a phrase. */
  readonly found: string;
  /** What to do about it, as one sentence; null if there is nothing to do. */
  readonly cure: string | null;
}

/** The installation that the settings name, whether its server runs or not. */
export interface Installation {
  /** Opens its database, up to date. Throws one sentence if it cannot. */
  open(): Promise<OpenInstallation>;
  /** Looks for what is wrong and mends nothing. Throws for nothing but settings that cannot be read. */
  examine(): Promise<Check[]>;
}

export interface OpenInstallation {
  /** The names of the migrations that opening it has run. */
  readonly migrated: readonly string[];
  /** The plan of new users. */
  readonly defaultPlan: string;
  /** A use case or a read. */
  get<T>(what: abstract new (...dependencies: never[]) => T): T;
  /** Makes the demo owner, unless there is one. */
  seed(): Promise<Answer>;
  /** Lets go of everything; an embedded database that nobody else uses ends with it. */
  close(): Promise<void>;
}
