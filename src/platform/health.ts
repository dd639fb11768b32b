import type { DataSource } from 'typeorm';
import { zoneDataVersion } from '../kernel/time-zone.js';

export interface HealthView {
  status: 'ok' | 'degraded';
  version: string;
  profile: string;
  /** The release of the IANA time zone database in use. */
  zoneData: string;
  database: 'up' | 'down';
  /** Where the limits are counted: for all processes together, or (`down`) by each for itself; null without Redis. */
  redis: 'up' | 'down' | null;
  uptimeSeconds: number;
}

/** How this process fares. */
export class Health {
  constructor(
    private readonly about: { version: string; profile: string; redis: () => 'up' | 'down' | null },
    private readonly dataSource: DataSource,
  ) {}

  async view(): Promise<HealthView> {
    const database = (await this.databaseAnswers()) ? 'up' : 'down';
    const redis = this.about.redis();
    return {
      status: database === 'up' && redis !== 'down' ? 'ok' : 'degraded',
      version: this.about.version,
      profile: this.about.profile,
      zoneData: zoneDataVersion,
      database,
      redis,
      uptimeSeconds: Math.floor(process.uptime()),
    };
  }

  async databaseAnswers(): Promise<boolean> {
    return this.dataSource.query('select 1').then(
      () => true,
      () => false,
    );
  }
}
