import type { Instant } from '@js-joda/core';

export const plans = ['FREE', 'PRO', 'BUSINESS'] as const;

export type Plan = (typeof plans)[number];

/**
 * The plan that holds now: what is paid for, until it expires, and FREE from that instant on. `planExpiresAt` includes any
 * trial or grace period; null means that the plan does not end.
 */
export function effectivePlan(plan: Plan, planExpiresAt: Instant | null, now: Instant): Plan {
  return planExpiresAt === null || now.isBefore(planExpiresAt) ? plan : 'FREE';
}
