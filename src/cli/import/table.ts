/** Lines of a name and what it has, one below the other. */
export function table(lines: readonly [string, string][]): string {
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

export const count = (n: number): string => n.toLocaleString('en-US');
