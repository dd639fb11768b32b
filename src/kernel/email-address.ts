import { isLongerThan, textLimits } from './text.js';

// A dot-atom before the @ (RFC 5321, 4.1.2) in any script (RFC 6531), and after it a domain of at least two labels.
const LOCAL_PART = /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?$/u;

/** An address as it is stored and compared: trimmed and lower-cased, without folding of dots or plus tags. */
export function normalizeEmail(text: string): string {
  return text.normalize('NFC').trim().toLowerCase();
}

/** Whether a normalized text is an e-mail address that mail can be sent to. */
export function isEmailAddress(address: string): boolean {
  if (isLongerThan(address, textLimits.email) || !address.isWellFormed()) return false;
  const at = address.lastIndexOf('@');
  if (at < 1 || at > 64 || !LOCAL_PART.test(address.slice(0, at))) return false;
  const labels = address.slice(at + 1).split('.');
  return (
    labels.length >= 2 &&
    labels.every((label) => label.length <= 63 && LABEL.test(label)) &&
    !/^\d+$/.test(labels.at(-1)!)
  );
}
