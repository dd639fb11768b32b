import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What was sealed cannot be opened: it was sealed with another key, for something else, or is not what it was. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

/**
 * Text that lies in the database for nobody else to read: AES-256-GCM with a random nonce of 96 bits (NIST SP 800-38D, 8.2.2). It
 * is bound to what it belongs to, and cannot be moved elsewhere.
 */
export class SealedText {
  private opened: Promise<Uint8Array> | null = null;

  /** `openKey` tells the key, of 32 bytes; it is asked when the first text is sealed or opened. */
  constructor(private readonly openKey: () => Promise<Uint8Array>) {}

  async seal(text: string, belongsTo: string): Promise<Buffer> {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, await this.key(), nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(belongsTo));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), body]);
  }

  /** Throws `SealBroken`. */
  async open(sealed: Buffer, belongsTo: string): Promise<string> {
    const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
    const tag = sealed.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
    if (sealed[0] !== VERSION || tag.length < TAG_BYTES) throw new SealBroken('It was never sealed here');
    const key = await this.key();
    try {
      const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(belongsTo)).setAuthTag(tag);
      const body = sealed.subarray(1 + NONCE_BYTES + TAG_BYTES);
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    } catch (error) {
      throw new SealBroken('It was sealed with another key', { cause: error });
    }
  }

  private key(): Promise<Uint8Array> {
    this.opened ??= this.openKey().catch((error: unknown) => {
      this.opened = null;
      throw error;
    });
    return this.opened;
  }
}
