/** Finds line ends (`\n`, `\r\n` or a lone `\r`) in a text. Quick where it goes from left to right. */
export class LineEnds {
  /** where the line that was found last ends, and where the next one begins */
  end = 0;
  next = 0;
  private readonly lf = { at: -1, from: 0 };
  private readonly cr = { at: -1, from: 0 };

  /** @param final nothing comes after the text */
  constructor(
    private readonly text: string,
    private readonly final: boolean,
  ) {}

  /** Finds the end of the line around `at`. @returns false where it is not in the text yet */
  find(at: number): boolean {
    const lf = this.nextOf('\n', this.lf, at);
    const cr = this.nextOf('\r', this.cr, at);
    this.end = Math.min(lf, cr, this.text.length);
    if (this.end === this.text.length) {
      this.next = this.end;
      return this.final;
    }
    const isPair = cr === this.end && lf === cr + 1;
    this.next = this.end + (isPair ? 2 : 1);
    // After a last \r the other half of a line end may follow.
    return this.final || isPair || cr !== this.end || this.next < this.text.length;
  }

  /** Searches only where the place that is known does not answer. */
  private nextOf(character: string, known: { at: number; from: number }, at: number): number {
    if (known.at < at || known.from > at) {
      const index = this.text.indexOf(character, at);
      known.at = index < 0 ? Number.POSITIVE_INFINITY : index;
      known.from = at;
    }
    return known.at;
  }
}

/** How many line ends are in a text. */
export function countLineEnds(text: string): number {
  let lines = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x0a || (code === 0x0d && text.charCodeAt(at + 1) !== 0x0a)) lines++;
  }
  return lines;
}

/** The lines of a text, without their ends. */
export const splitLines = (text: string): string[] => text.split(/\r\n|\n|\r/);
