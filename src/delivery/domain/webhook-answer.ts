/** The status by which a receiver says that it wants nothing any more (Standard Webhooks, "Deliverability"). */
export const GONE = 410;

/** Why an answer of this status is a failure, as a sentence; null for a success. Redirects are not followed, so they are failures. */
export function faultOfStatus(status: number): string | null {
  if (status >= 200 && status <= 299) return null;
  if (status >= 300 && status <= 399)
    return `The receiver answered ${status}, and redirects are not followed`;
  return `The receiver answered ${status}`;
}
