/** How many rows below the header are broken, and how: `every` 20 is each twentieth. */
const BREAKS: readonly ((quantity: string) => string)[] = [
  // What the reader refuses, and what only the command does.
  (quantity) => `${quantity}x`,
  (quantity) => `${quantity}0000000000`,
];

const QUANTITY = 9;

/** An order file of which each so-manieth row cannot be used. */
export function breakRows(csv: string, every: number): string {
  return csv
    .split('\n')
    .map((line, i) => {
      const cells = line.split(',');
      const broken = BREAKS[(i / every) % BREAKS.length];
      if (i === 0 || i % every !== 0 || cells.length <= QUANTITY || broken === undefined) return line;
      cells[QUANTITY] = broken(cells[QUANTITY] ?? '');
      return cells.join(',');
    })
    .join('\n');
}

/** The rejected rows of such a file as they were. A row begins with three cells of the rejects. */
export function mendRows(rejects: string): string {
  return rejects
    .split('\n')
    .map((line) => line.replace(/,(-?\d)(?:x|0000000000),([^,]*)$/, ',$1,$2'))
    .join('\n');
}
