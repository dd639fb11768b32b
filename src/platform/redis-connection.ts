import { Redis, type RedisOptions } from 'ioredis';

/**
 * How every connection to Redis behaves: lost, it tries again after half a second and then every second, for as long as it takes. A
 * connection that leads to a replica (after a failover, to what used to be the primary) is given up for a new one.
 */
export const redisManners = {
  connectTimeout: 2_000,
  disconnectTimeout: 100,
  disableClientInfo: true,
  retryStrategy: (times: number) => Math.min(250 + 250 * times, 1_000),
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
} satisfies RedisOptions;

/**
 * A connection that fails at once what it cannot send, and within a second what Redis leaves unanswered. Its faults show in what
 * is asked of it; listen to `error` for their reasons.
 */
export function connectToRedis(url: string, options: RedisOptions = {}): Redis {
  const redis = new Redis(url, {
    ...redisManners,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 1_000,
    ...options,
  });
  redis.on('error', () => undefined);
  return redis;
}
