import type { Layout } from './layout';
import { comparable } from './parse-layout';

/**
 * Tells a layout by the header of a file: it has all headers that the layout names as its own, in any case.
 * Of several layouts, the one that names the most counts; where two name as many, none does.
 */
export function detectLayout(header: readonly string[], layouts: readonly Layout[]): Layout | undefined {
  const names = new Set(header.map(comparable));
  const fitting = layouts.filter((layout) => fits(names, layout));
  const most = Math.max(0, ...fitting.map(({ headers }) => headers.length));
  const [best, other] = fitting.filter(({ headers }) => headers.length === most);
  return other === undefined ? best : undefined;
}

function fits(names: ReadonlySet<string>, { headers, without }: Layout): boolean {
  return (
    headers.length > 0 &&
    headers.every((alternatives) => alternatives.some((name) => names.has(comparable(name)))) &&
    !without.some((name) => names.has(comparable(name)))
  );
}

/** A layout that a file has most headers of, and which it lacks. */
export interface NearLayout {
  layout: Layout;
  missing: string[];
}

/** The layout that a file nearly has: at least half of its headers. */
export function nearestLayout(header: readonly string[], layouts: readonly Layout[]): NearLayout | undefined {
  const names = new Set(header.map(comparable));
  let nearest: NearLayout | undefined;
  let share = 0.5;
  for (const layout of layouts) {
    const missing = layout.headers.filter((some) => !some.some((name) => names.has(comparable(name))));
    const has = 1 - missing.length / layout.headers.length;
    if (layout.headers.length === 0 || missing.length === 0 || has < share) continue;
    share = has;
    nearest = { layout, missing: missing.map((some) => some.join(' or ')) };
  }
  return nearest;
}
