/** The lines of a TMDL object or property. Children are indented by one tab more than their parent. */
export interface TmdlObject {
  /** such as `column` */
  kind: string;
  name?: string;
  doc?: string;
  /** the default property: the text after `=` */
  value?: string;
  /** undefined ones are left out; of a true one only the name is written */
  properties?: Readonly<Record<string, string | boolean | undefined>>;
  /** a property of several lines, last of the properties */
  source?: string;
  children?: readonly TmdlObject[];
}

/** The text of a file. */
export const tmdlFile = (objects: readonly TmdlObject[]): string =>
  `${objects.map((object) => lines(object, 0).join('\n')).join('\n\n')}\n`;

/** A name, in quotes where one of its characters would end it. */
export const tmdlName = (name: string): string =>
  /[\s.=:']/.test(name) ? `'${name.replaceAll("'", "''")}'` : name;

function lines(
  { kind, name, doc, value, properties = {}, source, children = [] }: TmdlObject,
  depth: number,
): string[] {
  const tabs = '\t'.repeat(depth);
  const head = `${tabs}${kind}${name === undefined ? '' : ` ${tmdlName(name)}`}`;
  // Two levels deeper than the object, so that its lines are not taken for properties.
  const body = value?.includes('\n')
    ? [`${head} =`, ...indented(value, depth + 2)]
    : [value === undefined ? head : `${head} = ${value}`];
  return [
    ...(doc === undefined ? [] : [`${tabs}/// ${doc}`]),
    ...body,
    ...Object.entries(properties).flatMap(([key, set]) =>
      property(key, set).map((line) => `${tabs}\t${line}`),
    ),
    ...(source === undefined ? [] : [`${tabs}\tsource =`, ...indented(source, depth + 3)]),
    ...children.flatMap((child) => ['', ...lines(child, depth + 1)]),
  ];
}

function property(key: string, set: string | boolean | undefined): string[] {
  if (set === undefined) return [];
  return [set === true ? key : `${key}: ${set}`];
}

const indented = (text: string, depth: number): string[] =>
  text.split('\n').map((line) => '\t'.repeat(depth) + line);
