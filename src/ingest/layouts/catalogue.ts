import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { requiredFields } from '../columns/fields';
import { InputError } from '../input-error';
import { detectLayout } from './detect-layout';
import type { Layout } from './layout';
import { parseLayout } from './parse-layout';

/** The layout of every file that no other one fits. */
export const CANONICAL = 'canonical';
/** What `--layout` is given to have no layout at all. */
export const NO_LAYOUT = 'none';

let layouts: readonly Layout[] | undefined;
const parsed = new Map<string, Layout>();

/** The layouts that come with Tidemark, by name. Each is a file in this folder. */
export function builtInLayouts(): readonly Layout[] {
  layouts ??= readdirSync(__dirname)
    .filter((file) => extname(file) === '.yaml')
    .map((file) => basename(file, '.yaml'))
    .sort()
    .map(fileOfLayout);
  return layouts;
}

/** The layout in `<name>.yaml` of this folder. */
function fileOfLayout(name: string): Layout {
  let layout = parsed.get(name);
  if (layout === undefined) {
    layout = parseLayout(name, `${name}.yaml`, readFileSync(join(__dirname, `${name}.yaml`), 'utf8'));
    parsed.set(name, layout);
  }
  return layout;
}

export const layoutNames = (): string[] => builtInLayouts().map(({ name }) => name);

/** Which layout a file is read with, and whether anybody asked for it. */
export interface ChosenLayout {
  layout: Layout;
  detected: boolean;
}

/**
 * Chooses the layout of a file with this header. A name such as `magento` also stands for `magento-items`,
 * where the header tells it to be that. A file that has all required fields by their own names has no other.
 * @param asked the name of a layout, `none`, or the path of a YAML file; undefined: tell by the header
 * @returns undefined for no layout at all
 * @throws InputError when there is no such layout, or its file is none
 */
export async function chooseLayout(
  header: readonly string[],
  asked: string | undefined,
): Promise<ChosenLayout | undefined> {
  if (asked === NO_LAYOUT) return undefined;
  if (asked === undefined) {
    // The other layouts need not be parsed, which would take longer than a small file.
    if (requiredFields.every((field) => header.includes(field)))
      return { layout: fileOfLayout(CANONICAL), detected: true };
    const layout = detectLayout(header, builtInLayouts()) ?? builtIn(CANONICAL);
    return layout && { layout, detected: true };
  }
  const family = builtInLayouts().filter(({ name }) => name === asked || name.startsWith(`${asked}-`));
  const layout = detectLayout(header, family) ?? (await layoutCalled(asked));
  return { layout, detected: false };
}

const builtIn = (wanted: string): Layout | undefined => builtInLayouts().find(({ name }) => name === wanted);

/**
 * The layout of that name, or in the YAML file of that path.
 * @throws InputError where there is none, or the file is no layout
 */
export async function layoutCalled(asked: string): Promise<Layout> {
  return builtIn(asked) ?? (await ownLayout(asked));
}

async function ownLayout(file: string): Promise<Layout> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? 'There is no such layout, and no such file' : error.message;
    throw new InputError(
      `--layout ${file}: ${reason}. Layouts: ${layoutNames().join(', ')}, or a YAML file.`,
    );
  });
  return parseLayout(basename(file, extname(file)), file, text);
}
