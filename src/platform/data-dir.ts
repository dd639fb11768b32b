import { access, constants, mkdir } from 'node:fs/promises';

/** Makes the data directory if it is not there. Throws a sentence with the cure unless files can be made in it. */
export async function prepareDataDir(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true });
    await access(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      `DATA_DIR (${dataDir}) cannot be written to (${code}): set DATA_DIR to a directory that this user may write to.`,
      { cause: error },
    );
  }
}
