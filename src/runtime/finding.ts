/** One thing that was looked at. */
export interface Finding {
  check: string;
  status: 'ok' | 'warn' | 'fail';
  detail: string;
  /** what to do about it */
  hint?: string;
}

export const ok = (check: string, detail: string): Finding => ({ check, status: 'ok', detail });
export const warn = (check: string, detail: string, hint: string): Finding => ({
  check,
  status: 'warn',
  detail,
  hint,
});
export const failed = (check: string, detail: string, hint?: string): Finding => ({
  check,
  status: 'fail',
  detail,
  hint,
});
