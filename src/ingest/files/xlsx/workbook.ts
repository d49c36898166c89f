import path from 'node:path';
import { InputError } from '../../input-error';
import type { Archive } from './archive';
import { kindOfFormat, type NumberKind } from './number-format';
import { readAllXml } from './xml';

/** What the cells of a workbook refer to. */
export interface Workbook {
  sheets: { name: string; path: string }[];
  from1904: boolean;
  strings: string[];
  /** by the style of a cell */
  kinds: NumberKind[];
}

/** Texts that cells share are all in memory. */
const MAX_STRING_CHARACTERS = 256 * 1024 * 1024;

/** @throws InputError where it is damaged, or its texts are too many */
export async function readWorkbook(name: string, archive: Archive): Promise<Workbook> {
  const root = await relationsOf(name, archive, '');
  const file = root.find(({ type }) => type === 'officeDocument')?.target ?? 'xl/workbook.xml';
  const relations = await relationsOf(name, archive, file);
  const { sheets, from1904 } = await readSheets(name, archive, file, relations);
  const part = (kind: string) => relations.find(({ type }) => type === kind)?.target;
  return {
    sheets,
    from1904,
    strings: await readStrings(name, archive, part('sharedStrings')),
    kinds: await readKinds(name, archive, part('styles')),
  };
}

interface Relation {
  id: string;
  /** last part of its type's address */
  type: string;
  target: string;
}

async function relationsOf(name: string, archive: Archive, file: string): Promise<Relation[]> {
  const folder = path.posix.dirname(file);
  const rels = path.posix.join(folder, '_rels', `${path.posix.basename(file)}.rels`);
  const relations: Relation[] = [];
  if (!archive.names.includes(rels)) return relations;
  await readAllXml(name, await archive.open(rels), {
    open(tag, { Id = '', Type = '', Target = '' }) {
      if (tag !== 'Relationship') return;
      const target = Target.startsWith('/') ? Target.slice(1) : path.posix.join(folder, Target);
      relations.push({ id: Id, type: path.posix.basename(Type), target });
    },
  });
  return relations;
}

async function readSheets(
  name: string,
  archive: Archive,
  file: string,
  relations: readonly Relation[],
): Promise<Pick<Workbook, 'sheets' | 'from1904'>> {
  const sheets: Workbook['sheets'] = [];
  let from1904 = false;
  await readAllXml(name, await archive.open(file), {
    open(tag, attributes) {
      if (tag === 'workbookPr') from1904 = /^(1|true)$/.test(attributes.date1904 ?? '');
      if (tag !== 'sheet') return;
      const id = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1];
      const relation = relations.find((one) => one.id === id && one.type === 'worksheet');
      if (relation) sheets.push({ name: attributes.name ?? '', path: relation.target });
    },
  });
  if (sheets.length === 0)
    throw new InputError(
      `${name} is a workbook without sheets, or a damaged one. Open it in a spreadsheet and save it again`,
    );
  return { sheets, from1904 };
}

async function readStrings(name: string, archive: Archive, file: string | undefined): Promise<string[]> {
  const strings: string[] = [];
  if (file === undefined || !archive.names.includes(file)) return strings;
  let characters = 0;
  let text: string | undefined;
  let inText = false;
  let phonetic = false;
  await readAllXml(name, await archive.open(file), {
    open(tag) {
      if (tag === 'si') text = '';
      if (tag === 'rPh') phonetic = true;
      if (tag === 't') inText = !phonetic;
    },
    text(part) {
      if (inText && text !== undefined) text += part;
    },
    close(tag) {
      if (tag === 't') inText = false;
      if (tag === 'rPh') phonetic = false;
      if (tag !== 'si' || text === undefined) return;
      characters += text.length;
      if (characters > MAX_STRING_CHARACTERS)
        throw new InputError(
          `${name} has more than ${MAX_STRING_CHARACTERS} characters of text. Save it as CSV`,
        );
      strings.push(unescaped(text));
    },
  });
  return strings;
}

/** The kind of number of each style. */
async function readKinds(name: string, archive: Archive, file: string | undefined): Promise<NumberKind[]> {
  const kinds: NumberKind[] = [];
  if (file === undefined || !archive.names.includes(file)) return kinds;
  const codes = new Map<number, string>();
  let inCells = false;
  await readAllXml(name, await archive.open(file), {
    open(tag, { numFmtId = '0', formatCode = '' }) {
      if (tag === 'cellXfs') inCells = true;
      if (tag === 'numFmt') codes.set(Number(numFmtId), formatCode);
      if (tag === 'xf' && inCells) kinds.push(kindOfFormat(Number(numFmtId), codes.get(Number(numFmtId))));
    },
    close(tag) {
      if (tag === 'cellXfs') inCells = false;
    },
  });
  return kinds;
}

/** Workbooks write some characters by their code: `_x000D_`. */
export const unescaped = (text: string): string =>
  text.replace(/_x([0-9a-f]{4})_/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
