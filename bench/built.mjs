import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = resolve(root, process.env.LINKTIME_DIST ?? 'dist');

/** A module of the build that is measured: `dist/`, unless LINKTIME_DIST names another folder. */
export const built = (path) => import(pathToFileURL(resolve(dist, path)).href);
