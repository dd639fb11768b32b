import { createHmac, hkdfSync } from 'node:crypto';

/** Secrets that need not be kept, as whoever has the key can make them again: each of them tells nothing of the key or of another. */
export class DerivedSecrets {
  /** `openKey` tells the key, of 32 bytes. */
  constructor(private readonly openKey: () => Promise<Uint8Array>) {}

  /** 256 bits as base64url for that purpose and that thing, always the same (HKDF, RFC 5869, and HMAC-SHA256). */
  async of(purpose: string, thing: string): Promise<string> {
    const key = hkdfSync('sha256', await this.openKey(), '', purpose, 32);
    return createHmac('sha256', Buffer.from(key)).update(thing).digest('base64url');
  }
}
